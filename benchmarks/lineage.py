"""What information flow costs: `python benchmarks/lineage.py [--json] [--rounds N]`.

- calls: a whole decision (label, trace, evaluate, record; nothing written to a disk) of a call with
  one recipient, after the session has read so many results of 2 KB from outside. `none` is the
  same call without a consequential value. `first` is the first such call of a session, which
  makes its texts ready to be searched.
- results: a whole decision that lets a result of so many KB be read: classified, masked, cleaned,
  marked, taken down.
- memory: what the state holds, traced by the interpreter.
"""

import argparse
import json
import os
import platform
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter

from clawband.adapters.stores.memory import Memory
from clawband.flows.decide import Decided, Moment, decide
from clawband.flows.hold import Holding
from clawband.flows.notice import noticed
from clawband.model.access import (
    Action,
    Authority,
    Facts,
    Principal,
    Request,
    Requester,
    Resource,
    ResourceKind,
    Trace,
)
from clawband.model.deployment import Tool
from clawband.model.provenance import Argument, Meaning, Place, Reading
from clawband.openclaw import tools
from clawband.policy.sets import PolicySet, build

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADA = Requester("telegram:4242", "telegram", Authority.KNOWN)
AGENT = Principal("sample", "bench")
MANIFEST = """
name = "bench"
owner = "bench"
purpose = "be measured"
environment = "dev"
agents = ["sample/bench"]
channels = ["telegram"]
replies = "allow"
reads = ["fetch"]
writes = ["mail"]
recipients.mail = ["*"]
limits.calls_per_run = 1000000
limits.calls_per_minute = 1000000
limits.result_bytes = 1048576
tools.fetch.effect = "read"
tools.fetch.attested = ["sender"]
tools.mail.effect = "send"
tools.mail.recipients = ["to"]
tools.mail.contents = ["body"]
"""
LINE = "On {} May the board met at 14:30 in Berlin; write to info{}@corp.example, or see page {}. "


class Nothing:
    """A store that was empty. Implements `adapters.stores.lineage.Cold`."""

    def readings(self, session: str, characters: int, each: int) -> Sequence[Reading]:
        return ()

    def written(self, agent: str) -> Sequence[Place]:
        return ()

    def sent_to(self, agent: str, destinations: frozenset[str]) -> frozenset[str]:
        return frozenset()


class Desk:
    """Asks and remembers, as the store does once it is durable."""

    def __init__(self, active: PolicySet) -> None:
        (workflow,) = active.workflows.values()
        self.active, self.tools = active, workflow.tools
        self.state, self.number = Memory(Nothing()), 0

    def run(self, wanted: Request) -> Decided:
        decided = self.ask(wanted)
        self.state.foresee(decided.unit)
        for change in decided.unit.changes:
            self.state.change(change)
        for event in decided.unit.events:
            self.state.apply(event)
        return decided

    def ask(self, wanted: Request) -> Decided:
        self.number += 1
        moment = Moment(now=NOW, entropy=self.number.to_bytes(8, "big") * 12)
        called = self.state.permitted(f"sample/{wanted.trace.call}", wanted.run)
        return decide(
            noticed(wanted, called), state=self.state, active=self.active, moment=moment,
            holding=Holding(),
        )  # fmt: skip

    def session(self, name: str, texts: Sequence[str]) -> Trace:
        trace = Trace(session=name, run=f"run of {name}", call="c")
        channel = Resource(ResourceKind.CHANNEL, "telegram")
        words = "mail the summary to bob@corp.example, please"
        self.run(_request(Action.RECEIVE, channel, trace, {"text": words}))
        for number, text in enumerate(texts):
            self.read(replace(trace, call=f"c{number}"), text)
        return trace

    def read(self, trace: Trace, text: str) -> Decided:
        tool = self.tools["fetch"]
        self.run(_request(Action.READ, Resource(ResourceKind.TOOL, "fetch"), trace, {}, tool))
        return self.run(self.result(trace, text))

    def result(self, trace: Trace, text: str) -> Request:
        resource = Resource(ResourceKind.TOOL, "fetch")
        return _request(Action.RESULT, resource, trace, {"text": text}, self.tools["fetch"])

    def mail(self, trace: Trace, to: str) -> Request:
        resource = Resource(ResourceKind.TOOL, "mail")
        body = "the board met in Berlin"
        wanted = _request(
            Action.SEND, resource, trace, {"to": to, "body": body}, self.tools["mail"]
        )
        arguments = (Argument(Meaning.RECIPIENT, "to", to),) if to else ()
        facts = Facts(
            recipients=frozenset({to} if to else ()), arguments=arguments, contents=(body,)
        )
        return replace(wanted, facts=facts)


def _request(
    action: Action, resource: Resource, trace: Trace, said: dict[str, str], tool: Tool | None = None
) -> Request:
    return Request(
        principal=AGENT, requester=ADA, action=action, resource=resource, workflow="bench",
        trace=trace, arguments=said, tool=tool,
    )  # fmt: skip


def text(size: int, number: int) -> str:
    """Prose of `size` characters that no other number has."""
    lines = (LINE.format(1 + each % 28, each, each * number) for each in range(size // 60 + 1))
    return "".join(lines)[:size]


def timed(act: Callable[[], object], rounds: int) -> list[float]:
    """Microseconds of each round, sorted."""
    found = []
    for _ in range(rounds):
        start = perf_counter()
        act()
        found.append((perf_counter() - start) * 1e6)
    return sorted(found)


def spread(times: Sequence[float]) -> str:
    return f"{times[len(times) // 2]:,.0f} / {times[int(len(times) * 0.99)]:,.0f}"


def calls(active: PolicySet, rounds: int) -> Iterator[dict[str, object]]:
    for count in (0, 1, 10, 100, 1000):
        desk = Desk(active)
        trace = desk.session("s", [text(2048, each) for each in range(count)])
        row: dict[str, object] = {"results read": count}
        asked = {"none": "", "a person's words": "bob@corp.example", "outside": "eve@evil.example"}
        for name, to in asked.items():
            wanted = desk.mail(trace, to)
            first = timed(lambda: desk.ask(wanted), 1)[0]  # noqa: B023 - called at once
            later = timed(lambda: desk.ask(wanted), rounds)  # noqa: B023
            row[f"{name}, first"] = f"{first:,.0f}"
            row[f"{name}, later"] = spread(later)
        yield row


def results(active: PolicySet, rounds: int) -> Iterator[dict[str, object]]:
    for size in (1, 16, 64, 256):
        desk = Desk(active)
        trace = desk.session("s", [])
        desk.read(trace, "ready")
        wanted = desk.result(trace, text(size * 1024, 7))
        times = timed(lambda: desk.ask(wanted), max(20, rounds // size))  # noqa: B023
        each = times[len(times) // 2] / size
        yield {"KB": size, "µs": spread(times), "µs per KB": f"{each:,.0f}"}


def memory(active: PolicySet) -> Iterator[dict[str, object]]:
    def held(act: Callable[[], object]) -> float:
        tracemalloc.start()
        kept = act()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del kept
        return size / 1e6

    def one() -> Desk:
        desk = Desk(active)
        trace = desk.session("s", [text(200, each) for each in range(1000)])
        for _ in range(2):
            desk.ask(desk.mail(trace, "eve@evil.example"))
        return desk

    def many() -> Desk:
        desk = Desk(active)
        for number in range(10_000):
            desk.session(f"s{number}", [text(500, number)])
        return desk

    yield {"what": "1 session, 1,000 results of 200 characters, searched", "MB": f"{held(one):.1f}"}
    yield {"what": "10,000 sessions, one message and one result of 500 characters each",
           "MB": f"{held(many):.1f}"}  # fmt: skip


def show(title: str, rows: Sequence[dict[str, object]]) -> None:
    names = list(rows[0])
    print(f"\n{title}\n\n| {' | '.join(names)} |\n|{'---:|' * len(names)}")
    for row in rows:
        print(f"| {' | '.join(str(row[name]) for name in names)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--rounds", type=int, default=500, help="rounds of each timing")
    chosen = parser.parse_args()
    active = build({"bench.toml": MANIFEST}, tools.catalogue())
    measured = {
        "calls": list(calls(active, chosen.rounds)),
        "results": list(results(active, chosen.rounds)),
        "memory": list(memory(active)),
    }
    if chosen.json:
        json.dump(measured, sys.stdout, indent=1)
        return
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"processors {os.cpu_count()}, load {load:.1f}, system {platform.system()}")
    show("calls: µs, later ones p50 / p99", measured["calls"])
    show("results: p50 / p99", measured["results"])
    show("memory", measured["memory"])


if __name__ == "__main__":
    main()
