"""The supervisor's ears: what the processes inside tell, and what the kernel tells of them."""

import asyncio
import json
import os
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

from clawband.adapters.kernel import packets, refusals, relay
from clawband.adapters.kernel.inside import MESSAGE_BYTES, Start
from clawband.containment.packet import Attempt

_CREDENTIALS: Final = struct.Struct("iII")
Seen = Callable[[Attempt], None]


class Outside:
    """One contained gateway, seen from outside. `close` when it has ended."""

    def __init__(self, control: socket.socket, record: Path, seen: Seen) -> None:
        control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.control, self.failed = control, ""
        self.pids: dict[str, int] = {}
        self._firewall = ""
        self._record, self._seen = record, seen
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._ears: dict[int, Callable[[], None]] = {}

    def message(self) -> tuple[str, str, int, int]:
        """The next one: first word, rest, a descriptor or -1, who sent it. `""` at the end."""
        space = socket.CMSG_SPACE(_CREDENTIALS.size) + socket.CMSG_SPACE(4)
        data, ancillary, _, _ = self.control.recvmsg(MESSAGE_BYTES, space)
        descriptor, pid = -1, 0
        for _, kind, value in ancillary:
            if kind == socket.SCM_CREDENTIALS:
                pid = _CREDENTIALS.unpack(value)[0]
            elif kind == socket.SCM_RIGHTS:
                descriptor = int.from_bytes(value[:4], "little")
        word, _, rest = data.decode("utf-8", "replace").partition(" ")
        if word == "failed":
            self.failed = rest
        return word, rest, descriptor, pid

    async def serve(self, door: socket.socket, connect: relay.Connect) -> None:
        self._servers.append(await relay.serve(door, connect))

    def listen(self, start: Start) -> None:
        """From now on, in the running loop."""
        self.control.setblocking(False)
        self._hear(self.control.fileno(), lambda: self._told(start))

    def close(self) -> None:
        """Read once more what was tried with the last breath, and let go of everything."""
        for read in list(self._ears.values()):
            read()
        for descriptor in list(self._ears):
            self._forget(descriptor)
        for server in self._servers:
            server.close()

    def _hear(self, descriptor: int, read: Callable[[], None]) -> None:
        self._ears[descriptor] = read
        asyncio.get_running_loop().add_reader(descriptor, read)

    def _forget(self, descriptor: int) -> None:
        self._ears.pop(descriptor, None)
        asyncio.get_running_loop().remove_reader(descriptor)

    def _told(self, start: Start) -> None:
        try:
            word, rest, descriptor, pid = self.message()
        except BlockingIOError:
            return
        except OSError:
            word, rest, descriptor, pid = "", "", -1, 0
        match word:
            case "":
                self._forget(self.control.fileno())
            case "packets":
                self._firewall = rest
                self._hear(descriptor, self._packets(socket.socket(fileno=descriptor)))
            case "socket":
                self._open(socket.socket(fileno=descriptor), rest)
            case "gateway":
                self._hear(descriptor, lambda: self._refused(descriptor))
                self._running(start, "gateway", pid)
            case "commands":
                self._running(start, "commands", pid)
            case "over":
                self._seen(Attempt("call", "the end of the spawner of commands"))

    def _packets(self, door: socket.socket) -> Callable[[], None]:
        def read() -> None:
            for each in packets.read(door):
                self._seen(each)

        return read

    def _open(self, door: socket.socket, path: str) -> None:
        task = asyncio.ensure_future(self.serve(door, relay.to_path(path)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _refused(self, listener: int) -> None:
        seen = refusals.read(listener)
        if seen:
            self._seen(seen)
        elif refusals.over(listener):
            self._forget(listener)
            os.close(listener)

    def _running(self, start: Start, name: str, pid: int) -> None:
        """Both run: say so where `check` looks."""
        self.pids[name] = pid
        if len(self.pids) < 2:
            return
        told = {
            "supervisor": os.getpid(),
            **self.pids,
            "link": start.link.index,
            "firewall": self._firewall,
            "definition": asdict(start.definition),
        }
        self._record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._record.with_suffix(".new")
        with suppress(FileNotFoundError):
            fresh.unlink()
        fresh.touch(0o600)
        fresh.write_text(json.dumps(told))
        fresh.replace(self._record)
