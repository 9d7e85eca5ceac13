"""A real proxy in this process, with a real service behind it and a server of the test's own.

`async with proxying(folder) as house:` opens it; `house.speak(...)` is one raw connection.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import uvloop

from clawband.adapters.names import MachineNames
from clawband.edges import doors
from clawband.edges.egress.limits import Limits
from clawband.edges.egress.proxy import Proxy, listening
from clawband.enforcement.token import Claims
from clawband.ports.names import Endpoint
from clawband.service.egress import Egress
from tests.simulators.small import WORKFLOWS, House, small

MANIFEST = """\
name = "desk"
owner = "care"
purpose = "answer"
environment = "dev"
agents = ["sample/desk"]
channels = ["telegram"]
replies = "allow"
clearance = "internal"
reads = ["web_fetch"]
writes = ["exec"]
hosts.web_fetch = ["*"]

[[egress]]
hosts = ["web.test", "*.web.test"]
ports = [80, 443]
tools = ["exec"]
addresses = ["127.0.0.0/8"]

[[egress]]
hosts = ["raw.test"]
ports = [9999]
tools = ["exec"]
addresses = ["127.0.0.0/8"]

[[egress]]
hosts = ["bare.test"]
ports = [80, 443]
tools = ["exec"]

[[egress]]
hosts = ["seen.test"]
ports = [80, 443]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
inspect = true
methods = ["GET"]

[[approvals]]
tool = "exec"
role = "approver"
"""
PLAN = """\
gateway = "sample"
owner = "ops"
purpose = "the sample's own connections"
environment = "dev"

[[standing]]
name = "model"
purpose = "the model provider"
hosts = ["model.test"]
ports = [80, 443]
addresses = ["127.0.0.0/8"]
bytes_per_hour = 400_000
connections = 4
"""
SECRET = "AKIA" + "QWLPMN5HHHFPZAM2"  # the shape of an access key
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Finding = Callable[[str], Awaitable[Sequence[str]]]
SMALL = Limits(
    head=0.6, waiting=1.5, connect=1, response=1.5, idle=3, half=0.4, inspected=4096,
    request=64 * 1024,
)  # fmt: skip


def story(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an asynchronous test to its end on the loop that the server uses."""

    @wraps(test)
    def told(*args: Any, **kwargs: Any) -> None:
        async def run() -> None:
            await test(*args, **kwargs)

        uvloop.run(run())

    return told


class ListedNames:
    """Implements `ports.names.Names` from a table; a test may answer as it likes."""

    def __init__(self, table: dict[str, str], asked: Finding | None = None) -> None:
        self._machine, self._asked = MachineNames(table, 0.5), asked
        self.questions: list[str] = []

    async def find(self, host: str, port: int) -> Sequence[Endpoint]:
        self.questions.append(host)
        if self._asked:
            return [Endpoint(address, port) for address in await self._asked(host)]
        return await self._machine.find(host, port)


@dataclass
class Talk:
    """One raw connection to the proxy."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, *data: bytes) -> None:
        self.writer.write(b"".join(data))

    async def head(self) -> bytes:
        return await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)

    async def exactly(self, count: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(count), 10)

    async def rest(self) -> bytes:
        """Everything until the end, also when it is cut short."""
        got = b""
        while True:
            try:
                part = await asyncio.wait_for(self.reader.read(65_536), 10)
            except ConnectionError:
                return got
            if not part:
                return got
            got += part

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of a response with a length."""
        head = await self.head()
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return int(head.split(b" ")[1]), await self.exactly(length)


@dataclass
class Proxied:
    """What a test needs."""

    house: House
    egress: Egress
    proxy: Proxy
    names: ListedNames
    stack: AsyncExitStack
    talks: list[Talk] = field(default_factory=list)

    @property
    def gateway(self) -> bytes:
        return basic("gateway.sample", self.egress.callers.password("sample"))

    def call(self, tool: str = "exec", number: int = 1, seconds: int = 600) -> bytes:
        """The credential of a permitted call of the agent `desk`."""
        return basic("call", self.egress.callers.mint.make(self.claims(tool, number, seconds)))

    def claims(self, tool: str = "exec", number: int = 1, seconds: int = 600) -> Claims:
        now = int(self.house.clock.now().timestamp())
        return Claims(
            aud="call", sub="sample/desk", env="dev", session="s", run="r1", call="c1", trace="t",
            tool=tool, who="telegram:4242", act="a" * 64, dst="", cause="dec_1",
            jti=f"{number:04}", iat=now, exp=now + seconds,
        )  # fmt: skip

    async def speak(self) -> Talk:
        talk = Talk(*await asyncio.open_connection("127.0.0.1", self.proxy.port))
        self.stack.callback(talk.writer.close)
        return talk

    async def connect(self, to: str, credential: bytes | None = None) -> Talk:
        """A tunnel; the proxy's answer has been read."""
        talk = await self.speak()
        talk.send(tunnel(to, self.call() if credential is None else credential))
        assert (await talk.head()).startswith(b"HTTP/1.1 200 "), to
        return talk

    async def ask(self, data: bytes) -> tuple[int, bytes]:
        talk = await self.speak()
        talk.send(data)
        return await talk.answer()

    async def closed(self) -> Any:
        """The only end of a passage that was told."""
        for _ in range(100):
            if found := await self.events("egress:close"):
                break
        (event,) = found
        return event

    async def events(self, *tags: str) -> list[Any]:
        """Once everything that is to be told was told."""
        await asyncio.sleep(0.05)
        while self.proxy.gate.telling:
            await asyncio.sleep(0.01)
        return [event for event in self.house.events(*tags) if event.action != "message:receive"]


def basic(user: str, password: str) -> bytes:
    told = base64.b64encode(f"{user}:{password}".encode())
    return b"Proxy-Authorization: Basic " + told + b"\r\n"


def tunnel(to: str, credential: bytes = b"") -> bytes:
    return f"CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n".encode() + credential + b"\r\n"


def get(url: str, credential: bytes = b"", *, more: bytes = b"", method: str = "GET") -> bytes:
    host = url.split("/")[2]
    return f"{method} {url} HTTP/1.1\r\nHost: {host}\r\n".encode() + credential + more + b"\r\n"


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers every request with what it was sent: the head, then the body."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        body = head + await reader.readexactly(length)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()


async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes everything and answers nothing."""
    await reader.read()


@asynccontextmanager
async def server(answer: Answer = echo) -> AsyncIterator[int]:
    """A server of the test's own; the port it listens on."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


@asynccontextmanager
async def proxying(
    folder: Path,
    answer: Answer = echo,
    *,
    limits: Limits = SMALL,
    asked: Finding | None = None,
) -> AsyncIterator[Proxied]:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(small(folder))
        policies = {**WORKFLOWS, "desk.toml": MANIFEST, "gateway-sample.toml": PLAN}
        await house.service.policies.publish_as(policies, "setup", "egress")
        port = await stack.enter_async_context(server(answer))
        hosts = ("web.test", "a.web.test", "raw.test", "bare.test", "seen.test", "model.test")
        names = ListedNames(dict.fromkeys(hosts, f"127.0.0.1:{port}"), asked)
        egress = house.service.egress
        proxy = await stack.enter_async_context(
            listening(egress, doors.port("127.0.0.1", 0), names=names, limits=limits)
        )
        yield Proxied(house, egress, proxy, names, stack)
