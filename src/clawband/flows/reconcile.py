"""What the gateway's own ledger says, beside what we were asked and what connected."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from clawband.enforcement.coverage import By, Difference, Sighting, compare, hashed
from clawband.model import ids
from clawband.model.access import Action
from clawband.model.event import Event, Leaf, Tag
from clawband.ports.gateway import Row
from clawband.ports.store import Query, Records

_VERDICTS = {
    Tag.DECISION_PERMIT: "permit",
    Tag.DECISION_DENY: "deny",
    Tag.DECISION_HOLD: "hold",
    Tag.ENFORCEMENT_REFUSE: "deny",
}
_SEEN = frozenset(_VERDICTS) | {Tag.EGRESS_CLOSE}
LEAVES = 1_000
"""Of one run; a longer run is compared by its newest."""


def differences(gateway: str, rows: Sequence[Row], records: Records) -> Sequence[Difference]:
    """What the witnesses of these runs do not agree on. One search of the log for each run."""
    seen = [_kept(gateway, row) for row in rows if row.run]
    for run in sorted({row.run for row in rows if row.run}):
        leaves = records.find(Query(run=run, tags=_SEEN, limit=LEAVES))
        for leaf in leaves:
            if leaf.event.gateway == gateway:
                seen += _asked(leaf)
    return list(compare(seen))


def noticed(found: Difference, *, now: datetime, entropy: bytes) -> Event:
    """The leaf of one difference. Its `key` is the same whenever it is found again."""
    seen = found.seen
    return Event(
        id=ids.new("evt", now, entropy), at=now, tag=Tag.WITNESS_DIFFER,
        gateway=seen.agent.partition("/")[0], agent=seen.agent,
        resource=f"Tool::{seen.tool}" if seen.tool else "", outcome=f"unseen by {found.missed}",
        session=seen.session, run=seen.run, cause=seen.id,
        detail={
            "reason": found.what, "by": str(seen.by), "missed": str(found.missed),
            "said": seen.said, "call": seen.call, "key": found.key,
        },
    )  # fmt: skip


def _kept(gateway: str, row: Row) -> Sighting:
    return Sighting(
        by=By.LEDGER, agent=f"{gateway}/{row.agent}", session=row.session, run=row.run,
        call=row.call, tool=row.tool, said=row.status, at=row.at,
    )  # fmt: skip


def _asked(leaf: Leaf) -> Iterator[Sighting]:
    event = leaf.event
    if event.tag is Tag.EGRESS_CLOSE:
        yield _sighting(event, By.EGRESS, hashed(event.call), "connected")
        return
    act = event.action or str(event.detail.get("hook", ""))
    if act == Action.RECEIVE or act == "run":
        yield _sighting(event, By.HOOK, "", _VERDICTS[event.tag])
    elif event.call and (act.startswith("tool:") or act == "tool"):
        outer = str(event.detail.get("parent_call") or "")
        yield _sighting(event, By.HOOK, hashed(event.call), _VERDICTS[event.tag], hashed(outer))


def _sighting(event: Event, by: By, call: str, said: str, outer: str = "") -> Sighting:
    return Sighting(
        by=by, agent=event.agent, session=event.session, run=event.run, call=call, outer=outer,
        tool=event.resource.partition("::")[2], said=said, at=event.at, id=event.id,
    )  # fmt: skip
