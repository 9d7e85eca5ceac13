"""What a decision costs in process: `python benchmarks/decision.py [--json] [--rounds N]`.

Sets of 1, 10, 100 and 1,000 policies beside the shipped baseline and one workflow. Of these, 8 in
10 permit one tool to another workflow, 1 in 10 forbids something to another workflow, and 1 in 10
forbids something to everybody. Four ways are timed in turn, call by call, so that a busy machine
is busy for all of them:

- Cedar, whole set: the engine alone, with parsed policies, entities and schema
- Cedar, slice: the engine alone, on the policies that can matter for the request
- cold: `evaluate` when it has not seen the question before
- warm: `evaluate` on a stream of requests that differ in size, count, path and host
"""

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter

import cedarpy

from clawband.model.access import (
    Action,
    Authority,
    Circumstances,
    Facts,
    Permit,
    Principal,
    Request,
    Requester,
    Resource,
    ResourceKind,
)
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.openclaw import tools
from clawband.policy.engine import entities
from clawband.policy.evaluate import evaluate
from clawband.policy.schema import HANDLE
from clawband.policy.sets import PolicySet, build
from clawband.policy.slicing import slice_of

SIZES = (1, 10, 100, 1000)
WORKFLOW = """
name = "bench"
owner = "bench"
purpose = "be measured"
environment = "dev"
agents = ["sample/bench"]
channels = ["telegram"]
replies = "allow"
reads = ["web_fetch", "read"]
writes = ["write", "exec"]
hosts.web_fetch = ["docs.example.com"]
paths.read = ["./"]
paths.write = ["notes/"]
[[approvals]]
tool = "exec"
role = "approver"
[limits]
calls_per_run = 1000
calls_per_minute = 1000
"""
ACTIONS = [action for action in Action if action.startswith("tool:")]


def policies(count: int) -> str:
    return "\n".join(policy(number) for number in range(count))


def policy(number: int) -> str:
    notes = f'@id("p{number}") @because("made for the benchmark")'
    team, action = (
        f'Workflow::"team{number // 10}"',
        f'Action::"{ACTIONS[number // 10 % len(ACTIONS)]}"',
    )
    if number % 10 == 8:
        return f"{notes} forbid (principal in {team}, action, resource) when {{ context.unsure }};"
    if number % 10 == 9:
        host = f'context.hosts.contains("bad{number}.example")'
        return f"{notes} forbid (principal, action == {action}, resource) when {{ {host} }};"
    scope = f'principal in {team}, action == {action}, resource == Tool::"tool{number}"'
    return f"{notes} permit ({scope}) when {{ context.integrity >= 1 && context.hosts.isEmpty() }};"


def requests() -> Iterator[tuple[Request, Circumstances]]:
    """A stream like an agent's: four tools, sizes and counts that hardly ever repeat."""
    label = Label(Integrity.PERSON, Confidentiality.PUBLIC, frozenset({"telegram:4242"}))
    number = 0
    while True:
        number += 1
        name, action = (
            ("web_fetch", Action.READ), ("read", Action.READ), ("write", Action.WRITE),
            ("exec", Action.EXECUTE),
        )[number % 4]  # fmt: skip
        path = f"notes/{number % 40}.md"
        facts = Facts(
            hosts=frozenset({"docs.example.com"} if name == "web_fetch" else ()),
            paths=frozenset({path} if name in ("read", "write") else ()),
            size=100 + number * 7919 % 30_000,
        )
        asked = Request(
            principal=Principal("sample", "bench"),
            requester=Requester("telegram:4242", "telegram", Authority.KNOWN),
            action=action,
            resource=Resource(ResourceKind.TOOL, name),
            facts=facts,
        )
        yield asked, Circumstances(label=label, run_calls=number % 50, minute_calls=number % 60)


@dataclass
class Row:
    policies: int
    in_set: int
    in_slice: float
    build_ms: float
    slice_us: float
    hits: float
    times: dict[str, list[float]]


def measure(count: int, rounds: int) -> Row:
    start = perf_counter()
    files = {"bench.toml": WORKFLOW, "bench.cedar": policies(count)}
    active = build(files, tools.catalogue())
    build_ms = (perf_counter() - start) * 1e3
    whole = slice_of({each.id: each for each in active.policies})
    stream = requests()
    warm_up = [next(stream) for _ in range(400)]
    for asked, around in warm_up:
        evaluate(asked, around, active)
    sliced = time_slicing(active, warm_up)
    fresh = build(files, tools.catalogue())
    ways = ("cedar whole", "cedar slice", "cold", "warm")
    times: dict[str, list[float]] = {way: [] for way in ways}
    slices = []
    before = active.engine.remembered.cache_info()
    for _ in range(rounds):
        asked, around = next(stream)
        cut = active.slice_of(asked)
        slices.append(len(cut.policies))
        steps: tuple[Callable[[], object], ...] = (
            engine_alone(active, whole, asked, around),
            engine_alone(active, cut, asked, around),
            lambda a=asked, c=around: evaluate(a, c, fresh),
            lambda a=asked, c=around: evaluate(a, c, active),
        )
        fresh.engine.remembered.cache_clear()
        for way, step in zip(ways, steps, strict=True):
            start = perf_counter()
            step()
            times[way].append((perf_counter() - start) * 1e6)
    after = active.engine.remembered.cache_info()
    check(active)
    hits = (after.hits - before.hits) / rounds
    in_slice = statistics.mean(slices)
    return Row(count, len(active.policies), in_slice, build_ms, sliced, hits, times)


def engine_alone(active: PolicySet, cut, asked, around) -> Callable[[], object]:
    """Only the call into Cedar; everything it is given is made beforehand."""
    values = cut.lens.look(asked, around)
    scope = active.scope_of(asked)
    known = entities(scope.principal, asked.environment, scope.workflow)
    body = {
        "principal": {"type": "Agent", "id": scope.principal.id},
        "action": {"type": "Action", "id": str(scope.action)},
        "resource": {"type": str(scope.resource.kind), "id": scope.resource.id},
        "context": cut.lens.context(values),
    }
    return lambda: cedarpy.is_authorized(body, cut.handle, known, HANDLE)


def time_slicing(active: PolicySet, stream) -> float:
    times = []
    for asked, _ in stream:
        start = perf_counter()
        active.slice_of(asked)
        times.append((perf_counter() - start) * 1e6)
    return statistics.median(times)


def check(active: PolicySet) -> None:
    """A fast wrong answer is no figure: a read is permitted, a command is not."""
    stream = requests()
    answers = {asked.resource.id: evaluate(asked, around, active)
               for asked, around in (next(stream) for _ in range(4))}  # fmt: skip
    assert isinstance(answers["read"], Permit)
    assert not isinstance(answers["exec"], Permit)


def spread(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=100)[-1]


def machine() -> dict[str, str]:
    return {
        "processors": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cedarpy": version("cedarpy"),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--rounds", type=int, default=2000)
    chosen = parser.parse_args()
    rows = [measure(count, chosen.rounds) for count in SIZES]
    if chosen.json:
        figures = [
            {**{key: value for key, value in vars(row).items() if key != "times"},
             "us": {way: spread(times) for way, times in row.times.items()}}
            for row in rows
        ]  # fmt: skip
        print(json.dumps({"machine": machine(), "rounds": chosen.rounds, "rows": figures}))
        return 0
    print(", ".join(f"{key} {value}" for key, value in machine().items()))
    print(f"{chosen.rounds} rounds; times are p50 / p99 in microseconds\n")
    print("| policies | in set | in slice | Cedar, whole set | Cedar, slice | cold | warm "
          "| remembered | slicing | build ms |")  # fmt: skip
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        cells = [f"{p50:.0f} / {p99:.0f}" for p50, p99 in map(spread, row.times.values())]
        print(f"| {row.policies} | {row.in_set} | {row.in_slice:.0f} | {' | '.join(cells)} "
              f"| {row.hits:.0%} | {row.slice_us:.1f} | {row.build_ms:.0f} |")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
