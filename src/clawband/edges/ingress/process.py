"""The server's part of the front doors: keeps their program running, and tells it what changes."""

import asyncio
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from clawband.edges.ingress.channel import LINE, Channel
from clawband.edges.ingress.desk import Desk
from clawband.model.doors import DoorSettings
from clawband.model.errors import Error
from clawband.ports.doors import Certificates, Shown
from clawband.service.doors import Doors

SHOW_SECONDS = 1.0
PAUSES = (0.1, 1.0, 5.0, 30.0)
"""Seconds before the program is started again, by the number of starts that did not last."""
LASTED = 60.0
KEPT = ("LANG", "LC_ALL", "PATH", "TMPDIR")


def environment() -> dict[str, str]:
    """All that programs which read what strangers send have of ours, where a master key or values
    of secrets may be."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


@dataclass(frozen=True, slots=True)
class Opening:
    """A door as it is opened: its socket, the gateway's address, and the header whose name only
    that gateway knows."""

    door: DoorSettings
    listening: socket.socket
    url: str
    header: str

    def words(self, console: str) -> Mapping[str, Any]:
        door, gateway = self.door, urlsplit(self.url)
        return {
            "name": door.name, "origin": door.origin, "console": console, "header": self.header,
            "host": gateway.hostname, "port": gateway.port or 80, "tls": door.tls,
            "socket": self.listening.fileno(), "body_bytes": door.body_bytes,
            "message_bytes": door.message_bytes, "sockets": door.sockets,
            "per_second": door.per_second, "waf": door.waf,
        }  # fmt: skip


class Ingress:
    """The program, started again whenever it ends; while it is away nobody comes in."""

    def __init__(
        self,
        command: Sequence[str],
        doors: Doors,
        openings: Sequence[Opening],
        console: str,
        certificates: Certificates | None = None,
    ) -> None:
        """`command`: the program and its arguments; `console`: where people sign in."""
        self._command, self._doors, self._openings = command, doors, openings
        self._console, self._certificates = console, certificates
        self._desk = Desk(doors)
        self._keeping: asyncio.Task[None] | None = None
        self.process: asyncio.subprocess.Process | None = None

    def start(self) -> None:
        self._keeping = asyncio.ensure_future(self._keep())

    async def close(self) -> None:
        """End it, and with it every connection through it."""
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def _keep(self) -> None:
        loop, failed = asyncio.get_running_loop(), 0
        while True:
            started = loop.time()
            with suppress(OSError):
                await self._once()
            failed = 0 if loop.time() - started > LASTED else failed + 1
            await asyncio.sleep(PAUSES[min(failed, len(PAUSES) - 1)])

    async def _once(self) -> None:
        ours, theirs = socket.socketpair()
        streams = await asyncio.open_unix_connection(sock=ours, limit=LINE)
        channel = Channel(*streams, heard=self._desk.heard, told=self._desk.told)
        jobs: list[asyncio.Future[None]] = []
        try:
            with theirs:
                self.process = await asyncio.create_subprocess_exec(
                    *self._command, stdin=theirs.fileno(), stdout=asyncio.subprocess.DEVNULL,
                    pass_fds=[each.listening.fileno() for each in self._openings],
                    env=environment(),
                )  # fmt: skip
            for each in self._openings:
                channel.tell("open", dict(each.words(self._console)))
            self._doors.ended = lambda ids: channel.tell("out", {"ids": list(ids)})
            jobs = [asyncio.ensure_future(job) for job in (channel.run(), self._show(channel))]
            await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            channel.close()
            if self.process is not None and self.process.returncode is None:
                self.process.kill()
                await self.process.wait()

    async def _show(self, channel: Channel) -> None:
        """Every certificate that is another one than before."""
        shown: dict[str, Shown] = {}
        while True:
            channel.tell("here", {})
            for each in self._openings:
                found = self._certificate(each.door)
                if found and found != shown.get(each.door.name):
                    words = {"chain": found.chain.decode(), "key": found.key.decode()}
                    await channel.ask("show", {"door": each.door.name, **words})
                    shown[each.door.name] = found
            await asyncio.sleep(SHOW_SECONDS)

    def _certificate(self, door: DoorSettings) -> Shown | None:
        if not door.secure or self._certificates is None:
            return None
        try:
            return self._certificates.of(door.name)
        except Error:
            return None  # The old one goes on; that it ends is told where certificates are kept.
