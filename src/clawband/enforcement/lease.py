"""Leases: a permitted call that may use the network, until it ends.

A tool that runs inside the gateway cannot carry a token on its requests. So its permit opens a
lease for this gateway, agent and destination; the boundary counts what goes through it, and the
end of the call closes it. Time comes in; the book is used by one thread.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIFE = timedelta(seconds=120)
"""For a call whose end is never told."""
CONNECTIONS = 16
"""Through one lease, one after the other or at once."""
OPEN = 10_000


@dataclass(frozen=True, slots=True)
class Target:
    host: str
    port: int


@dataclass(slots=True, kw_only=True)
class Lease:
    """One permitted call on the network. `agent` is the principal id."""

    gateway: str
    agent: str
    tool: str
    session: str
    run: str
    call: str
    trace: str
    who: str
    cause: str
    """Id of the decision that permitted the call."""
    targets: frozenset[Target]
    """What the call names; what it may be led to besides is for policy to say."""
    expires: datetime
    used: int = 0


@dataclass(slots=True)
class Book:
    """Every open lease, newest last."""

    _open: OrderedDict[tuple[str, str, str], Lease] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._open)

    def open(self, lease: Lease) -> None:
        """The oldest ends when there are too many: fewer connections, never more."""
        self._open[(lease.gateway, lease.run, lease.call)] = lease
        if len(self._open) > OPEN:
            self._open.popitem(last=False)

    def close(self, gateway: str, run: str, call: str) -> Lease | None:
        return self._open.pop((gateway, run, call), None)

    def end(self, *, gateway: str = "", agent: str = "") -> int:
        """Close every lease of a gateway, or of an agent by its principal id; how many."""
        gone = [
            key for key, lease in self._open.items()
            if lease.gateway == gateway or (agent and lease.agent == agent)
        ]  # fmt: skip
        for key in gone:
            del self._open[key]
        return len(gone)

    def naming(self, gateway: str, target: Target, now: datetime) -> Lease | None:
        """The oldest lease that names the target and has something left."""
        for lease in self.usable(gateway, now):
            if target in lease.targets:
                return lease
        return None

    def usable(self, gateway: str, now: datetime) -> Iterable[Lease]:
        """Open leases of the gateway with something left, oldest first."""
        for key, lease in list(self._open.items()):
            if now >= lease.expires:
                del self._open[key]
            elif lease.gateway == gateway and lease.used < CONNECTIONS:
                yield lease
