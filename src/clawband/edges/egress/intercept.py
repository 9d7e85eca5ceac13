"""The server's part of interception: the process that ends TLS, and the tunnels it is handed.

Nobody but the server can speak to the process: their only way is a socket pair, which is its
standard input. While it is away, tunnels that need it are refused.
"""

import asyncio
import base64
import json
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from clawband.edges.egress import reach
from clawband.edges.egress.answers import DENIED, Problem, problem
from clawband.edges.egress.interception import Inner, Tunnel
from clawband.edges.egress.wire import Wire
from clawband.model.errors import UnavailableError
from clawband.network.refusal import Refusal

START_SECONDS = 30.0
CONNECT_SECONDS = 10.0
SHAKE_SECONDS = 15.0
"""More than the process itself gives a handshake: one that does not answer by then hangs."""
ASK_SECONDS = 10.0
"""For the request of a client that is told what is wrong with the upstream."""
PAUSES = (0.1, 1.0, 5.0, 30.0)
"""Seconds before the process is started again, by the number of starts that did not last."""
LASTED = 60.0
KEPT = ("LANG", "LC_ALL", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR")
"""All that it has of our environment, where a master key or values of secrets may be: it reads
what strangers send."""
_LINE = 4_096
_GONE = Refusal("interception", "the process that looks into TLS went away")
_HANGS = Refusal("interception", "the process that looks into TLS does not answer")


@dataclass(frozen=True, slots=True)
class Plain:
    """Both ends of a tunnel without their TLS; what is wrong with each of them, if anything is."""

    client: Wire
    upstream: Wire


class Interception:
    """Implements `Interceptor` with a process of its own, started when it is first needed."""

    def __init__(self, command: Sequence[str]) -> None:
        """`command`: the program and its arguments."""
        self._command = command
        self._channel: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._first = asyncio.Event()

    @property
    def process(self) -> int:
        """Its number; 0 while it is away."""
        return self._process.pid if self._process and self._channel else 0

    async def intercept(self, tunnel: Tunnel, inner: Inner) -> str:
        channel = await self._ready()
        try:
            upstream, place = await reach.connect(tunnel.places, CONNECT_SECONDS)
        except UnavailableError as error:
            raise _refused(tunnel, 502, "unreachable", error.message) from error
        tunnel.passage.address = place.address
        async with self._handed(channel, tunnel, upstream) as plain:
            here, there = await asyncio.gather(_shaken(plain.client), _shaken(plain.upstream))
            if _HANGS in (here, there) and self._process:
                self._process.kill()
            if here:
                raise _refused(tunnel, 400, here.category, here.reason, words=b"")
            if there:
                reason = f"`{tunnel.passage.target.host}`: {there.reason}"
                told = Problem(502, there.category, reason, decision=tunnel.passage.id)
                await _tell(plain.client, told)
                told.words = b""
                raise told
            return await inner(plain.client, plain.upstream)

    async def close(self) -> None:
        """End the process, and with it every tunnel it has."""
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def start(self) -> None:
        """See that there is a process, or that there cannot be one."""
        if self._keeping is None:
            self._keeping = asyncio.ensure_future(self._keep())
        await self._first.wait()

    async def _ready(self) -> socket.socket:
        """The way to the process. Raises `Problem` while it is away."""
        await self.start()
        if self._channel is None:
            away = Problem(
                503, "interception", "the process that looks into TLS is away",
                "try again in a moment",
            )  # fmt: skip
            away.words = DENIED
            raise away
        return self._channel

    async def _keep(self) -> None:
        """Start the process, and again whenever it ends."""
        loop, failed = asyncio.get_running_loop(), 0
        while True:
            started = loop.time()
            await self._once()
            failed = 0 if loop.time() - started > LASTED else failed + 1
            await asyncio.sleep(PAUSES[min(failed, len(PAUSES) - 1)])

    async def _once(self) -> None:
        ours, theirs = socket.socketpair()
        process = None
        try:
            ours.setblocking(False)
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    *self._command, stdin=theirs.fileno(), stdout=asyncio.subprocess.DEVNULL,
                    env={name: os.environ[name] for name in KEPT if name in os.environ},
                )  # fmt: skip
            loop = asyncio.get_running_loop()
            said = await asyncio.wait_for(loop.sock_recv(ours, 1), START_SECONDS)
            if said:
                self._process, self._channel = process, ours
                self._first.set()
                await process.wait()
        except (OSError, TimeoutError):
            pass  # It is tried again.
        finally:
            self._channel = None
            self._first.set()
            ours.close()
            if process and process.returncode is None:
                process.kill()
                await process.wait()

    @asynccontextmanager
    async def _handed(
        self, channel: socket.socket, tunnel: Tunnel, upstream: Wire
    ) -> AsyncIterator[Plain]:
        """The tunnel in the hands of the process. Whatever happens, its sockets end here."""
        client = tunnel.client
        for wire in (client, upstream):
            wire.pause()
        if not upstream.empty or upstream.ended:
            upstream.abort()
            raise _refused(tunnel, 502, "upstream-tls", "no TLS with it: it spoke first, or left")
        pairs = (socket.socketpair(), socket.socketpair())
        own = [_again(wire) for wire in (client, upstream)]
        wires = []
        try:
            told = (own[0], pairs[0][1], own[1], pairs[1][1])
            try:
                socket.send_fds(channel, [b"+"], [each.fileno() for each in told])
            except OSError as error:
                raise _refused(tunnel, 503, "interception", "it takes no more tunnels") from error
            for ours, theirs in pairs:
                theirs.close()
                wires.append(await _wire(ours))
            plain = Plain(*wires)
            tunnel.account.holds(upstream, *wires)
            host, early = tunnel.passage.target.host.strip("[]"), base64.b64encode(client.take())
            line = json.dumps({"host": host, "early": early.decode()})
            plain.client.write(line.encode() + b"\n")
            yield plain
        finally:
            await _end(wires, upstream, [*own, *(end for pair in pairs for end in pair)])


async def _end(wires: list[Wire], upstream: Wire, sockets: list[socket.socket]) -> None:
    """All of a tunnel, also when nobody waits for that any more."""
    try:
        # First the plain ends: what is on its way then still reaches the client.
        await asyncio.gather(*(wire.close() for wire in wires), return_exceptions=True)
    finally:
        upstream.abort()
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def _again(wire: Wire) -> socket.socket:
    """The socket of a connection, to be handed over and to be ended whoever else holds it."""
    return socket.socket(fileno=os.dup(wire.transport.get_extra_info("socket").fileno()))


async def _wire(end: socket.socket) -> Wire:
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_unix_connection(Wire, sock=end)
    return wire


async def _shaken(plain: Wire) -> Refusal | None:
    """What the process says first: why there is no TLS at this end, if there is none."""
    try:
        async with asyncio.timeout(SHAKE_SECONDS):
            while b"\n" not in plain.held:
                if len(plain.held) > _LINE or not await plain.more():
                    return _GONE
        said = json.loads(plain.take(plain.held.index(b"\n") + 1))
        return Refusal(str(said["category"]), str(said["reason"])) if said else None
    except TimeoutError:
        return _HANGS
    except (ValueError, KeyError, TypeError):
        return _GONE


async def _tell(client: Wire, told: Problem) -> None:
    """Inside the client's TLS, once it has asked for something: there it can be read."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ASK_SECONDS):
            if not client.empty or await client.more():
                client.write(problem(told))


def _refused(
    tunnel: Tunnel, status: int, category: str, reason: str, words: bytes = DENIED
) -> Problem:
    told = Problem(status, category, reason, decision=tunnel.passage.id)
    told.words = words
    return told
