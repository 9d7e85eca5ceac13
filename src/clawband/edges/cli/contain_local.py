"""What `clawband contain` needs of this machine."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from clawband.containment.definition import Definition
from clawband.containment.facts import Facts


class Kernel(Protocol):
    """Namespaces, mounts and users of this machine, and what runs in them."""

    def run(
        self,
        definition: Definition,
        command: tuple[str, ...],
        environment: dict[str, str],
        *,
        folder: str,
        record: Path,
        server: tuple[str, str],
    ) -> int:
        """Run the command contained to its end; its exit code.

        `record` is there while it runs. `server`: the socket and the file with the credential for
        telling what tried to leave. Raises `UnavailableError`.
        """
        ...

    def facts(self, record: Mapping[str, Any], hidden: Sequence[str]) -> Facts:
        """What the kernel says of the processes that the record of `run` names, or of
        `{"gateway": pid}` alone; `hidden` are paths that commands must not read.

        Raises `NotFoundError` and `UnavailableError`.
        """
        ...

    def watch(self, users: tuple[int, int], server: tuple[str, str]) -> None:
        """Tell what the firewall in this network namespace drops, until SIGTERM.

        `users`: gateway and commands, by number; `server` as for `run`. Raises `UnavailableError`.
        """
        ...

    def relay(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Carry connections from each first to its second, `address:port` or `unix:/path`, until
        SIGTERM. Raises `UnavailableError`."""
        ...

    def programs(self) -> tuple[str, ...]:
        """Folders that the launcher and the spawner are made of."""
        ...
