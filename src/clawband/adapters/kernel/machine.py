"""Containment as the command line asks for it."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import clawband
from clawband.adapters.kernel import facts, packets, relay, supervisor, watching
from clawband.adapters.kernel.inside import Start
from clawband.adapters.kernel.telling import Server, Telling
from clawband.containment.definition import Definition, Link
from clawband.containment.facts import Facts
from clawband.model.errors import UnavailableError

PACKAGE = Path(clawband.__file__).parent


class ThisKernel:
    """Implements `edges.cli.contain_local.Kernel`."""

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
        if os.geteuid() != 0 or sys.platform != "linux":
            raise UnavailableError(
                "a network namespace can only be made by root on Linux",
                remedy="use sudo, or `clawband contain generate --as container`",
            )
        seen = replace(definition, read=tuple(dict.fromkeys((*definition.read, *self.programs()))))
        users = definition.gateway.uid, definition.commands.uid
        telling = Telling(*users, Server(*server))
        python, spawner = sys.executable, str(PACKAGE / "launcher" / "spawner.py")
        start = Start(
            definition=seen,
            link=Link(0),
            command=command,
            environment=environment,
            folder=folder,
            spawner=(python, "-I", "-S", spawner, str(definition.gateway.uid)),
            at=Path(),
        )
        return supervisor.run(start, record=record, telling=telling)

    def facts(self, record: Mapping[str, Any], hidden: Sequence[str]) -> Facts:
        return facts.facts(record, hidden)

    def watch(self, users: tuple[int, int], server: tuple[str, str]) -> None:
        try:
            with packets.listening() as door:
                asyncio.run(watching.watch(door, Telling(*users, Server(*server))))
        except OSError as error:
            raise UnavailableError(
                f"the packet log of this network namespace cannot be read: {error}",
                remedy="run this with CAP_NET_ADMIN in the gateway's network namespace",
            ) from error

    def relay(self, pairs: Sequence[tuple[str, str]]) -> None:
        try:
            asyncio.run(relay.carry(pairs))
        except OSError as error:
            raise UnavailableError(
                f"nothing can be carried: {error}", remedy="free that address or path"
            ) from error

    def programs(self) -> tuple[str, ...]:
        """What the launcher and the spawner need to see: this Python and the launcher itself."""
        ours = (str(PACKAGE / "launcher"), str(PACKAGE / "__init__.py"))
        found = (sys.prefix, sys.base_prefix, *ours)
        return tuple(dict.fromkeys(os.path.realpath(each) for each in found))
