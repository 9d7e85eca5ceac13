"""Network: where a connection goes, and what explains it."""

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """What explains a connection: why an agent's gateway would open it now."""

    NONE = ""
    """Nothing does: the guard was not asked, or was passed by."""
    CALL = "call"
    """The command of a permitted call, by the credential made for that call."""
    SINGLE = "token"
    """An action token: signed, single use, for this destination."""
    LEASE = "lease"
    """A permitted call of a tool that runs inside the gateway names this host."""
    REDIRECT = "redirect"
    """A permitted call that may read from several hosts is open, and names another one."""
    STANDING = "standing"
    """The gateway's manifest lists it: a model provider, a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """Where a connection goes and what explains it."""

    host: str
    """Normal form (`network.hosts`): lower-case name, or a canonical address."""
    port: int
    basis: Basis = Basis.NONE
    tool: str = ""
    """The tool of the permitted call that explains it."""
    method: str = ""
    """HTTP method in capitals; empty when it cannot be seen."""
    route: str = ""
    """Path of the URL without its query; empty when it cannot be seen."""
