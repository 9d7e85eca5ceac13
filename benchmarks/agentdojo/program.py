"""The command: which suites, which deciders, what is printed."""

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from time import perf_counter

from benchmarks.agentdojo import dojo, reading, table
from benchmarks.agentdojo.deciders import AllowAll, DenyWrites, OnlyTools, Phrases, WholeSession
from benchmarks.agentdojo.figures import Made, Measured, measure
from benchmarks.agentdojo.guarded import Declared, Guarded, policy
from benchmarks.agentdojo.injections import PLAIN, STYLES
from benchmarks.agentdojo.pairs import Field, survey
from clawband.policy.sets import PolicySet

CLAWBAND = "Clawband"
TEXT_BLIND = ("allow all", "deny writes", "only the task's tools (oracle)", "whole-session taint")
"""Deciders that never look at a text: a paraphrase cannot change what they say."""
DECIDERS = (CLAWBAND, *TEXT_BLIND, "phrase detector")


@dataclass(frozen=True)
class Wanted:
    """What the command line asked for."""

    suites: tuple[str, ...]
    styles: tuple[str, ...]
    deciders: tuple[str, ...]
    user: str = ""
    attack: str = ""

    def chosen(self, user: str, attack: str) -> bool:
        if self.attack and not attack:
            return False
        return self.user in ("", user) and self.attack in ("", attack)


@dataclass
class Result:
    """A suite or a share of it: which pairs counted, and what came of them under each decider."""

    suite: str
    tasks: int = 0
    pairs: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    measured: dict[str, Measured] = field(default_factory=dict)
    seconds: float = 0.0

    def __add__(self, other: "Result") -> "Result":
        pairs = {style: count + other.pairs[style] for style, count in self.pairs.items()}
        measured = {name: each + other.measured[name] for name, each in self.measured.items()}
        return Result(self.suite, self.tasks + other.tasks, pairs,
                      {**self.left_out, **other.left_out}, measured,
                      self.seconds + other.seconds)  # fmt: skip


SHARES = {"workspace": 6, "travel": 2}
"""In how many parts a suite is measured, so that every processor has work until the end."""


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parse(arguments)
    wanted = _wanted(chosen)
    started = perf_counter()
    results = _results(wanted, chosen.jobs)
    print(f"whole run: {perf_counter() - started:.0f} s", file=sys.stderr)
    if chosen.json:
        print(json.dumps([_plain(result) for result in results], indent=1))
    elif chosen.why or wanted.user:
        for result in results:
            for name, measured in result.measured.items():
                reading.tell(name, measured, every=bool(wanted.user))
    else:
        table.show(results, wanted.deciders)
    return 0


def _results(wanted: Wanted, jobs: int) -> list[Result]:
    """Every suite, its shares measured beside each other and added up."""
    parts = [_Part(name, wanted, number) for name in wanted.suites
             for number in range(SHARES.get(name, 1))]  # fmt: skip
    found: dict[str, Result] = {}
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        for result in pool.map(_measured, parts):
            name, before = result.suite, found.get(result.suite)
            total = found[name] = before + result if before else result
            print(f"{name}: {total.tasks} user tasks, {sum(total.pairs.values())} attacked runs,"
                  f" {total.seconds:.0f} s of work", file=sys.stderr)  # fmt: skip
    return list(found.values())


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.agentdojo",
        description="AgentDojo v1.2.2 replayed without a model, with Clawband in the loop.",
    )
    names = [style.name for style in STYLES]
    parser.add_argument("--suite", action="append", choices=dojo.NAMES, help="only this suite")
    parser.add_argument("--style", action="append", choices=names, help="only this attack text")
    parser.add_argument("--decider", action="append", choices=DECIDERS, help="only this decider")
    parser.add_argument("--only", default="", metavar="USER[:ATTACK]",
                        help="one user task or one pair, told step by step")  # fmt: skip
    parser.add_argument("--plain", action="store_true", help="no paraphrases")
    parser.add_argument("--why", action="store_true",
                        help="tell every touched user task and every attack that acts")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    return parser.parse_args(arguments)


def _wanted(chosen: argparse.Namespace) -> Wanted:
    styles = chosen.style or ([PLAIN] if chosen.plain else [style.name for style in STYLES])
    told = bool(chosen.why or chosen.only)
    deciders = chosen.decider or ([CLAWBAND] if told else DECIDERS)
    user, _, attack = chosen.only.partition(":")
    suites = chosen.suite or dojo.NAMES
    return Wanted(tuple(suites), tuple(styles), tuple(deciders), user, attack)


@dataclass(frozen=True)
class _Part:
    suite: str
    wanted: Wanted
    number: int


def _measured(part: _Part) -> Result:
    name, wanted, shares = part.suite, part.wanted, SHARES.get(part.suite, 1)
    started = perf_counter()
    suite = dojo.suites()[name]
    mine = {user for place, user in enumerate(suite.tasks) if place % shares == part.number}
    styles = [style for style in STYLES if style.name in wanted.styles]
    found = survey(suite, styles, lambda user, attack: user in mine and wanted.chosen(user, attack))
    counts = {style: sum(not pair.own for pair in pairs) for style, pairs in found.pairs.items()}
    result = Result(name, len(found.tasks), counts, found.left_out)
    active = policy(name)
    declared = Declared(active)
    for decider in wanted.deciders:
        made = _made(decider, suite, declared, lambda user: Guarded(name, active))
        agreed = _approving(name, active) if decider == CLAWBAND else None
        looked = _first(found) if decider in TEXT_BLIND else found
        result.measured[decider] = measure(looked, made, declared.reads, agreed=agreed)
    result.seconds = perf_counter() - started
    return result


def _approving(name: str, active: PolicySet) -> Made:
    return lambda user: Guarded(name, active, approves=True)


def _first(found: Field) -> Field:
    """Only the first style: the others are the same calls after another text."""
    first = dict(list(found.pairs.items())[:1])
    return Field(found.suite, found.tasks, first, found.left_out)


def _made(name: str, suite: dojo.Suite, declared: Declared, guarded: Made) -> Made:
    def only(user: str) -> OnlyTools:
        task = suite.tasks[user]
        return OnlyTools(frozenset(c.tool for c in suite.path(task, suite.world(task, {}))))

    made: dict[str, Made] = {
        CLAWBAND: guarded,
        "allow all": lambda user: AllowAll(),
        "deny writes": lambda user: DenyWrites(declared.reads),
        "only the task's tools (oracle)": only,
        "whole-session taint": lambda user: WholeSession(declared.reads, declared.outside),
        "phrase detector": lambda user: Phrases(),
    }
    return made[name]


def _plain(result: Result) -> dict[str, object]:
    return {
        "suite": result.suite, "tasks": result.tasks, "pairs": result.pairs,
        "left_out": result.left_out,
        "deciders": {name: asdict(measured.figures) for name, measured in result.measured.items()},
    }  # fmt: skip
