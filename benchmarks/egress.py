"""What the egress proxy costs: `python -m benchmarks.egress [--seconds 4] [--json]`.

A TLS server, a client, and between them nobody, squid (if it is installed), our proxy, and our
proxy with interception; each in a process of its own, all in one run. Every tunnel of ours is a
decision in a real store, on disk before the connection is made, and every intercepted request too.
What the client does is the same each time: CONNECT, TLS, `GET`.

- new: from the first byte to the proxy until the first byte of the answer, one after the other
- kept: one request on a connection that is there
- connections/s: new connections, 16 clients at once
- MB/s: one download of 64 MiB

The ways are taken in turn; rates are the median of five rounds.
"""

import argparse
import asyncio
import base64
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import uvloop

from clawband.adapters.names import MachineNames
from clawband.bootstrap import build
from clawband.edges import doors
from clawband.edges.egress.intercept import Interception
from clawband.edges.egress.limits import LIMITS
from clawband.edges.egress.proxy import listening
from clawband.edges.interceptor.authority import Authority
from clawband.enforcement.token import Claims
from clawband.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TUNNEL, SEEN = "tunnel.bench.test", "seen.bench.test"
BULK = 64 * 1024 * 1024
CLIENTS = 16
ROUNDS = 5
LINE = '[[egress]]\nhosts = ["{host}"]\ntools = ["exec"]\naddresses = ["127.0.0.0/8"]\n'
POLICY = (
    'name = "bench"\nowner = "o"\npurpose = "be measured"\nenvironment = "dev"\n'
    'agents = ["sample/bench"]\nchannels = []\nreplies = "refuse"\n'
    'clearance = "internal"\nreads = []\nwrites = ["exec"]\n'
    '[[approvals]]\ntool = "exec"\nrole = "approver"\n'
    + LINE.format(host=TUNNEL)
    + LINE.format(host=SEEN)
    + "inspect = true\n"
)
SQUID = """
http_port 127.0.0.1:{port}
acl here dst 127.0.0.1
http_access allow here
http_access deny all
hosts_file {folder}/hosts
access_log none
cache_log {folder}/cache.log
pid_filename {folder}/squid.pid
cache deny all
shutdown_lifetime 0 seconds
via off
"""


async def upstream(folder: str) -> None:
    """The server: a small answer, or a large one."""
    context = Authority.open(Path(folder)).context("*.bench.test")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        block = bytes(65_536)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = BULK if head.startswith(b"GET /bulk") else 32
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
                for _ in range(max(1, size // len(block))):
                    writer.write(block[:size])
                    await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, ssl.SSLError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def ours(folder: str, port: str, authorities: str) -> None:
    """The proxy with a real store."""
    state = Path(folder) / "state"
    service, _ = build(Settings(state=state))
    await service.start()
    await service.policies.publish_as({"bench.toml": POLICY}, "benchmark", "")
    await service.gateways.enroll("sample", "dev", "benchmark")
    now = service.running.now()
    token = service.egress.callers.mint.make(
        Claims(
            aud="call",
            sub="sample/bench",
            env="dev",
            session="s",
            run="r",
            call="c",
            trace="",
            tool="exec",
            who="bench:1",
            act="a" * 64,
            dst="",
            cause="dec",
            jti="1",
            iat=int(now.timestamp()),
            exp=int((now + timedelta(hours=1)).timestamp()),
        )
    )
    names = MachineNames(dict.fromkeys((TUNNEL, SEEN), f"127.0.0.1:{port}"))
    limits = replace(LIMITS, per_second=1_000_000, burst=1_000_000)
    looking = Interception(
        (sys.executable, "-m", "clawband.edges.interceptor", str(state / "keys"), authorities)
    )
    async with listening(
        service.egress, doors.port("127.0.0.1", 0), names=names, limits=limits
    ) as proxy:
        proxy.interceptor = looking
        await looking.start()
        print(proxy.port, token, flush=True)
        await asyncio.to_thread(sys.stdin.read)
    await looking.close()
    await service.stop()


@dataclass(frozen=True)
class Way:
    """How the client gets there."""

    name: str
    port: int
    host: str
    target: str
    trust: ssl.SSLContext
    credential: str = ""


class Client:
    """One connection."""

    def __init__(self, way: Way) -> None:
        self._way = way

    async def open(self) -> None:
        way = self._way
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", way.port)
        if way.target:
            told = f"CONNECT {way.target} HTTP/1.1\r\nHost: {way.target}\r\n{way.credential}\r\n"
            self.writer.write(told.encode())
            head = await self.reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head[:14]:
                raise SystemExit(f"{way.name}: {head!r} {await self.reader.read(500)!r}")
        await self.writer.start_tls(way.trust, server_hostname=way.host)

    async def get(self, path: str = "/") -> int:
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._way.host}\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        left = size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while left:
            left -= len(await self.reader.read(min(left, 1 << 20)))
        return size

    def close(self) -> None:
        self.writer.transport.abort()


@dataclass
class Row:
    way: str
    new_p50: float
    new_p99: float
    kept_p50: float
    kept_p99: float
    per_second: float
    megabytes: float


@dataclass
class Seen:
    """What was measured of one way; rates of each round."""

    new: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    bulk: list[float] = field(default_factory=list)


async def measured(ways: Sequence[Way], seconds: float) -> list[Row]:
    """Every way in turn, again and again, so that a busy machine is busy for all of them."""
    seen = [Seen() for _ in ways]
    held = [Client(way) for way in ways]
    for client in held:
        await client.open()
    until = perf_counter() + seconds * len(ways)
    while perf_counter() < until:
        for way, client, own in zip(ways, held, seen, strict=True):
            own.new.append(await _new(way))
            for _ in range(5):
                began = perf_counter()
                await client.get()
                own.kept.append(perf_counter() - began)
    for _ in range(ROUNDS):
        for way, client, own in zip(ways, held, seen, strict=True):
            began = perf_counter()
            own.bulk.append(await client.get("/bulk") / (perf_counter() - began) / 1e6)
            own.rates.append(await _rate(way, seconds / ROUNDS))
    for client in held:
        client.close()
    return [
        Row(way.name, *_shares(own.new), *_shares(own.kept), median(own.rates), median(own.bulk))
        for way, own in zip(ways, seen, strict=True)
    ]


async def _new(way: Way) -> float:
    client, began = Client(way), perf_counter()
    await client.open()
    await client.get()
    took = perf_counter() - began
    client.close()
    return took


async def _rate(way: Way, seconds: float) -> float:
    """Connections in a second, by several clients at once."""
    began = perf_counter()

    async def again() -> int:
        done = 0
        while perf_counter() < began + seconds:
            await _new(way)
            done += 1
        return done

    done = await asyncio.gather(*(again() for _ in range(CLIENTS)))
    return sum(done) / (perf_counter() - began)


def _shares(seen: list[float]) -> tuple[float, float]:
    seen.sort()
    return seen[len(seen) // 2] * 1e3, seen[int(len(seen) * 0.99)] * 1e3


@contextmanager
def started(*role: str) -> Iterator[list[str]]:
    """One of the programs above in a process of its own; the words of its first line."""
    command = [sys.executable, "-m", "benchmarks.egress", "--role", *role]
    process = subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin and process.stdout
    try:
        line = process.stdout.readline().split()
        if not line:
            raise SystemExit(f"{role[0]} did not start")
        yield line
    finally:
        process.stdin.close()
        process.wait(20)


@contextmanager
def squid(folder: Path) -> Iterator[int]:
    """A plain CONNECT proxy; 0 without one."""
    program = shutil.which("squid") or shutil.which("squid", path="/usr/sbin")
    if not program:
        yield 0
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = folder / "squid"
    own.mkdir()
    own.chmod(0o777)
    folder.chmod(0o755)
    (own / "hosts").write_text(f"127.0.0.1 {TUNNEL}\n")
    (own / "squid.conf").write_text(SQUID.format(port=port, folder=own))
    process = subprocess.Popen([program, "-N", "-f", str(own / "squid.conf")])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


async def rows(folder: Path, seconds: float) -> list[Row]:
    servers, own = folder / "servers", folder / "ours"
    for each in (servers, own):
        each.mkdir()
    with ExitStack() as stack:
        (port,) = stack.enter_context(started("upstream", str(servers)))
        trusted = folder / "authority.pem"
        trusted.write_text(Authority.open(servers).pem)
        proxy, token = stack.enter_context(started("ours", str(own), port, str(trusted)))
        known = ssl.create_default_context(cafile=str(trusted))
        us = ssl.create_default_context(cadata=Authority.open(own / "state" / "keys").pem)
        told = base64.b64encode(f"call:{token}".encode()).decode()
        credential = f"Proxy-Authorization: Basic {told}\r\n"
        ways = [Way("direct", int(port), TUNNEL, "", known)]
        if other := stack.enter_context(squid(folder)):
            ways.append(Way("squid, CONNECT", other, TUNNEL, f"{TUNNEL}:{port}", known))
        target, inside = f"{TUNNEL}:443", f"{SEEN}:443"
        ways.append(Way("Clawband, CONNECT", int(proxy), TUNNEL, target, known, credential))
        ways.append(Way("Clawband, interception", int(proxy), SEEN, inside, us, credential))
        return await measured(ways, seconds)


async def report(seconds: float, as_json: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = await rows(Path(folder), seconds)
    if as_json:
        print(json.dumps([asdict(row) for row in found], indent=2))
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; ms, p50 / p99\n")
    print("| way | new connection | kept, one request | connections/s | MB/s |")
    print("|---|---|---|---|---|")
    for row in found:
        print(
            f"| {row.way} | {row.new_p50:.1f} / {row.new_p99:.1f} | {row.kept_p50:.2f} / "
            f"{row.kept_p99:.2f} | {row.per_second:.0f} | {row.megabytes:.0f} |"
        )
    if not any(row.way.startswith("squid") for row in found):
        print("\nsquid is not installed: its row is missing")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.egress")
    options.add_argument("--seconds", type=float, default=4)
    options.add_argument("--json", action="store_true")
    options.add_argument("--role", nargs="+", default=(), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.role:
        name, *arguments = chosen.role
        uvloop.run(upstream(*arguments) if name == "upstream" else ours(*arguments))
    else:
        uvloop.run(report(chosen.seconds, chosen.json))


if __name__ == "__main__":
    main()
