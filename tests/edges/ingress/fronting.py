"""A front door before a gateway's stand-in: the real program, the real service."""

import asyncio
import base64
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from clawband.bootstrap.fronting import PROGRAM
from clawband.bootstrap.serving import full_app
from clawband.edges import doors as sockets
from clawband.edges.ingress.process import Ingress, Opening
from clawband.model.doors import DoorSettings
from clawband.ports.doors import Certificates
from clawband.service.doors import Browser, Guest
from examples.sample.gateway import free_port
from tests.simulators import doors
from tests.simulators.behind import Behind
from tests.simulators.small import House, small

HEADER = "x-clawband-secretname"
ROLES = {"operator": ("operator.read", "operator.write"), "viewer": ("operator.read",)}
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Front:
    """What a test needs of it."""

    served: doors.Served[House]
    door: DoorSettings
    behind: Behind
    ingress: Ingress

    @property
    def house(self) -> House:
        return self.served.inside

    @property
    def host(self) -> str:
        return self.door.origin.partition("://")[2]

    def came(self, role: str = "operator") -> tuple[str, Guest]:
        """The cookie of somebody who came through."""

        async def come() -> tuple[str, Guest]:
            signed = await self.house.in_browser(role)
            _, code = await self.house.service.doors.invite(self.door.name, CHALLENGE, signed)
            return await self.house.service.doors.enter(
                self.door.name, code, VERIFIER, Browser(address="127.0.0.1")
            )

        secret, guest = self.served.run(come())
        name = "__Host-clawband-door" if self.door.secure else "clawband-door"
        return f"{name}={secret}", guest

    def run(self, coroutine: Any) -> Any:
        return self.served.run(coroutine)

    def connect(self, context: ssl.SSLContext | None = None) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.door.port), timeout=10)
        if context:
            return context.wrap_socket(client, server_hostname=self.host.partition(":")[0])
        return client

    def send(self, data: bytes) -> bytes:
        """Everything that comes back on one connection."""
        with self.connect() as client:
            client.sendall(data)
            return rest(client)

    def request(self, line: str = "GET / HTTP/1.1", *fields: str, body: bytes = b"") -> bytes:
        """A request of this host, and its whole answer. The connection ends with it."""
        head = "\r\n".join((line, f"Host: {self.host}", "Connection: close", *fields, "", ""))
        return self.send(head.encode("latin-1") + body)

    def upgrade(self, path: str, *fields: str, origin: str = "") -> socket.socket:
        """A client that asked for a WebSocket."""
        key = base64.b64encode(bytes(16)).decode()
        head = (
            f"GET {path} HTTP/1.1", f"Host: {self.host}", "Connection: Upgrade",
            "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}",
            f"Origin: {origin or self.door.origin}", *fields, "", "",
        )  # fmt: skip
        client = self.connect()
        client.sendall("\r\n".join(head).encode())
        return client


def rest(client: socket.socket) -> bytes:
    """Until the other end closes."""
    found = b""
    try:
        while data := client.recv(65_536):
            found += data
    except ConnectionResetError:
        pass
    return found


def head_of(client: socket.socket) -> bytes:
    """The head of an answer, and nothing behind it."""
    found = b""
    while b"\r\n\r\n" not in found:
        data = client.recv(1)
        if not data:
            break
        found += data
    return found


@contextmanager
def fronted(
    folder: Path, certificates: Certificates | None = None, **changed: Any
) -> Iterator[Front]:
    port = free_port()
    scheme = "https" if certificates else "http"
    door = DoorSettings(**{
        "name": "shop", "gateway": "sample", "listen": f"127.0.0.1:{port}",
        "origin": f"{scheme}://shop.localhost:{port}", "roles": ROLES, "per_second": 1_000,
        **changed,
    })  # fmt: skip
    made: dict[str, Any] = {}

    @asynccontextmanager
    async def opened(console: int) -> Any:
        behind = await Behind().start()
        listening = sockets.port(door.host, door.port)
        async with small(folder, doors=(door,)) as house:
            opening = Opening(door, listening, f"ws://127.0.0.1:{behind.port}", HEADER)
            origin = f"http://localhost:{console}"
            ingress = Ingress(PROGRAM, house.service.doors, [opening], origin, certificates)
            ingress.start()
            made.update(behind=behind, ingress=ingress)
            ticking = asyncio.ensure_future(_tick(house))
            yield house, full_app(house.service)
            ticking.cancel()
            await ingress.close()
        listening.close()
        behind.stop()

    with doors.served(opened) as served:
        front = Front(served, door, **made)
        _await(front)
        yield front


def _await(front: Front) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            front.connect().close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the program of the doors did not start")


async def _tick(house: House) -> None:
    while True:
        await asyncio.sleep(0.2)
        await house.service.doors.tick()
