"""Canaries on the decision path, and what the log says of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from clawband.enforcement.canary import AUDIENCE, PARAMETER, TURN, WORDS, Standing, State
from clawband.enforcement.token import Claims, Mint, Spent
from clawband.flows.decide import Decided
from clawband.model import ids
from clawband.model.access import (
    NOBODY,
    Action,
    Deny,
    Permit,
    Principal,
    Reason,
    Request,
    Resource,
    ResourceKind,
)
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError
from clawband.model.event import Event, Tag
from clawband.model.ids import DecisionId
from clawband.openclaw.hooks import Asked, Hook
from clawband.ports.unit import Unit

HOURLY = timedelta(hours=1)
_GUARD = "clawband/canary"


def carried(question: Asked) -> str:
    """The token that a call or a message carries, true or not; empty for nearly all there are."""
    if question.hook is Hook.RUN:
        said = question.event.get("prompt")
        return said.rpartition(WORDS)[2].strip() if isinstance(said, str) and WORDS in said else ""
    params = question.event.get("params") if question.hook is Hook.TOOL else None
    said = params.get(PARAMETER) if isinstance(params, dict) else None
    return said if isinstance(said, str) else ""


def recognised(
    question: Asked, gateway: Gateway, token: str, *, mint: Mint, spent: Spent, now: datetime
) -> Claims:
    """What the canary says. Raises `AuthenticationError` for one that is not ours, or is not of
    this act: then it is an act like any other."""
    claims = mint.check(token, aud=AUDIENCE, now=now)
    if (f"{gateway.name}/{question.agent}", gateway.environment) != (claims.sub, claims.env):
        raise AuthenticationError("the canary was made for another agent")
    tool = question.event.get("toolName") if question.hook is Hook.TOOL else TURN
    if tool != claims.tool:
        raise AuthenticationError("the canary was made for another act")
    if not spent.use(claims, now):
        raise AuthenticationError("the canary was here before")
    return claims


def answer(claims: Claims, *, now: datetime, entropy: bytes) -> Decided:
    """The verdict that the canary carries. No policy is asked and nothing is recorded with it: it
    is nobody's act, counts nowhere and leaves no trace in a session."""
    gateway, _, agent = claims.sub.partition("/")
    request = Request(
        principal=Principal(gateway, agent), requester=NOBODY, action=Action.READ,
        resource=Resource(ResourceKind.TOOL, claims.tool), environment=claims.env,
    )  # fmt: skip
    reasons = (Reason(_GUARD, "it is a canary of Clawband's and must come out so"),)
    decision: Permit | Deny = Permit(reasons) if claims.act == "permit" else Deny(reasons)
    identity = DecisionId(ids.new("dec", now, entropy))
    return Decided(id=identity, at=now, request=request, decision=decision, unit=Unit())


def forged(
    question: Asked, gateway: Gateway, error: AuthenticationError, *, now: datetime, entropy: bytes
) -> Event:
    """A call that pretends to be a canary. It was decided like any other."""
    return Event(
        id=ids.new("evt", now, entropy), at=now, tag=Tag.CANARY_FAIL, gateway=gateway.name,
        agent=f"{gateway.name}/{question.agent}", outcome="forged",
        session=question.trace.session, run=question.trace.run, call=question.trace.call,
        detail={"reason": error.message},
    )  # fmt: skip


def unasked(event: Event) -> bool:
    """A result of a call that nobody asked about."""
    if event.tag is Tag.CALL_UNREPORTED:
        return bool(event.agent)
    reasons = event.detail.get("reasons")
    if event.tag is not Tag.DECISION_DENY or not isinstance(reasons, Sequence):
        return False
    return "clawband/unreported-call" in reasons


def events(
    principal: str, before: Standing, after: Standing, *, now: datetime, entropy: bytes
) -> Sequence[Event]:
    """What a round has to tell: each change at once, and that nothing changed once an hour. Who was
    neither proved nor lost before, and is not now, is not told of."""
    known = {State.GOVERNED, State.UNGOVERNED} & {before.state, after.state}
    lasts = after.state is before.state
    rewritten = after.state is State.UNGOVERNED and after.why != before.why
    due = after.told is None or now - after.told >= HOURLY
    if not known or (lasts and not rewritten and not due):
        return ()
    made: list[Event] = []
    if after.tried == now:
        tag = Tag.CANARY_OK if after.state is State.GOVERNED else Tag.CANARY_FAIL
        made.append(_event(tag, principal, after, now=now, entropy=b"\x01" + entropy))
    if (before.state is State.UNGOVERNED) != (after.state is State.UNGOVERNED):
        lost = after.state is State.UNGOVERNED
        tag = Tag.ENFORCEMENT_LOST if lost else Tag.ENFORCEMENT_RESTORED
        cause = made[0].id if made else ""
        made.append(_event(tag, principal, after, now=now, entropy=b"\x02" + entropy, cause=cause))
    return made


def _event(
    tag: Tag, principal: str, after: Standing, *, now: datetime, entropy: bytes, cause: str = ""
) -> Event:
    return Event(
        id=ids.new("evt", now, entropy), at=now, tag=tag, gateway=principal.partition("/")[0],
        agent=principal, outcome=str(after.state), cause=cause, detail={"reason": after.why},
    )  # fmt: skip
