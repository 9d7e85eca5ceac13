"""What goes through the egress boundary now, and how it is cut."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from clawband.enforcement.lease import Lease, Target
from clawband.enforcement.token import Claims
from clawband.flows.connect import Explained
from clawband.model.access import Request
from clawband.model.deployment import Destination, Standing
from clawband.model.digest import Json
from clawband.model.network import Basis

HOUR = 3600
PER_AGENT = 64
"""Connections of one agent at the same time."""


@dataclass(slots=True, kw_only=True, eq=False)
class Passage:
    """One permitted connection or request, from the decision to its end."""

    id: str
    """The decision."""
    at: datetime
    request: Request
    target: Target
    networks: tuple[str, ...] = ()
    """In CIDR form: internal addresses this host may have."""
    inspect: bool = False
    line: Destination | None = None
    lease: Lease | None = None
    claims: Claims | None = None
    standing: Standing | None = None
    part: "Passage | None" = None
    """The tunnel of a standing lease it belongs to: one record of both is enough."""
    left: int | None = None
    """Bytes it may still carry; None for no budget."""
    cut: Callable[[str], None] | None = None
    """Ends it at once, for the reason given; set by the edge while it is open."""
    over: str = ""
    """Why it was ended, also when that was before the edge could be told."""
    address: str = ""
    changed: tuple[str, ...] = ()
    """What was masked in the request, and which credential it was lent."""
    sent: int = 0
    received: int = 0

    def told(self, now: datetime, why: str) -> dict[str, Json]:
        """What is recorded of its end."""
        seconds = (now - self.at).total_seconds()
        detail: dict[str, Json] = {
            "sent": self.sent, "received": self.received, "why": why[:80],
            "milliseconds": int(seconds * 1000), "address": self.address,
        }  # fmt: skip
        return detail | ({"changed": list(self.changed)} if self.changed else {})

    @property
    def why(self) -> Explained:
        """What explains it."""
        net = self.request.facts.net
        return Explained(
            basis=net.basis if net else Basis.NONE,
            claims=self.claims, lease=self.lease, standing=self.standing,
        )  # fmt: skip

    def end(self, why: str) -> None:
        self.over = self.over or why
        if self.cut:
            self.cut(why)


@dataclass(slots=True)
class Traffic:
    """Every open passage, and what the standing leases have used up in this hour."""

    open: set[Passage] = field(default_factory=set)
    _used: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def add(self, passage: Passage) -> None:
        self.open.add(passage)

    def remove(self, passage: Passage, now: datetime) -> None:
        self.open.discard(passage)
        if passage.part:
            passage.part.sent += passage.sent
            passage.part.received += passage.received
        elif passage.standing:
            used = self._hour(passage.request.principal.gateway, passage.standing.name, now)
            used[1] += passage.sent + passage.received

    def count(self, agent: str) -> int:
        """Open passages of a principal."""
        return sum(each.request.principal.id == agent for each in self.open)

    def through(self, gateway: str, standing: Standing) -> int:
        """Open passages under this standing lease."""
        return sum(
            each.standing is not None
            and each.part is None
            and each.standing.name == standing.name
            and each.request.principal.gateway == gateway
            for each in self.open
        )

    def left(self, gateway: str, standing: Standing, now: datetime) -> int:
        """Bytes that the standing lease still has in this hour, less what goes through it now."""
        used = self._hour(gateway, standing.name, now)[1]
        running = sum(
            each.sent + each.received
            for each in self.open
            if each.standing and each.standing.name == standing.name
            and each.request.principal.gateway == gateway
        )  # fmt: skip
        return max(0, standing.bytes_per_hour - int(used) - running)

    def cut(self, why: str, chosen: Callable[[Passage], bool]) -> int:
        """End every open passage that is chosen; how many."""
        gone = [each for each in self.open if chosen(each)]
        for each in gone:
            each.end(why)
        return len(gone)

    def _hour(self, gateway: str, name: str, now: datetime) -> list[float]:
        hour = now.timestamp() // HOUR
        used = self._used.setdefault((gateway, name), [hour, 0])
        if used[0] != hour:
            used[:] = [hour, 0]
        return used
