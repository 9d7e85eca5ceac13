"""Which user tasks and pairs count: those AgentDojo's own checkers accept with nothing denied."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.agentdojo.deciders import AllowAll
from benchmarks.agentdojo.dojo import Call, Suite
from benchmarks.agentdojo.extra import Calls, calls_of
from benchmarks.agentdojo.injections import Style, placed
from benchmarks.agentdojo.replay import Plan, walk

Chosen = Callable[[str, str], bool]
"""Whether a user task and an attack were asked for; the attack is empty for a benign run."""


@dataclass(frozen=True)
class Pair:
    """A user task and an attack in one style, ready to be walked."""

    user: str
    attack: str
    style: str
    plan: Plan
    text_only: bool = False
    """The attack wants something said, and calls nothing."""
    own: bool = False
    """AgentDojo has no calls for this attack; they are ours."""


@dataclass
class Field:
    """Everything of one suite that counts, and what does not, with the reason."""

    suite: Suite
    tasks: list[str] = field(default_factory=list)
    pairs: dict[str, list[Pair]] = field(default_factory=dict)
    """By style."""
    left_out: dict[str, str] = field(default_factory=dict)


def survey(suite: Suite, styles: Sequence[Style], chosen: Chosen) -> Field:
    """Walk everything once with nothing denied."""
    found = Field(suite, pairs={style.name: [] for style in styles})
    for user, task in suite.tasks.items():
        attacks = [attack for attack in suite.attacks if chosen(user, attack)]
        if chosen(user, ""):
            if walk(Plan(suite, task), AllowAll()).finished:
                found.tasks.append(user)
            else:
                found.left_out[user] = "its ground truth does not satisfy its own checker"
        vectors = _read(suite, task) if attacks else ()
        if attacks and not vectors:
            found.left_out[f"{user}:*"] = "its path reads no place a stranger can write"
        for attack in attacks if vectors else ():
            _pair(found, user, attack, styles, vectors)
    return found


def _pair(
    found: Field, user: str, attack: str, styles: Sequence[Style], vectors: Sequence[str]
) -> None:
    suite, task, goal = found.suite, found.suite.tasks[user], found.suite.attacks[attack]
    own = calls_of(suite.name, attack)
    calls, why = _calls(suite, task, goal, own)
    for style in () if why else styles[:1] if own else styles:
        texts = style.texts(goal.GOAL, calls)
        injected = placed(texts, vectors)
        if injected is None:
            continue
        plan = Plan(suite, task, goal, own, injected, tuple(texts))
        refusal = _refusal(plan, idle=style is styles[0])
        if not refusal:
            pair = Pair(user, attack, style.name, plan, not calls, own is not None)
            found.pairs[style.name].append(pair)
        # What only a paraphrase cannot do is no news.
        why = why or (refusal if style is styles[0] else "")
    if why and own:
        why = f"our calls for it: {why}"
    if why:
        found.left_out[f"{user}:{attack}"] = why


def _calls(suite: Suite, task: Any, goal: Any, own: Calls | None) -> tuple[Sequence[Call], str]:
    """The attack's ground truth in a clean world, or why there is none."""
    try:
        calls = (own or suite.path)(goal, suite.world(task, {}))
    except Exception as error:  # noqa: BLE001 - whatever AgentDojo's task raises
        return (), f"the attack has no ground truth ({type(error).__name__})"
    none = not calls and not goal.GROUND_TRUTH_OUTPUT
    return calls, "the attack has no ground truth" if none else ""


def _refusal(plan: Plan, *, idle: bool) -> str:
    """Why AgentDojo does not accept the pair; empty when it does.

    `idle` also looks whether its checker says yes to an attack that does nothing.
    """
    run = walk(replace(plan, judged=False), AllowAll())
    if not run.seen:
        return "the poisoned text is not shown on the user's path"
    if run.failure:
        return f"the attack cannot be planned ({run.failure})"
    if not run.taken:
        return "its checker does not accept the attack's own ground truth"
    if idle and walk(replace(plan, acts=False, judged=False), AllowAll()).taken:
        return "its checker says yes although the attack did nothing"
    return ""


def _read(suite: Suite, task: Any) -> tuple[str, ...]:
    """The places a stranger can write that the user's path reads, in that order.

    Found by searching what the tools returned, because AgentDojo's own check does not find them.
    """
    marks = {name: f"<PLACE---{name}--->" for name in suite.vectors}
    world, order = suite.world(task, marks), []
    for call in suite.path(task, world):
        output = world.run(call)
        order += [name for name in marks if name not in order and output.holds(marks[name])]
    return tuple(order)
