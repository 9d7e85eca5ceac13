"""What the kernel says of a running gateway and of what runs its commands."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CAPABILITY_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process, read from `/proc`."""

    pid: int
    uid: int
    groups: tuple[int, ...] = ()
    no_new_privileges: bool = False
    seccomp: int = 0
    """0 off, 1 strict, 2 filtered."""
    capabilities: Mapping[str, int] = field(default_factory=dict)
    """A bit set for each of `CAPABILITY_SETS`."""
    own: frozenset[str] = frozenset()
    """Kinds of namespaces that are not this machine's: mnt, net, pid, ipc, uts, cgroup, user."""
    root_read_only: bool = False
    writable: tuple[str, ...] = ()
    """Mount points on disk that it can write to, whatever the permissions below say."""
    secrets: tuple[str, ...] = ()
    """Names in its environment that look like secrets."""
    sees: tuple[str, ...] = ()
    """Which of the paths that were asked for it can open for reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that is compared. None: there is no such process, or nobody knows it."""

    gateway: Process
    commands: Process | None = None
    routes: tuple[str, ...] = ()
    """As `ip route` says it, in the gateway's network namespace."""
    listening: tuple[str, ...] = ()
    """`address:port` of its open doors, loopback left out."""
    firewall: str = ""
    """The ruleset in there without its counters; empty when there is none or it cannot be read."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Packets that the firewall refused, by kind."""
