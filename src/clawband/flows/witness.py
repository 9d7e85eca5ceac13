"""What the second witness noticed, as events."""

from datetime import datetime

from clawband.enforcement.witness import Call, Doubt
from clawband.model import ids
from clawband.model.event import Event, Leaf, Tag

_VERDICTS = {
    Tag.DECISION_PERMIT: "permit",
    Tag.DECISION_DENY: "deny",
    Tag.DECISION_HOLD: "hold",
}


def asked(leaf: Leaf) -> tuple[Call, str] | None:
    """The call that a decision was about, and the wrapper it was reached by; None for other
    leaves."""
    event = leaf.event
    if event.tag not in _VERDICTS or not event.action.startswith("tool:") or not event.call:
        return None
    call = Call(
        gateway=event.gateway, agent=event.agent, session=event.session, run=event.run,
        trace=event.trace, id=event.call, tool=event.resource.removeprefix("Tool::"),
        at=event.at, who=event.who, cause=event.id, verdict=_VERDICTS[event.tag],
        decision=event.id,
    )  # fmt: skip
    return call, str(event.detail.get("parent_call") or event.call)


def noticed(call: Call, doubt: Doubt, *, now: datetime, entropy: bytes) -> Event:
    """`enforcement:missing` where something happened unasked, else `witness:differ`."""
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.ENFORCEMENT_MISSING if doubt.acted else Tag.WITNESS_DIFFER,
        who=call.who,
        gateway=call.gateway,
        agent=call.agent,
        action="model:ask",
        resource=f"Tool::{call.tool}",
        outcome=doubt.name.lower(),
        session=call.session,
        run=call.run,
        call=call.id,
        trace=call.trace,
        cause=call.cause,
        detail={"seen": str(doubt), "by": "model gateway", "decision": call.decision},
    )
