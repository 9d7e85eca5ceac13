"""The 60-second question, timed: `python benchmarks/who_can.py [--json]`.

People with one to three roles, agents with a workflow each (12 tools, 3 of them with approvals),
and a log in which all of them did something. Timed is what the page, the API and the command do:
the powers of everybody, only the critical ones, and their form as JSON.
"""

import argparse
import json
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import msgspec

from clawband.adapters.stores.sqlite import open_store
from clawband.flows.use import Uses
from clawband.flows.who_can import Scene, dated, powers
from clawband.model.deployment import Gateway
from clawband.model.person import Operator, Role
from clawband.openclaw import tools
from clawband.policy import console
from clawband.policy.sets import build
from clawband.ports.unit import PutOperator, Unit

PEOPLE, AGENTS, GATEWAYS = 1_000, 200, 10
NOW = datetime(2026, 11, 22, tzinfo=UTC)
EFFECTS = ("read", "read", "read", "write", "write", "send", "send", "pay", "delete", "execute")


def manifest(number: int) -> str:
    named = {f"tool{number}-{place}": effect for place, effect in enumerate(EFFECTS)}
    reads = [name for name, effect in named.items() if effect == "read"]
    writes = [name for name in named if name not in reads]
    lines = [
        f'name = "team{number}"', 'owner = "bench"', 'purpose = "be measured"',
        'environment = "production"', f'agents = ["gateway{number % GATEWAYS}/agent{number}"]',
        'channels = ["telegram"]', 'replies = "allow"',
        f"reads = {json.dumps(reads)}", f"writes = {json.dumps(writes)}",
    ]  # fmt: skip
    for name in writes[-3:]:
        lines += ["[[approvals]]", f'tool = "{name}"', 'role = "approver"']
    for name, effect in named.items():
        lines += [f"[tools.{name}]", f'effect = "{effect}"']
    return "\n".join(lines)


def people() -> list[Operator]:
    roles = list(Role)
    return [
        Operator(
            name=f"person{number}", added=NOW,
            roles=frozenset({roles[number % 6], roles[number * 7 % 5], Role.VIEWER}),
        )
        for number in range(PEOPLE)
    ]  # fmt: skip


def uses() -> Uses:
    found = Uses(complete=True, since=NOW - timedelta(days=90))
    for number in range(PEOPLE):
        found.last[f"person{number}"] = {"publish": NOW, "stop": NOW, "decide-approval": NOW}
    for number in range(AGENTS):
        own = {f"tool:{effect} tool{number}-{at}": NOW for at, effect in enumerate(EFFECTS)}
        found.last[f"gateway{number % GATEWAYS}/agent{number}"] = own
    return found


def measure(rounds: int) -> dict[str, object]:
    files = {f"team{number}.toml": manifest(number) for number in range(AGENTS)}
    started = perf_counter()
    active = build(files, tools.catalogue())
    built = perf_counter() - started
    gateways = [
        Gateway(name=f"gateway{number}", environment="production", credential="", enrolled=NOW)
        for number in range(GATEWAYS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "bench.db", b"k" * 32)
        store.commit(Unit([], [PutOperator(each, "") for each in people()])).result()
        times, found = [], []
        for _ in range(rounds):
            console.answer.cache_clear()
            started = perf_counter()
            scene = Scene(people=store.operators(), gateways=gateways, active=active, uses=uses())
            found = [dated(each, scene.uses) for each in powers(scene) if each.critical]
            body = msgspec.json.encode(found)
            times.append(perf_counter() - started)
        store.close()
    return {
        "people": PEOPLE, "agents": AGENTS, "policies": len(active.policies),
        "critical": len(found), "bytes": len(body), "build_s": round(built, 2),
        "first_ms": round(times[0] * 1e3, 1), "median_ms": round(statistics.median(times) * 1e3, 1),
        "slowest_ms": round(max(times) * 1e3, 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=10)
    chosen = parser.parse_args()
    told = measure(chosen.rounds)
    if chosen.json:
        print(json.dumps(told))
        return
    for name, value in told.items():
        print(f"{name:12} {value}")


if __name__ == "__main__":
    main()
