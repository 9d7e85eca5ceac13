"""The program: `python -m clawband.edges.ingress`.

Standard input is the server's end of a socket pair: over it come the doors, with the number of a
listening socket for each, their certificates, and who is out. It is a leash too: when it ends, so
do we, and everybody's connection.
"""

import asyncio
import os
import resource
import socket
import ssl
import sys
from typing import Any

import uvloop

from clawband.edges.ingress.channel import LINE, Channel, Words
from clawband.edges.ingress.house import Door, House
from clawband.edges.ingress.listener import Listener
from clawband.edges.ingress.screen import Rules
from clawband.model.errors import Error

CORE = resource.RLIMIT_CORE
SILENT_SECONDS = 5.0
"""The server says each second that it is there."""


class Program:
    """The doors of one server."""

    def __init__(self) -> None:
        self._house = House()
        self._listeners: dict[str, Listener] = {}
        self._jobs: list[asyncio.Future[Any]] = []
        self._heard_of = 0
        """How often the server said something."""

    async def run(self, end: socket.socket) -> None:
        """Serve until the server lets go of us."""
        streams = await asyncio.open_unix_connection(sock=end, limit=LINE)
        self._house.channel = Channel(*streams, heard=self._heard, told=self._told)
        self._jobs.append(asyncio.ensure_future(self._house.tell_counts()))
        self._jobs.append(asyncio.ensure_future(self._leash()))
        await self._house.channel.run()
        for job in self._jobs:
            job.cancel()

    async def _leash(self) -> None:
        """Let go of everybody when the server says nothing: it could not say who is out."""
        heard = -1
        while heard != self._heard_of:
            heard = self._heard_of
            await asyncio.sleep(SILENT_SECONDS)
        self._house.channel.close()

    async def _heard(self, what: str, words: Words) -> Words:
        """`show`: a door's certificate."""
        try:
            self._listeners[words["door"]].show(words["chain"].encode(), words["key"].encode())
        except ssl.SSLError as error:
            return {"wrong": str(error.reason or "unreadable")}
        return {}

    def _told(self, what: str, words: Words) -> None:
        """`open`: a door, `out`: guests, and `here`: the server."""
        self._heard_of += 1
        if what == "out":
            self._house.out(words["ids"])
        elif what == "open":
            door = Door.of(words)
            listening = socket.socket(fileno=words["socket"])
            if words["waf"]:
                self._house.screens[door.name] = Rules(words["waf"])
            listener = Listener(self._house, door, listening, words["tls"])
            self._listeners[door.name] = listener
            self._jobs.append(asyncio.ensure_future(listener.run()))


def main() -> None:
    resource.setrlimit(CORE, (0, 0))  # Keys are never to be in a core dump.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with socket.socket(fileno=os.dup(0)) as end:
        try:
            uvloop.run(Program().run(end))
        except Error as error:
            sys.exit(f"the doors cannot open: {error}")


if __name__ == "__main__":
    main()
