"""The proxy's door: listens on loopback, and ends everything when it closes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from clawband.edges.egress.gate import Gate
from clawband.edges.egress.interception import Interceptor
from clawband.edges.egress.launches import Launches
from clawband.edges.egress.limits import LIMITS, Limits
from clawband.edges.egress.session import Session
from clawband.edges.egress.wire import Wire
from clawband.ports.names import Endpoint, Names
from clawband.service.egress import Egress

SWEEP = 5.0
"""Seconds between looks at what was only counted."""
BACKLOG = 512


class Proxy:
    """An open door. `launch` and `interceptor` may be given later: without them their requests are
    refused."""

    def __init__(self, gate: Gate, port: int) -> None:
        self.gate, self.port = gate, port
        self.launch: Launches | None = None
        self.interceptor: Interceptor | None = None
        self._sessions: dict[Wire, asyncio.Task[None]] = {}

    @property
    def open(self) -> int:
        """Clients that are connected."""
        return len(self._sessions)

    def begin(self, wire: Wire) -> None:
        """A new client; one too many is not heard."""
        if len(self._sessions) >= self.gate.limits.connections:
            wire.abort()
            return
        session = Session(self.gate, wire, self.launch, self.interceptor)
        task = asyncio.ensure_future(session.run())
        self._sessions[wire] = task
        task.add_done_callback(lambda _: self._sessions.pop(wire, None))

    async def end(self) -> None:
        """End every connection, and record it."""
        sessions = dict(self._sessions)
        for wire, task in sessions.items():
            wire.abort()
            task.cancel()
        await asyncio.gather(*sessions.values(), return_exceptions=True)
        while not all(wire.lost for wire in sessions):
            await asyncio.sleep(0)
        await self.gate.settle()


@asynccontextmanager
async def listening(
    egress: Egress,
    door: socket.socket,
    *,
    names: Names,
    launch: Launches | None = None,
    doors: Iterable[Endpoint] = (),
    limits: Limits = LIMITS,
) -> AsyncIterator[Proxy]:
    """The proxy behind a bound TCP socket, which it takes over.

    `doors`: further places of ours that nobody reaches through it. Ends every connection when left.
    """
    host, port = door.getsockname()[:2]
    gate = Gate(egress, names, limits, frozenset({Endpoint(host, port), *doors}))
    proxy = Proxy(gate, port)
    proxy.launch = launch
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Wire(proxy.begin), sock=door, backlog=BACKLOG)
    sweeping = asyncio.ensure_future(_sweep(gate))
    try:
        yield proxy
    finally:
        sweeping.cancel()
        server.close()
        await proxy.end()


async def _sweep(gate: Gate) -> None:
    while True:
        await asyncio.sleep(SWEEP)
        gate.sweep()
