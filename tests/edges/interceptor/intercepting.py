"""The real proxy with the real process that ends TLS, and an upstream with a certificate authority
of the test's own.

`async with intercepting(folder) as house:` opens them; `house.curl(...)` is a real client.
"""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clawband.edges import doors
from clawband.edges.egress.credentials import Credentials
from clawband.edges.egress.intercept import Interception
from clawband.edges.egress.limits import Limits
from clawband.edges.egress.proxy import listening
from clawband.edges.interceptor.authority import Authority
from clawband.model.credentials import Credential
from tests.edges.egress.proxying import Answer, ListedNames, Proxied, Talk, echo
from tests.simulators.signing import Signing
from tests.simulators.small import WORKFLOWS, small

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
hosts = ["pass.test"]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
"""
HOSTS = ("api.test", "other.test", "mask.test", "far.test", "pass.test")
SECRET = "AKIA" + "QWLPMN5HHHFPZAM2"  # the shape of an access key
VALUE = "Bearer of-the-deployment"
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
        process = await asyncio.create_subprocess_exec(
            "curl", "-sS", "--max-time", "10", "--cacert", str(self.authority), "--http1.1",
            "--proxy", f"http://call:{token}@127.0.0.1:{self.proxy.port}", *arguments,
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
        proxy.gate.credentials = Credentials([lent(folder)])
        yield Intercepted(
            house, egress, proxy, names, stack, interception=interception, folder=folder
        )


def lent(folder: Path) -> Credential:
    path = folder / "api.value"
    path.touch(mode=0o600)
    path.write_text(VALUE + "\n")
    return Credential(name="api", header="authorization", value_file=str(path), hosts=("api.test",))


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
