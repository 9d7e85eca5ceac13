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
from benchmarks.agentdojo.pairs import Chosen, Field, survey

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
    """One suite: which pairs counted, and what came of them under each decider."""

    suite: str
    tasks: int = 0
    pairs: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    measured: dict[str, Measured] = field(default_factory=dict)
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parse(arguments)
    wanted = _wanted(chosen)
    started = perf_counter()
    results = []
    with ProcessPoolExecutor(max_workers=chosen.jobs) as pool:
        for result in pool.map(_suite, [(name, wanted) for name in wanted.suites]):
            results.append(result)
            counted = sum(result.pairs.values())
            print(f"{result.suite}: {result.tasks} user tasks, {counted} attacked runs in"
                  f" {result.seconds:.0f} s", file=sys.stderr)  # fmt: skip
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
    parser.add_argument("--jobs", type=int, default=2, help="suites measured at a time")
    return parser.parse_args(arguments)


def _wanted(chosen: argparse.Namespace) -> Wanted:
    styles = chosen.style or ([PLAIN] if chosen.plain else [style.name for style in STYLES])
    told = bool(chosen.why or chosen.only)
    deciders = chosen.decider or ([CLAWBAND] if told else DECIDERS)
    user, _, attack = chosen.only.partition(":")
    suites = chosen.suite or dojo.NAMES
    return Wanted(tuple(suites), tuple(styles), tuple(deciders), user, attack)


def _suite(asked: tuple[str, Wanted]) -> Result:
    name, wanted = asked
    started = perf_counter()
    suite = dojo.suites()[name]
    styles = [style for style in STYLES if style.name in wanted.styles]
    chosen: Chosen = wanted.chosen
    found = survey(suite, styles, chosen)
    result = Result(name, len(found.tasks), {s: len(p) for s, p in found.pairs.items()},
                    found.left_out)  # fmt: skip
    active = policy(name)
    declared = Declared(active)
    for decider in wanted.deciders:
        made = _made(decider, suite, declared, lambda user: Guarded(name, active))
        looked = _first(found) if decider in TEXT_BLIND else found
        result.measured[decider] = measure(looked, made, declared.reads, full=decider == CLAWBAND)
    result.seconds = perf_counter() - started
    return result


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
