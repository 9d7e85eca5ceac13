"""What the log says of a secret that leaked: who had it, what they did with it, how it got out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from clawband.flows.leak import Came
from clawband.flows.walk import walk
from clawband.identity.reach import consumer
from clawband.model.errors import NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.leak import Copy, Leak, Result, Step
from clawband.model.secret import Secret
from clawband.ports.store import Query, Records

_LENT = frozenset({Tag.SECRET_LEND, Tag.SECRET_REFUSE})
_PAGE = 1_000
_MOST = 20
"""Of whom had it, and of walks, that are told one by one."""


@dataclass(frozen=True, slots=True)
class Use:
    """What one gateway, or agent at one host, was lent."""

    who: str
    how: str
    count: int
    first: Event
    last: Event


def uses(name: str, since: datetime, records: Records) -> Sequence[Use]:
    """Whoever was lent it or refused it since then, the latest first."""
    found: dict[tuple[str, str], list[Event]] = {}
    for event in _lent(name, since, records):
        found.setdefault((consumer(event), event.outcome), []).append(event)
    told = [
        Use(who, how, len(events), events[-1], events[0]) for (who, how), events in found.items()
    ]
    return sorted(told, key=lambda each: each.last.at, reverse=True)


def review(leak: Leak, secret: Secret, records: Records) -> Came:
    """Since the first of the values that leaked was made."""
    made = [each.made for each in secret.versions if each.number in leak.versions]
    since = min(made, default=secret.added)
    found = uses(leak.secret, since, records)
    if not found:
        says = f"nobody was lent it since {since:%Y-%m-%d %H:%M}: whoever used it had it elsewhere"
        return Came(step=Step.REVIEW, result=Result.DONE, says=says)
    parts = [
        f"{each.who}: {each.how} {each.count} times, last {each.last.at:%Y-%m-%d %H:%M}"
        for each in found[:_MOST]
    ]
    more = f"; and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return Came(
        step=Step.REVIEW, result=Result.DONE, says="; ".join(parts) + more,
        evidence=tuple(each.last.id for each in found),
    )  # fmt: skip


def trace(leak: Leak, records: Records) -> Came:
    """From where it was seen back to the message that began it."""
    seen = [each for each in leak.copies if each.trail]
    walks = [told for each in seen[:_MOST] if (told := _walked(each, records))]
    files = len(leak.copies) - len(seen)
    if walks:
        says = "; ".join(says for says, _ in walks)
    elif files:
        says = "no boundary saw it; the files that hold it are named, and who wrote them is not"
    else:
        says = "no boundary saw it, and no file is known that holds it"
    evidence = dict.fromkeys(each for _, ids in walks for each in ids)
    return Came(step=Step.TRACE, result=Result.DONE, says=says, evidence=tuple(evidence))


def _walked(copy: Copy, records: Records) -> tuple[str, tuple[str, ...]] | None:
    try:
        steps = [step.leaf.event for step in walk(copy.trail, records).steps]
    except NotFoundError:
        return None
    asked = next((each for each in steps if each.action == "message:receive"), None)
    began = (
        f", in a run that began with a message of {asked.who or 'nobody known'}" if asked else ""
    )
    read = [each for each in steps if each.action == "tool:read" and each.at <= copy.seen]
    after = f", after {read[-1].resource} was read" if read else ""
    ids = (copy.trail, *((asked.id,) if asked else ()), *(each.id for each in read[-1:]))
    return f"{copy.where} at {copy.seen:%Y-%m-%d %H:%M}{began}{after}", ids


def _lent(name: str, since: datetime, records: Records) -> Iterator[Event]:
    """Newest first."""
    resource, before = f"Secret::{name}", None
    while True:
        query = Query(tags=_LENT, text=resource, since=since, before=before, limit=_PAGE)
        leaves = records.find(query)
        yield from (each.event for each in leaves if each.event.resource == resource)
        if len(leaves) < _PAGE:
            return
        before = leaves[-1].index
