"""What the command line needs of this machine beside the server's API.

An edge may not know the adapters, so `clawband.__main__` hands in the one implementation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from clawband.audit.report import Report
from clawband.edges.cli.contain_local import Kernel
from clawband.settings import Settings


@dataclass(frozen=True, slots=True)
class Account:
    """A fresh operator account. The password is shown once and kept as a hash only."""

    name: str
    roles: tuple[str, ...]
    password: str


class GatewayLink(Protocol):
    """A signed-in connection to a running gateway."""

    @property
    def hello(self) -> Mapping[str, Any]:
        """What the gateway said when it let us in."""
        ...

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The payload of the answer. Raises `AuthenticationError` or `UnavailableError`."""
        ...

    def close(self) -> None: ...


class Local(Protocol):
    """The parts of this machine, each opened only when it is asked for."""

    def serve(self, settings: Settings, *, leashed: bool) -> None:
        """Run the server until SIGINT or SIGTERM; `leashed`: also until standard input ends, and
        with everything the starter must know as one line of JSON on standard output."""
        ...

    def recover(self, settings: Settings, name: str) -> Account:
        """A new password for an administrator, while no server runs on the state folder."""
        ...

    def inspect(self, settings: Settings, key: str | None, earlier: Sequence[str]) -> Report:
        """Read the store and the witness in place, changing nothing, and compare them."""
        ...

    def link(self, url: str, token_file: Path) -> GatewayLink:
        """Sign in to a gateway. Raises like `GatewayLink.call`, and `InputError`."""
        ...

    def authority(self, settings: Settings) -> str:
        """The certificate, as PEM, of the authority that interception signs with; made if there is
        none. Raises `UnavailableError`."""
        ...

    def kernel(self) -> Kernel:
        """Namespaces and users of this machine, for `contain`."""
        ...
