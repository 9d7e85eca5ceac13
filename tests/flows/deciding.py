"""Decisions over a store in memory: `Desk` answers and remembers as the store would."""

from typing import Any

from clawband.flows.decide import Decided, Moment, decide
from clawband.flows.hold import Holding
from clawband.labels.known import NOTHING, Known
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
from clawband.ports.unit import Unit
from tests.policy.asking import policy_set
from tests.simulators.clocks import CountedEntropy, FixedClock
from tests.simulators.keepers import OnlyMemory

ACTIVE = policy_set()
KNOWN = Requester("telegram:4242", "telegram", Authority.KNOWN)
TOOLS = {"look": Action.READ, "note": Action.WRITE, "pay": Action.PAY, "drop": Action.DELETE}


def request(tool: str = "look", **fields: Any) -> Request:
    """A call of a tool of the workflow `desk`, in a session."""
    values: dict[str, Any] = {
        "principal": Principal("sample", "desk"), "requester": KNOWN,
        "action": TOOLS.get(tool, Action.UNKNOWN), "resource": Resource(ResourceKind.TOOL, tool),
        "workflow": "desk", "trace": Trace(session="s", run="r", call="c"),
        "facts": Facts(systems=frozenset({"crm"} if tool == "look" else ())),
    }  # fmt: skip
    return Request(**{**values, **fields})


def message(text: str = "hello", **fields: Any) -> Request:
    values: dict[str, Any] = {
        "action": Action.RECEIVE, "resource": Resource(ResourceKind.CHANNEL, "telegram"),
        "arguments": {"text": text}, "trace": Trace(session="s", run="r"),
        "facts": Facts(size=len(text)),
    }  # fmt: skip
    return request(**{**values, **fields})


class Desk:
    """Asks, and applies what was answered, as a store does after it is durable."""

    def __init__(self, active: Any = ACTIVE, known: Known = NOTHING) -> None:
        self.memory, self.active, self.known = OnlyMemory(), active, known
        self.clock, self.entropy = FixedClock(), CountedEntropy()

    def ask(self, wanted: Request, state: Any = None) -> Decided:
        moment = Moment(now=self.clock.now(), entropy=self.entropy.bytes(96), known=self.known)
        return decide(
            wanted, state=state or self.memory, active=self.active, moment=moment,
            holding=Holding(),
        )  # fmt: skip

    def apply(self, unit: Unit) -> None:
        self.memory.foresee(unit)
        for change in unit.changes:
            self.memory.change(change)
        for event in unit.events:
            self.memory.apply(event)

    def told(self) -> "Desk":
        """After a person's first message."""
        self.run(message())
        return self

    def run(self, wanted: Request) -> Decided:
        decided = self.ask(wanted)
        self.apply(decided.unit)
        return decided
