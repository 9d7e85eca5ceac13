"""What budgets cost a decision: `python benchmarks/budgets.py [--json] [--rounds N]`.

A workflow with none, one, two and four budgets whose windows are full of parts, over a real store
in a folder of its own. `decide` is the answer in process, without a disk; `durable` is the answer
with its record flushed; `at once` is how many of 64 askers get a durable answer in a second, all
of them from the same budgets.
"""

import argparse
import json
import statistics
import sys
from concurrent.futures import Future
from datetime import timedelta
from os import urandom
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.decision import machine
from clawband.adapters.machine import MachineClock
from clawband.adapters.stores.sqlite import open_store
from clawband.flows.decide import Decided, Moment, decide
from clawband.flows.hold import Holding
from clawband.model.access import (
    Action,
    Authority,
    Permit,
    Principal,
    Request,
    Requester,
    Resource,
    ResourceKind,
    Trace,
)
from clawband.openclaw import tools
from clawband.policy.sets import PolicySet, build
from clawband.ports.store import Store

ASKERS = 64
COUNTS = (0, 1, 2, 4)
WORKFLOW = """
name = "bench"
owner = "bench"
purpose = "be measured"
environment = "dev"
agents = ["sample/bench"]
channels = ["telegram"]
replies = "allow"
writes = ["note"]
[tools.note]
effect = "write"
outside = false
[limits]
calls_per_run = 10000000
calls_per_minute = 10000000
"""
BUDGET = """
[[budgets]]
name = "b{number}"
most = 10000000
every = "day"
per = "{per}"
"""
WHO = Requester("telegram:4242", "telegram", Authority.KNOWN)


def policy(count: int) -> PolicySet:
    pers = ("requester", "workflow", "agent", "tool")
    budgets = [BUDGET.format(number=number, per=pers[number]) for number in range(count)]
    return build({"bench.toml": WORKFLOW + "".join(budgets)}, tools.catalogue())


class Bench:
    def __init__(self, folder: Path, count: int) -> None:
        self.store: Store = open_store(folder / "clawband.db", b"k" * 32)
        self.active, self.number = policy(count), 0
        self.now = MachineClock().now()
        self._fill()

    def _fill(self) -> None:
        """A day of use, so that every window has as many parts as it can have."""
        end = self.now
        for minutes in range(24 * 60, 0, -30):
            self.now = end - timedelta(minutes=minutes)
            self.durable().result()
        self.now = end

    def decide(self) -> Decided:
        self.number += 1
        request = Request(
            principal=Principal("sample", "bench"), requester=WHO, action=Action.WRITE,
            resource=Resource(ResourceKind.TOOL, "note"), workflow="bench",
            trace=Trace(run="r", call=f"c{self.number}"), arguments={"text": f"n{self.number}"},
        )  # fmt: skip
        decided = decide(
            request, state=self.store, active=self.active,
            moment=Moment(now=self.now, entropy=urandom(96)), holding=Holding(),
        )  # fmt: skip
        assert isinstance(decided.decision, Permit), decided.decision
        return decided

    def durable(self) -> "Future[object]":
        return self.store.commit(self.decide().unit)  # type: ignore[return-value]


def measure(count: int, rounds: int) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder), count)
        alone = timed(rounds, bench.decide)
        durable = timed(rounds // 4, lambda: bench.durable().result())
        start = perf_counter()
        for _ in range(rounds // ASKERS):
            for each in [bench.durable() for _ in range(ASKERS)]:
                each.result()
        rate = rounds // ASKERS * ASKERS / (perf_counter() - start)
        bench.store.close()
    return {"budgets": count, "decide p50": alone[0], "decide p99": alone[1],
            "durable p50": durable[0], "durable p99": durable[1], "at once": rate}  # fmt: skip


def timed(rounds: int, step: object) -> tuple[float, float]:
    times = []
    for _ in range(rounds):
        start = perf_counter()
        step()  # type: ignore[operator]
        times.append((perf_counter() - start) * 1e6)
    return statistics.median(times), statistics.quantiles(times, n=100)[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--rounds", type=int, default=2000)
    chosen = parser.parse_args()
    rows = [measure(count, chosen.rounds) for count in COUNTS]
    if chosen.json:
        print(json.dumps({"machine": machine(), "rounds": chosen.rounds, "rows": rows}))
        return 0
    print(", ".join(f"{key} {value}" for key, value in machine().items()))
    print(f"{chosen.rounds} rounds; times are p50 / p99 in microseconds\n")
    print("| budgets | decide | durable | answers a second, 64 at once |\n|---:|---:|---:|---:|")
    for row in rows:
        print(f"| {row['budgets']} | {row['decide p50']:.0f} / {row['decide p99']:.0f} "
              f"| {row['durable p50']:.0f} / {row['durable p99']:.0f} "
              f"| {row['at once']:.0f} |")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
