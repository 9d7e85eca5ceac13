"""A door's socket: takes connections, ends TLS, and gives each a session."""

import asyncio
import logging
import socket
import ssl
from ipaddress import IPv6Address, ip_address

from clawband.edges.ingress.house import Door, House
from clawband.edges.ingress.line import PIECE, Line
from clawband.edges.ingress.rates import place
from clawband.edges.ingress.session import Session
from clawband.service.contexts import load

BACKLOG = 256
PAUSE = 0.1
"""Seconds after a connection that could not be taken."""
_log = logging.getLogger("clawband.ingress")
_OLDEST = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class Listener:
    """An open door. Its certificate may change: connections that are open keep theirs."""

    def __init__(self, house: House, door: Door, listening: socket.socket, least: str) -> None:
        self._house, self._door, self._socket = house, door, listening
        self._least = least
        self._context: ssl.SSLContext | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    def show(self, chain: bytes, key: bytes) -> None:
        """From the next connection on. Raises `ssl.SSLError`, and the old one stays."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = _OLDEST[self._least]
        context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")  # Of TLS 1.2; 1.3 has good ones only.
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        context.set_alpn_protocols(["http/1.1"])
        load(context, chain, key)
        self._context = context

    async def run(self) -> None:
        self._socket.setblocking(False)
        self._socket.listen(BACKLOG)
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, peer = await loop.sock_accept(self._socket)
            except OSError:  # Out of descriptors, or it left at once.
                await asyncio.sleep(PAUSE)
                continue
            self._take(client, _plain(str(peer[0])))

    def _take(self, client: socket.socket, address: str) -> None:
        """One too many is not heard; so is everybody while a certificate is missing."""
        limits, addresses, near = self._house.limits, self._house.addresses, place(address)
        many = addresses.total() >= limits.connections or addresses[near] >= limits.per_address
        if many or (self._door.front.secure and not self._context):
            client.close()
            return
        addresses[near] += 1
        task = asyncio.ensure_future(self._serve(client, address))
        self._sessions.add(task)
        task.add_done_callback(lambda done: self._gone(done, near))

    async def _serve(self, client: socket.socket, address: str) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(PIECE)
        protocol = asyncio.StreamReaderProtocol(reader)
        secure = self._door.front.secure
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol, client, ssl=self._context if secure else None,
                ssl_handshake_timeout=self._house.limits.handshake if secure else None,
            )  # fmt: skip
        except (OSError, TimeoutError):  # No TLS with it.
            client.close()
            return
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            await Session(self._house, self._door, Line(reader, writer), address).run()
        finally:
            transport.abort()  # Nothing goes on whose session has ended, in whatever way.

    def _gone(self, task: "asyncio.Task[None]", near: str) -> None:
        self._sessions.discard(task)
        self._house.addresses[near] -= 1
        if self._house.addresses[near] <= 0:
            del self._house.addresses[near]
        if not task.cancelled() and (defect := task.exception()):
            _log.error("a connection ended by a defect: %s", type(defect).__name__)


def _plain(address: str) -> str:
    """An IPv4 address as itself, also where one socket takes both versions."""
    found = ip_address(address)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
