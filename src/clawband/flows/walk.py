"""The walk: from a user's message to the tool call, its result and the reply, and back.

Ids join most of it. Where OpenClaw's hooks carry no common id the walk says so instead of
guessing: a received message has no run id (the run that the reply names closes the gap), and the
final sending of a reply has only its session.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from clawband.model.errors import NotFoundError
from clawband.model.event import Event, Leaf, Tag
from clawband.ports.store import Query, Records

LIMIT = 1_000
NEAR = timedelta(minutes=2)
"""How long before its run a message may have been received."""


@dataclass(frozen=True, slots=True)
class Step:
    """One leaf on the way. `depth` 0 is the conversation, 1 a call, 2 what belongs to a call."""

    leaf: Leaf
    depth: int
    joined: str
    """What ties it to the run: `run`, `message`, `cause`, or `session and time`."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The steps in the order they happened. `asked` is the id it was asked by."""

    asked: str
    run: str
    session: str
    steps: tuple[Step, ...]


def walk(id: str, records: Records) -> Walk:
    """The walk through whatever `id` names: an event, decision, approval, run, call or message.

    Raises `NotFoundError` when the log knows nothing of it.
    """
    start = _start(id, records)
    run, session = start.run, start.session
    if not run:
        run = _run_of(start, records)
    found: dict[int, tuple[Leaf, str]] = {}
    _add(found, records.find(Query(run=run, limit=LIMIT)) if run else (), "run")
    _add(found, [leaf for leaf in (records.leaf(start.id),) if leaf], "asked")
    decisions = {leaf.event.id for leaf, _ in found.values()}
    for decision in decisions:
        _add(found, records.find(Query(cause=decision, limit=LIMIT)), "cause")
    _add(found, _by_session(found, session, records), "session and time")
    steps = tuple(
        Step(leaf, _depth(leaf.event), joined) for _, (leaf, joined) in sorted(found.items())
    )
    return Walk(id, run, session, steps)


def _start(id: str, records: Records) -> Event:
    leaf = records.leaf(id)
    if leaf:
        return leaf.event
    queries = (
        Query(run=id, limit=1),
        Query(call=id, limit=1),
        Query(message=id, limit=1),
        Query(trace=id, limit=1),
        Query(session=id, limit=1),
    )
    for query in queries if id else ():  # nothing named is not everything
        for found in records.find(query):
            return found.event
    if id.startswith("apr_"):
        for found in records.find(Query(tags=frozenset({Tag.APPROVAL_OPEN}), limit=LIMIT)):
            if found.event.detail.get("approval") == id:
                return found.event
    raise NotFoundError(
        f"the log knows nothing of `{id[:60]}`",
        remedy="give the id of a decision, event, approval, run, call or message",
    )


def _run_of(start: Event, records: Records) -> str:
    """The run of an event that carries none: by its cause, by its message, by what came next."""
    if start.cause:
        leaf = records.leaf(start.cause)
        if leaf and leaf.event.run:
            return leaf.event.run
    if start.message:
        for leaf in records.find(Query(message=start.message, session=start.session)):
            if leaf.event.run:
                return leaf.event.run
    if start.session:
        # The first run that was admitted in this session after the message, within reach.
        later = records.find(Query(session=start.session, since=start.at, limit=LIMIT))
        for leaf in reversed(later):
            if leaf.event.run and leaf.event.at - start.at <= NEAR:
                return leaf.event.run
    return ""


def _by_session(
    found: dict[int, tuple[Leaf, str]], session: str, records: Records
) -> Iterable[Leaf]:
    """Received and sent messages carry no run id: the nearest ones of the same session."""
    if not session or not found:
        return
    events = [leaf.event for leaf, _ in found.values()]
    first, last = min(event.at for event in events), max(event.at for event in events)
    around = records.find(Query(session=session, since=first - NEAR, limit=LIMIT))
    runless = [leaf for leaf in reversed(around) if not leaf.event.run]
    received = [
        leaf for leaf in runless if leaf.event.tag is Tag.MESSAGE_RECEIVE and leaf.event.at <= first
    ]
    yield from received[-1:]
    for leaf in runless:
        if first <= leaf.event.at <= last + NEAR and leaf.event.tag is not Tag.MESSAGE_RECEIVE:
            yield leaf
        elif leaf.event.tag is Tag.MESSAGE_RECEIVE and leaf.event.at > first:
            return


def _add(found: dict[int, tuple[Leaf, str]], leaves: Sequence[Leaf] | Iterable[Leaf],
         joined: str) -> None:  # fmt: skip
    for leaf in leaves:
        found.setdefault(leaf.index, (leaf, joined))


def _depth(event: Event) -> int:
    if event.tag in (Tag.MESSAGE_RECEIVE, Tag.MESSAGE_SEND) or event.action.startswith("message:"):
        return 0
    if event.action.startswith("tool:") and not event.cause:
        return 1
    return 2 if event.cause or event.action == "result:read" or event.call else 1
