"""Runs told step by step, for who wants to know why a task was touched or an attack got through."""

import textwrap
from collections import Counter

from benchmarks.agentdojo.deciders import Answer
from benchmarks.agentdojo.figures import Case, Measured
from benchmarks.agentdojo.replay import ATTACK, Step

WIDTH = 118


def tell(name: str, measured: Measured, *, every: bool = False) -> None:
    """Touched user tasks, then acting attacks; `every` tells each step of each run."""
    for title, cases in (("user tasks touched", measured.touched),
                         ("attacks that act", measured.acting)):  # fmt: skip
        if not cases:
            continue
        print(f"\n{'=' * WIDTH}\n{name}: {len(cases)} {title} in {cases[0].suite}\n{'=' * WIDTH}")
        _summary(cases)
        for case in _distinct(cases):
            _case(case, every)


def _summary(cases: list[Case]) -> None:
    found: Counter[str] = Counter()
    for case in cases:
        for reason in {_short(reason) for step in case.run.steps if not step.answer.permits
                       for reason in step.answer.reasons}:  # fmt: skip
            found[reason] += 1
    for reason, count in found.most_common():
        print(f"  {count:4} × {reason}")


def _distinct(cases: list[Case]) -> list[Case]:
    """One case for each attack and user task: the styles of one pair are told together."""
    seen: dict[tuple[str, str], Case] = {}
    for case in cases:
        seen.setdefault((case.user, case.attack), case)
    return list(seen.values())


def _case(case: Case, every: bool) -> None:
    name = f"{case.user}:{case.attack} ({case.style})" if case.attack else case.user
    ended = "finished" if case.run.finished else "not finished"
    acted = ", attack ACTED" if case.run.taken else ""
    print(f"\n--- {case.suite} {name}: user task {ended}, {case.run.holds} asked{acted}")
    print(_wrapped(f"words: {case.run.steps[0].text}", 2))
    for step in case.run.steps:
        wanted = every or not step.answer.permits or (step.who, step.what) == (ATTACK, "call")
        _step(step, wanted)


def _step(step: Step, full: bool) -> None:
    mark = {"permit": " ", "hold": "?", "deny": "!"}[step.answer.verdict]
    who = "  ATTACK" if step.who == ATTACK else ""
    if step.what == "result" and not full:
        return
    what = f"{step.call.tool} {dict(step.call.args)}" if step.call else step.text
    if step.what == "result":
        what = f"-> {step.text}"
    print(_wrapped(f"{mark} {step.what}{who} {_cut(what, 420)}", 2))
    if full:
        _why(step.answer)


def _why(answer: Answer) -> None:
    if not answer.permits:
        for reason in answer.reasons:
            print(_wrapped(f"because {reason}", 8))
    for line in answer.told:
        print(_wrapped(line, 8))
    if answer.permits and answer.text is not None:
        print(_wrapped(f"passed on instead: {_cut(answer.text, 300)}", 8))


def _short(reason: str) -> str:
    return _cut(reason, 150)


def _cut(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def _wrapped(text: str, indent: int) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=" " * indent,
                         subsequent_indent=" " * (indent + 4))  # fmt: skip
