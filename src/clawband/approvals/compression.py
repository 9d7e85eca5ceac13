"""Fewer cards: which pending approvals one narrow, expiring endorsement would cover.

Every card costs attention, and people who are asked too often stop reading. So several holds that
wait for the same reason are offered as one, with an enumeration of what else that would allow.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from clawband.model.approval import Approval
from clawband.model.deployment import Workflow
from clawband.model.digest import digest
from clawband.model.event import Event, Tag
from clawband.model.provenance import Explanation, Meaning, Origin

MOST_VALUES = 10
"""In one group: more than that nobody reads."""
_ENOUGH = frozenset({Origin.WORDS, Origin.LISTED, Origin.ENDORSED})

Permits = Callable[[tuple[Explanation, ...]], bool]
"""Whether the same request would be permitted if its values were explained like this."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending approval, and the values that would have to be vouched for to need none."""

    approval: Approval
    values: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Approvals that one endorsement covers. `id` names exactly this offer, and no other."""

    id: str
    agent: str
    session: str
    tool: str
    action: str
    values: tuple[Explanation, ...]
    """Each value once; the first card's explanation of it."""
    approvals: tuple[Approval, ...]
    """Oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """How often people were asked: cards for each turn of an agent."""

    turns: int
    cards: int
    asked: int
    """Turns with at least one card."""
    median: float
    """Of the turns with a card."""
    most: int

    @property
    def mean(self) -> float:
        """Cards per turn; 0 when there was none."""
        return self.cards / self.turns if self.turns else 0.0


def endorsable(explanations: Sequence[Explanation], permits: Permits) -> tuple[Explanation, ...]:
    """The fewest values that, once vouched for, would make a permit of a refusal.

    Empty when none would. Policy sees which facts hold, not how often: so whole facts are tried,
    and those that are best explained already are left out first.
    """
    order = list(Origin)
    weak = sorted(
        (each for each in explanations if each.origin not in _ENOUGH),
        key=lambda each: order.index(each.origin),
    )
    facts = list(dict.fromkeys(each.fact for each in weak))

    def enough(vouched: Sequence[str]) -> bool:
        return permits(
            tuple(
                replace(each, origin=Origin.ENDORSED) if each.fact in vouched else each
                for each in explanations
            )
        )

    if not facts or not enough(facts):
        return ()
    needed = list(facts)
    for fact in facts:
        rest = [other for other in needed if other != fact]
        # With nothing vouched for it is the refusal itself.
        if rest and enough(rest):
            needed = rest
    return tuple(each for each in explanations if each.fact in needed)


def named(explanations: Iterable[Explanation], keys: Collection[str]) -> tuple[Explanation, ...]:
    """Those of the named arguments that need somebody to vouch for them."""
    return tuple(
        each for each in explanations if each.argument.key in keys and each.origin not in _ENOUGH
    )


def groups(waiting: Iterable[Waiting]) -> tuple[Group, ...]:
    """Two or more approvals of one agent, session and tool that wait for the same reasons.

    Without a session nothing is narrow, and what two people must decide is never made one
    person's: such approvals stay single.
    """
    alike: dict[object, list[Waiting]] = {}
    for each in sorted(waiting, key=lambda each: (each.approval.opened, each.approval.id)):
        alone = any(need.people == 1 for need in each.approval.requirements)
        if each.values and each.approval.session and alone:
            alike.setdefault(_kind(each.approval), []).append(each)
    parts = [part for same in alike.values() for part in _readable(same)]
    return tuple(_group(part) for part in parts if len(part) > 1)


def alone(approval: Approval, values: tuple[Explanation, ...]) -> Group:
    """One card as an offer, for who would vouch for its values instead of approving it once."""
    return _group([Waiting(approval, values)])


def title(group: Group) -> str:
    """The offer in one sentence without a full stop, and without its end."""
    kinds = Counter(each.argument.meaning for each in group.values)
    values = " and ".join(
        f"this {meaning}" if count == 1 else f"these {count} {meaning}s"
        for meaning, count in kinds.items()
    )
    return (
        f"cover {len(group.approvals)} waiting calls: let `{group.agent}` use `{group.tool}` "
        f"with {values} in this session"
    )


def allows(group: Group) -> tuple[str, ...]:
    """What else the endorsement would allow, one sentence each without a full stop."""
    every = f"every call of `{group.tool}` by `{group.agent}` in this session"
    return tuple(
        f"{every} with the {meaning} {_listed(group, meaning)}, whatever else the call says"
        for meaning in dict.fromkeys(each.argument.meaning for each in group.values)
    )


def still(workflow: Workflow | None) -> tuple[str, ...]:
    """What holds all the same, one sentence each without a full stop."""
    sentences = [
        "every other value of the call is traced as before, and held when it is not explained",
        "the hosts, paths, recipients and systems that the manifest names, and no others",
        "the clearance of the workflow and of the tool",
        "a pause, and every rule that does not ask where a value comes from",
    ]
    if workflow:
        run, minute = workflow.limits.calls_per_run, workflow.limits.calls_per_minute
        sentences.append(f"at most {run} calls in one turn, and {minute} in a minute")
    return tuple(sentences)


def cards(events: Iterable[Event]) -> Cards:
    """Counted from the leaves `approval:open` and `run:finish`."""
    asked: dict[tuple[str, str], int] = {}
    turns: set[tuple[str, str]] = set()
    for event in events:
        if event.tag not in (Tag.APPROVAL_OPEN, Tag.RUN_FINISH):
            continue
        turn = (event.gateway, event.run or event.session or event.id)
        turns.add(turn)
        if event.tag is Tag.APPROVAL_OPEN:
            asked[turn] = asked.get(turn, 0) + 1
    counts = list(asked.values())
    return Cards(
        turns=len(turns),
        cards=sum(counts),
        asked=len(counts),
        median=median(counts) if counts else 0,
        most=max(counts, default=0),
    )


def _kind(approval: Approval) -> object:
    policies = frozenset(reason.policy for reason in approval.reasons)
    return (
        approval.agent, approval.session, approval.resource, approval.action, approval.asker,
        policies, approval.requirements,
    )  # fmt: skip


def _readable(same: Sequence[Waiting]) -> list[list[Waiting]]:
    """In parts of at most `MOST_VALUES` different values."""
    parts: list[list[Waiting]] = [[]]
    for each in same:
        if parts[-1] and len(_values([*parts[-1], each])) > MOST_VALUES:
            parts.append([])
        parts[-1].append(each)
    return parts


def _values(part: Iterable[Waiting]) -> tuple[Explanation, ...]:
    found: dict[tuple[Meaning, str], Explanation] = {}
    for each in part:
        for value in each.values:
            found.setdefault((value.argument.meaning, value.argument.value), value)
    return tuple(found.values())


def _group(part: Sequence[Waiting]) -> Group:
    first, values = part[0].approval, _values(part)
    approvals = tuple(each.approval for each in part)
    content = [
        [each.id for each in approvals],
        [[each.argument.meaning, each.argument.value] for each in values],
    ]
    return Group(
        id=f"grp_{digest(content).removeprefix('sha256:')[:20]}",
        agent=first.agent,
        session=first.session,
        tool=first.resource,
        action=first.action,
        values=values,
        approvals=approvals,
    )


def _listed(group: Group, meaning: Meaning) -> str:
    arguments = [each.argument for each in group.values if each.argument.meaning == meaning]
    names = [f"`{each.value}`" for each in arguments]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
