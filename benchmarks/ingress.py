"""What a front door costs: `python -m benchmarks.ingress [--seconds 3] [--json]`.

A gateway's stand-in, a client, and between them nobody, nginx (if it is installed), and a door of
ours; each in a process of its own, all in one run. Somebody is signed in at the door, which asks
about them once; nginx passes everything on and asks nobody.

- HTTP p50, p99: a request on a connection that is there, one after the other
- new p50: the same with a connection of its own
- WebSocket p50, p99: a message there and back
- requests/s: 16 clients at once

The ways are taken in turn, three rounds; times are of all rounds together, rates the best of them.
"""

import argparse
import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import uvloop

from clawband.bootstrap.fronting import PROGRAM
from clawband.edges import doors
from clawband.edges.ingress.process import Ingress, Opening
from clawband.model.doors import DoorSettings
from clawband.service.doors import Browser
from examples.sample.gateway import free_port
from tests.simulators.small import small

ROUNDS, CLIENTS = 3, 16
BODY = b"x" * 512
FRAME = b"\x82\x85" + bytes(4) + b"hello"
KEY = base64.b64encode(bytes(16)).decode()
ROLES = {"operator": ("operator.read",)}
NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
  fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  map $http_upgrade $up {{ default upgrade; "" ""; }}
  upstream gateway {{ server 127.0.0.1:{gateway}; keepalive 32; }}
  server {{
    listen 127.0.0.1:{port}; keepalive_requests 1000000;
    location / {{
      proxy_pass http://gateway; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $up; proxy_set_header X-Forwarded-For $remote_addr;
    }}
  }}
}}
"""


@dataclass
class Way:
    """How to get there, and what was measured. Times in seconds."""

    name: str
    port: int
    host: str
    cookie: str = ""
    http: list[float] = field(default_factory=list)
    new: list[float] = field(default_factory=list)
    socket: list[float] = field(default_factory=list)
    rate: float = 0

    def head(self, *fields: str) -> bytes:
        own = (f"Host: {self.host}", *([f"Cookie: {self.cookie}"] if self.cookie else []))
        return "\r\n".join(("GET /x HTTP/1.1", *own, *fields, "", "")).encode()


class Gateway(asyncio.Protocol):
    """Answers requests with 512 bytes, and every frame of five bytes with itself."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._held, self._frames = transport, b"", False

    def data_received(self, data: bytes) -> None:
        self._held += data
        while not self._frames and b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            self._frames = b"websocket" in head.lower()
            self._transport.write(_SWITCH if self._frames else _ANSWER)  # type: ignore[attr-defined]
        while self._frames and len(self._held) >= len(FRAME):
            self._held = self._held[len(FRAME) :]
            self._transport.write(b"\x82\x05hello")  # type: ignore[attr-defined]


_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 512\r\n\r\n" + BODY
_SWITCH = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: x\r\n\r\n"
)


async def gateway(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Gateway, "127.0.0.1", port)
    await server.serve_forever()


async def opened(way: Way) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
    told = writer.get_extra_info("socket")
    told.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return reader, writer


async def ready(way: Way) -> None:
    end = perf_counter() + 30
    while True:
        try:
            _, writer = await opened(way)
        except OSError:
            if perf_counter() > end:
                raise
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
    writer.write(head)
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200"), answer
    await reader.readexactly(len(BODY))


async def measure(way: Way, seconds: float) -> None:
    head = way.head()
    reader, writer = await opened(way)
    end = perf_counter() + seconds
    while perf_counter() < end:
        began = perf_counter()
        await asked(reader, writer, head)
        way.http.append(perf_counter() - began)
    writer.close()
    end = perf_counter() + seconds / 2
    while perf_counter() < end:
        began = perf_counter()
        reader, writer = await opened(way)
        await asked(reader, writer, head)
        way.new.append(perf_counter() - began)
        writer.close()
    await frames(way, seconds)
    way.rate = max(way.rate, await rate(way, head, seconds))


async def frames(way: Way, seconds: float) -> None:
    reader, writer = await opened(way)
    writer.write(way.head(
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {KEY}", f"Origin: http://{way.host}",
    ))  # fmt: skip
    answer = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in answer, answer
    end = perf_counter() + seconds
    while perf_counter() < end:
        began = perf_counter()
        writer.write(FRAME)
        await reader.readexactly(7)
        way.socket.append(perf_counter() - began)
    writer.close()


async def rate(way: Way, head: bytes, seconds: float) -> float:
    done = 0

    async def client(end: float) -> None:
        nonlocal done
        reader, writer = await opened(way)
        while perf_counter() < end:
            await asked(reader, writer, head)
            done += 1
        writer.close()

    began = perf_counter()
    await asyncio.gather(*(client(began + seconds) for _ in range(CLIENTS)))
    return done / (perf_counter() - began)


@asynccontextmanager
async def door(folder: Path, behind: int) -> AsyncIterator[Way]:
    port = free_port()
    settings = DoorSettings(
        name="bench", gateway="sample", listen=f"127.0.0.1:{port}",
        origin=f"http://bench.localhost:{port}", roles=ROLES, per_second=1_000_000,
    )  # fmt: skip
    listening = doors.port(settings.host, settings.port)
    async with small(folder, doors=(settings,)) as house:
        opening = Opening(settings, listening, f"ws://127.0.0.1:{behind}", "x-clawband-bench")
        ingress = Ingress(PROGRAM, house.service.doors, [opening], "http://localhost:1")
        ingress.start()
        signed = await house.in_browser("operator")
        digest = base64.urlsafe_b64encode(sha256(b"v").digest()).rstrip(b"=").decode()
        _, code = await house.service.doors.invite("bench", digest, signed)
        secret, _ = await house.service.doors.enter(
            "bench", code, "v", Browser(address="127.0.0.1")
        )
        yield Way("clawband", port, f"bench.localhost:{port}", f"clawband-door={secret}")
        await ingress.close()
    listening.close()


@asynccontextmanager
async def nginx(folder: Path, behind: int) -> AsyncIterator[Way | None]:
    program, port = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"), free_port()
    if not program:
        yield None
        return
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, gateway=behind, port=port))
    process = subprocess.Popen([program, "-c", config, "-p", folder, "-e", "stderr"])
    try:
        yield Way("nginx", port, f"127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


async def run(seconds: float) -> Sequence[Way]:
    behind = free_port()
    command = [sys.executable, "-m", "benchmarks.ingress", "--gateway", str(behind)]
    process = subprocess.Popen(command)
    with tempfile.TemporaryDirectory() as name:
        try:
            folder = Path(name)
            async with door(folder / "s", behind) as ours, nginx(folder, behind) as other:
                direct = Way("direct", behind, f"127.0.0.1:{behind}")
                ways = [each for each in (direct, other, ours) if each]
                for way in ways:
                    await ready(way)
                for _ in range(ROUNDS):
                    for way in ways:
                        await measure(way, seconds / ROUNDS)
                return ways
        finally:
            process.terminate()


def at(values: Sequence[float], part: float) -> float:
    """Milliseconds."""
    return sorted(values)[int(len(values) * part)] * 1_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--gateway", type=int)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.gateway:
        uvloop.run(gateway(given.gateway))
        return
    ways = uvloop.run(run(given.seconds))
    if given.json:
        print(json.dumps([asdict(way) for way in ways]))
        return
    print("| | HTTP p50 ms | p99 | new p50 | WebSocket p50 ms | p99 | requests/s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for way in ways:
        times = (at(way.http, 0.5), at(way.http, 0.99), at(way.new, 0.5), at(way.socket, 0.5),
                 at(way.socket, 0.99))  # fmt: skip
        print(
            f"| {way.name} | " + " | ".join(f"{each:.2f}" for each in times), f"| {way.rate:,.0f} |"
        )


if __name__ == "__main__":
    main()
