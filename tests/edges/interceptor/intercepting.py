"""The real proxy with the real process that ends TLS, and an upstream with a certificate authority
of the test's own.

`async with intercepting(folder) as house:` opens them; `house.curl(...)` is a real client.
"""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from clawband.edges import doors
from clawband.edges.egress.intercept import Interception
from clawband.edges.egress.limits import Limits
from clawband.edges.egress.proxy import listening
from clawband.edges.interceptor.authority import Authority
from clawband.model.secret import IN_PATH, Secret, Target
from tests.edges.egress.proxying import Answer, ListedNames, Proxied, Talk, echo
from tests.simulators.signing import Signing
from tests.simulators.small import WORKFLOWS, House, small

MANIFEST = """\
name = "desk"
owner = "care"
purpose = "answer"
environment = "dev"
agents = ["sample/desk"]
channels = ["telegram"]
replies = "allow"
clearance = "restricted"
reads = []
writes = ["exec"]

[[egress]]
hosts = ["api.test"]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
inspect = true
methods = ["GET", "POST"]
paths = ["/v1/"]
credential = "api"

[[egress]]
hosts = ["api.test", "other.test", "wrong.test"]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
inspect = true
methods = ["GET"]
paths = ["/plain/", "/ws"]

[[egress]]
hosts = ["mask.test"]
ports = [80, 443]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
inspect = true
mask = ["secret"]

[[egress]]
hosts = ["far.test"]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
inspect = true
credential = "api"

[[egress]]
hosts = ["bot.test"]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
inspect = true
credential = "bot"

[[egress]]
hosts = ["pass.test"]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
"""
HOSTS = ("api.test", "other.test", "mask.test", "far.test", "pass.test", "bot.test")
SECRET = "AKIA" + "QWLPMN5HHHFPZAM2"  # the shape of an access key
API = Secret(
    name="api", environment="dev", kind="api key", owner="ana", purpose="tests",
    added=datetime(2026, 11, 22, tzinfo=UTC),
    targets=(Target(hosts=("api.test",), form="Bearer {}", paths=("/v1/",)),),
)  # fmt: skip
BOT = replace(
    API, name="bot", targets=(Target(hosts=("bot.test",), header=IN_PATH, form="/bot{}/"),)
)
VALUE = "Bearer api-of-the-deployment"
LIMITS = Limits(head=2, waiting=5, connect=2, response=5, idle=10, half=1)


@dataclass
class Intercepted(Proxied):
    """A proxy that can look into TLS."""

    interception: Interception = field(kw_only=True)
    folder: Path = field(kw_only=True)

    @property
    def authority(self) -> Path:
        """What clients are told to trust."""
        return self.folder / "clients.pem"

    async def curl(self, *arguments: str, number: int = 1) -> tuple[int, str]:
        """The exit code of a real curl as a command of the agent, and what it printed."""
        token = self.egress.callers.mint.make(self.claims(number=number))
        return await self.curl_as(f"call:{token}", *arguments)

    async def curl_as(self, who: str, *arguments: str) -> tuple[int, str]:
        """The same of whoever has this name and password at the proxy."""
        process = await asyncio.create_subprocess_exec(
            "curl", "-sS", "--max-time", "10", "--cacert", str(self.authority), "--http1.1",
            "--proxy", f"http://{who}@127.0.0.1:{self.proxy.port}", *arguments,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        told, _ = await process.communicate()
        return process.returncode or 0, told.decode()

    async def inside(self, host: str, name: str = "") -> Talk:
        """A tunnel with our own TLS in it, for what no proper client sends."""
        talk = await self.connect(f"{host}:443")
        trust = ssl.create_default_context(cafile=str(self.authority))
        trust.set_alpn_protocols(["h2", "http/1.1"])
        await asyncio.wait_for(talk.writer.start_tls(trust, server_hostname=name or host), 10)
        return talk


@asynccontextmanager
async def intercepting(
    folder: Path,
    answer: Answer = echo,
    *,
    hosts: Sequence[str] = HOSTS,
    days: int = 1,
    trusted: bool = True,
    started: bool = True,
    places: Mapping[str, str] | None = None,
) -> AsyncIterator[Intercepted]:
    """The upstream has a certificate for `hosts` and `days`; with `trusted` the deployment listed
    its authority. `places`: where hosts are instead. Without `started` the process is started when
    it is needed."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(small(folder))
        await house.service.policies.publish_as({**WORKFLOWS, "desk.toml": MANIFEST}, "setup", "x")
        authority = Signing(folder)
        right = await stack.enter_async_context(
            tls_server(answer, authority.context(hosts, days=days))
        )
        names = ListedNames({**dict.fromkeys((*HOSTS, "wrong.test"), right), **(places or {})})
        egress = house.service.egress
        proxy = await stack.enter_async_context(
            listening(egress, doors.port("127.0.0.1", 0), names=names, limits=LIMITS)
        )
        keys = folder / "keys"
        keys.mkdir(mode=0o700)
        (folder / "clients.pem").write_text(Authority.open(keys).pem)
        known = str(authority.path) if trusted else ""
        program = (sys.executable, "-I", "-m", "clawband.edges.interceptor", str(keys), known)
        proxy.interceptor = interception = Interception(program)
        stack.push_async_callback(interception.close)
        if started:
            await interception.start()
        await keep(house, API, BOT)
        yield Intercepted(
            house, egress, proxy, names, stack, interception=interception, folder=folder
        )


async def keep(house: House, *secrets: Secret) -> None:
    """Their values are their names, `of-the-deployment`."""
    by = house.signed("admin")
    for each in secrets:
        await house.service.secrets.add(each, by)
        await house.service.secrets.put(each.name, f"{each.name}-of-the-deployment".encode(), by)


@asynccontextmanager
async def tls_server(answer: Answer, context: ssl.SSLContext) -> AsyncIterator[str]:
    """Where it listens, as `[names]` says it."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    listening_ = await asyncio.start_server(one, "127.0.0.1", 0, ssl=context)
    try:
        yield f"127.0.0.1:{listening_.sockets[0].getsockname()[1]}"
    finally:
        listening_.close()
