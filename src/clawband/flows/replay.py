"""Recorded decisions, asked again under another policy set: what would have changed?

A decision counts only when the set of its time, asked the same way, answers as the record says:
then what was rebuilt is what mattered. Everything else is counted by the reason why it could not
be asked again.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from clawband.approvals.hold import requirements
from clawband.flows import recorded
from clawband.flows.explain import DECISIONS
from clawband.flows.passing import harmless
from clawband.flows.recorded import Gone, Past
from clawband.model.access import Circumstances, Permit, Reason, Request
from clawband.model.deployment import Tool
from clawband.model.errors import Error
from clawband.model.event import Event, Leaf, Tag
from clawband.policy.evaluate import evaluate
from clawband.policy.lens import OTHER
from clawband.policy.sets import PolicySet
from clawband.ports.store import Query, Records

MINUTE = timedelta(seconds=60)
PAGE = 500
EXAMPLES = 5
UNKNOWN = "it depends on what is not kept: what its session had read, or where a value came from"


@dataclass(frozen=True, slots=True)
class Answer:
    """`permit`, `approval` (one could be asked for) or `deny`, and which policies said so."""

    verdict: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Decisions of one kind that would have been answered otherwise."""

    agent: str
    action: str
    resource: str
    was: str
    now: str
    because: tuple[str, ...]
    count: int
    decisions: tuple[str, ...]
    """The newest few, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """`asked`: how many could be asked again, of which `same` were answered as before."""

    asked: int
    same: int
    shifts: tuple[Shift, ...]
    """The most frequent first."""
    gone: Mapping[str, int]
    """How many could not be asked again, by the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a replay needs besides the decisions."""

    records: Records
    candidate: PolicySet
    read: Callable[[str], PolicySet]
    """A set that was in force, by its digest. Raises `Error` when it is not kept."""
    catalogue: Mapping[str, Tool]
    workspace: Callable[[str], str]
    """The folder of an agent, by its principal id."""


@dataclass
class Tally:
    """What was found so far; `replay` ends in it."""

    asked: int = 0
    same: int = 0
    shifts: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    gone: Counter[str] = field(default_factory=Counter)

    def done(self) -> Replayed:
        ranked = sorted(self.shifts.items(), key=lambda item: -len(item[1]))
        return Replayed(
            asked=self.asked, same=self.same, gone=dict(self.gone.most_common()),
            shifts=tuple(
                Shift(
                    agent=agent, action=action, resource=resource, was=was, now=now,
                    because=tuple(because), count=len(found), decisions=tuple(found[-EXAMPLES:]),
                )
                for (agent, action, resource, was, now, *because), found in ranked
            ),
        )  # fmt: skip


def decisions(
    records: Records, since: datetime | None, limit: int, agent: str = ""
) -> Sequence[Leaf]:
    """The newest decisions, oldest first."""
    found: list[Leaf] = []
    while len(found) < limit:
        before = found[-1].index if found else None
        wanted = min(PAGE, limit - len(found))
        query = Query(tags=frozenset(DECISIONS), since=since, before=before, limit=wanted,
                      agent=agent)  # fmt: skip
        page = records.find(query)
        found += page
        if len(page) < wanted:
            break
    return found[::-1]


def replay(leaves: Iterable[Leaf], bench: Bench, tally: Tally) -> Iterator[None]:
    """Ask one decision after another again; a step for each, so that the caller may pause."""
    calls = _Calls()
    for leaf in leaves:
        event = leaf.event
        found = _again(event, bench, calls)
        calls.count(event)
        if isinstance(found, Gone):
            tally.gone[found.because] += 1
        else:
            tally.asked += 1
            was, answer = found
            if was == answer.verdict:
                tally.same += 1
            else:
                because = [reason.because for reason in answer.reasons]
                key = (event.agent, event.action, event.resource, was, answer.verdict, *because)
                tally.shifts.setdefault(key, []).append(event.id)
        yield


def _again(event: Event, bench: Bench, calls: "_Calls") -> tuple[str, Answer] | Gone:
    """What it was, and what it would be."""
    digest = str(event.detail.get("payload", ""))
    past = recorded.past(event, bench.records.payload(digest) if digest else None)
    if isinstance(past, Gone):
        return past
    try:
        before = bench.read(event.policy)
    except Error:
        return Gone("the set of that time is not kept, or belongs to another release")
    then = _asked(past, before, before, bench, calls)
    now = _asked(past, before, bench.candidate, bench, calls)
    # The record does not say what the session had read: only what fits its answer is true.
    fitting = [
        after
        for known, afters in zip(then, now, strict=True)
        if known[0].verdict == past.verdict
        for after in afters
    ]
    if not fitting:
        return Gone("the record does not hold what decided it")
    if len({each.verdict for each in fitting}) > 1:
        return Gone(UNKNOWN)
    return past.verdict, fitting[0]


def _asked(
    past: Past, before: PolicySet, active: PolicySet, bench: Bench, calls: "_Calls"
) -> Sequence[Sequence[Answer]]:
    """The answers of a set, of a session that had read nothing and of one that had read all; each
    for every origin that a value without a known one could have."""
    asked = recorded.request(past, active, bench.catalogue, bench.workspace(past.event.agent))
    principal = asked.principal
    old, new = (each.workflow_of(principal.gateway, principal.agent) for each in (before, active))
    run, minute = calls.before(past.event)
    fresh = frozenset({OTHER} if past.event.detail.get("fresh") else ())
    around = [
        replace(each, run_calls=run, minute_calls=minute, fresh=fresh)
        for each in recorded.circumstances(past, asked, old, new)
    ]
    everything = _everything(asked, active)
    nothing = [answer(asked, known, active) for known in around]
    if not everything:
        return [nothing, nothing]
    return [nothing, [answer(asked, replace(each, history=everything), active) for each in around]]


def _everything(asked: Request, active: PolicySet) -> frozenset[str]:
    """Whatever of a history these policies can tell apart."""
    lens = active.slice_of(asked).lens
    picked = dict(lens.picked).get("history", frozenset[str]())
    return picked | {OTHER} if picked or "history" in lens.whole else frozenset()


def answer(asked: Request, known: Circumstances, active: PolicySet) -> Answer:
    """As `decide` would answer, without writing anything."""
    found = evaluate(asked, known, active)
    permit = found if isinstance(found, Permit) else harmless(asked, found, known, active)
    if permit:
        return Answer("permit", permit.reasons)
    needed = requirements(
        lambda fact: evaluate(asked, replace(known, approval=fact), active),
        active.approval_roles(asked),
    )
    return Answer("approval" if needed else "deny", found.reasons)


class _Calls:
    """Counts what was permitted, as the store does."""

    def __init__(self) -> None:
        self._runs: Counter[tuple[str, str]] = Counter()
        self._agents: dict[str, deque[datetime]] = {}

    def count(self, event: Event) -> None:
        if event.tag is Tag.DECISION_PERMIT and event.action.startswith("tool:"):
            self._runs[event.gateway, event.run] += 1
            self._agents.setdefault(event.agent, deque()).append(event.at)

    def before(self, event: Event) -> tuple[int, int]:
        """In its run, and of its agent in the minute before."""
        newest = self._agents.get(event.agent, deque[datetime]())
        while newest and newest[0] < event.at - MINUTE:
            newest.popleft()
        return self._runs[event.gateway, event.run], len(newest)
