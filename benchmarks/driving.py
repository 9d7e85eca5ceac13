"""Clawband in the loop without a gateway: the plugin's own questions, answered by the live code.

Every question goes through `openclaw.hooks.asked` and `flows.ask.ask`; what the answer wants
remembered is applied to the state before the next question, as the store does once it is durable.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clawband.adapters.stores.memory import Memory
from clawband.approvals import lifecycle
from clawband.flows.ask import ask
from clawband.flows.decide import Decided, Moment
from clawband.flows.explain import kept
from clawband.flows.hold import Holding
from clawband.model.deployment import Gateway
from clawband.model.person import Operator, Role
from clawband.model.provenance import Explanation, Place, Reading
from clawband.openclaw import hooks, tools
from clawband.policy.sets import PolicySet
from clawband.ports.unit import AddReading, Change, KeepPayload, MoveApproval, PutOperator

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
ENTROPY = 96
APPROVER = Operator(name="person", roles=frozenset({Role.APPROVER}), added=START)


class Fresh:
    """A store that was empty before; what memory has not loaded yet is read from here.

    Implements `adapters.stores.lineage.Cold`. No file outlives it, so nothing was written or sent
    before.
    """

    def __init__(self) -> None:
        self._readings: dict[str, list[Reading]] = {}

    def keep(self, change: Change) -> None:
        if isinstance(change, AddReading):
            self._readings.setdefault(change.session, []).append(change.reading)

    def readings(self, session: str, characters: int, each: int) -> Sequence[Reading]:
        return tuple(self._readings.get(session, ()))

    def written(self, agent: str) -> Sequence[Place]:
        return ()

    def wrote(self, agent: str, path: str) -> Place | None:
        return None

    def sent_to(self, agent: str, destinations: frozenset[str]) -> frozenset[str]:
        return frozenset()


@dataclass
class Driver:
    """One gateway that asks. `name` makes the ids of its decisions its own."""

    name: str
    active: PolicySet
    cold: Fresh = field(default_factory=Fresh)
    asked: int = 0

    def __post_init__(self) -> None:
        self.state = Memory(self.cold)
        self.state.change(PutOperator(APPROVER, ""))
        self._gateway = Gateway(name="dojo", environment="dev", credential="0" * 64, enrolled=START)

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=2 * self.asked)

    def ask(self, hook: str, event: Mapping[str, Any], context: Mapping[str, Any]) -> Decided:
        """One question, and what it changes. Raises `Error` for what makes no request."""
        entropy = hashlib.shake_256(f"{self.name}/{self.asked}".encode()).digest(ENTROPY)
        moment = Moment(now=self.now, entropy=entropy)
        self.asked += 1
        decided = ask(
            hooks.asked(hook, dict(event), dict(context)), self._gateway, state=self.state,
            active=self.active, catalogue=tools.catalogue(), moment=moment, holding=Holding(),
        )  # fmt: skip
        self.state.foresee(decided.unit)
        for change in decided.unit.changes:
            self.change(change)
        for event in decided.unit.events:
            self.state.apply(event)
        return decided

    def change(self, change: Change) -> None:
        """Apply what somebody else did, such as an operator."""
        self.cold.keep(change)
        self.state.change(change)

    def approve(self) -> None:
        """A person says yes to every open card."""
        for card in [each for each in self.state.open.values() if not each.grants]:
            granted = lifecycle.grant(card, APPROVER, assurance=1, now=self.now)
            self.change(MoveApproval(granted, card.state, 0))


def explained(decided: Decided) -> tuple[Explanation, ...]:
    """Where each consequential value came from, as the record keeps it."""
    detail = decided.unit.events[0].detail if decided.unit.events else {}
    payloads = [each for each in decided.unit.changes if isinstance(each, KeepPayload)]
    bodies = [each.body for each in payloads if each.digest == detail.get("payload")]
    return tuple(kept(bodies[0])) if bodies else ()
