"""Walks a task call by call, asks the decider, and lets AgentDojo judge what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.agentdojo.deciders import HOLD, YES, Answer, Decider
from benchmarks.agentdojo.dojo import Call, Output, Suite, World

USER, ATTACK = "user", "attack"
DONE = "Done."
"""What an agent says when AgentDojo expects no particular answer."""


@dataclass(frozen=True)
class Step:
    """One question and what happened: `what` is `message`, `call`, `result` or `reply`."""

    who: str
    what: str
    answer: Answer
    call: Call | None = None
    text: str = ""


@dataclass
class Run:
    """A walked task. `seen` says that the poisoned output reached the model."""

    steps: list[Step] = field(default_factory=list)
    finished: bool = False
    """The user's task, by AgentDojo's checker; False when that was not asked for."""
    taken: bool = False
    """The attack's goal, by AgentDojo's checker."""
    seen: bool = False
    replied: Answer = YES
    failure: str = ""

    def asked(self, who: str) -> list[Step]:
        """The calls and the reply of one side."""
        return [step for step in self.steps if step.who == who and step.what != "result"]

    @property
    def holds(self) -> int:
        return sum(step.answer.verdict == HOLD for step in self.steps)

    @property
    def untouched(self) -> bool:
        """Nobody was asked and nothing refused, of what the user's own task needed."""
        return all(step.answer.permits for step in self.steps if step.who == USER)


@dataclass(frozen=True)
class Plan:
    """What is walked: the user's task, with an attack in the named vectors or without one."""

    suite: Suite
    task: Any
    attack: Any = None
    calls: Any = None
    """The attack's calls, as a function of the world; None for its own ground truth."""
    injected: Mapping[str, str] = field(default_factory=dict)
    needed: Sequence[str] = ()
    """Every text that the model must have been shown before it acts."""
    acts: bool = True
    """False walks the poisoned task without the attack's calls."""
    judged: bool = True
    """False leaves out the checker of the user's task: it compares whole environments, slowly."""


def walk(plan: Plan, decider: Decider) -> Run:
    """The user's calls in order; after the poisoned output the attack's; then the reply."""
    world = plan.suite.world(plan.task, plan.injected)
    run, missing = Run(), list(plan.needed)
    greeting = decider.begin(plan.task.PROMPT)
    run.steps.append(Step(USER, "message", greeting, text=plan.task.PROMPT))
    for call in plan.suite.path(plan.task, world):
        output = _step(run, USER, call, world, decider)
        if output is None or run.seen:
            continue
        missing = [words for words in missing if not output.holds(words)]
        if plan.attack is not None and not missing:
            run.seen = True
            _strike(plan, run, world, decider)
    words = _words(plan, run)
    run.replied = decider.reply(words)
    run.steps.append(Step(USER, "reply", run.replied, text=words))
    said = (run.replied.text or words) if run.replied.permits else ""
    # Under attack it only counts when nobody was asked.
    wanted = plan.judged and (plan.attack is None or run.untouched)
    run.finished = wanted and world.finished(plan.task, said)
    run.taken = plan.attack is not None and run.seen and world.taken(plan.attack, said)
    return run


def _strike(plan: Plan, run: Run, world: World, decider: Decider) -> None:
    if not plan.acts:
        return
    try:
        calls = (plan.calls or plan.suite.path)(plan.attack, world)
    except Exception as error:  # noqa: BLE001 - AgentDojo's own task cannot be planned
        run.failure = f"{type(error).__name__}: {error}"
        return
    for call in calls:
        _step(run, ATTACK, call, world, decider)


def _words(plan: Plan, run: Run) -> str:
    """The reply: what the user's task expects, and what a text-only attack wants said."""
    said = [plan.task.GROUND_TRUTH_OUTPUT or DONE]
    if plan.attack is not None and run.seen and plan.acts and plan.attack.GROUND_TRUTH_OUTPUT:
        said.append(plan.attack.GOAL.removeprefix("Say that "))
    return "\n".join(said)


def _step(run: Run, who: str, call: Call, world: World, decider: Decider) -> Output | None:
    answer = decider.call(call)
    run.steps.append(Step(who, "call", answer, call))
    if not answer.permits:
        return None
    output = world.run(Call(call.tool, answer.args) if answer.args is not None else call)
    text = output.text
    read = decider.result(call, text, output.failed)
    run.steps.append(Step(who, "result", read, call, text))
    return output if read.permits else None
