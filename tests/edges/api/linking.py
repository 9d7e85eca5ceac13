"""A link over real sockets in this process, and what a gateway elsewhere needs to use it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.serialization import Encoding

from clawband.adapters.certificates import pem
from clawband.bootstrap.serving import linking as server_of
from clawband.edges import doors
from clawband.model.tls import LINK, CertificateSettings
from clawband.ports.doors import Shown
from tests.simulators import certified
from tests.simulators.shaking import client
from tests.simulators.small import House, small

HOST = "127.0.0.2"
WANTED = CertificateSettings(name=LINK, names=(HOST,))


class Linked:
    """`url` of the link, and certificates for whoever asks."""

    def __init__(self, house: House, folder: Path, port: int) -> None:
        self.house, self._folder, self.port = house, folder, port
        self.url = f"https://{HOST}:{port}"

    async def given(self, gateway: str = "sample", days: int = 30) -> Shown:
        """A certificate as an administrator issues it."""
        key = pem.fresh()
        asked = pem.request(key, []).public_bytes(Encoding.PEM).decode()
        admin = await self.house.in_browser("admin")
        chain = await self.house.service.certificates.give(gateway, asked, days, admin)
        return Shown(chain.encode(), pem.private(key))

    async def trusting(self, shown: Shown | None = None) -> ssl.SSLContext:
        root = await self.house.service.certificates.root()
        return client(root, self._folder, shown)

    @asynccontextmanager
    async def http(self, shown: Shown | None) -> AsyncIterator[httpx.AsyncClient]:
        """Keeps its connection."""
        headers = {"authorization": f"Bearer {self.house.credential}"}
        async with httpx.AsyncClient(
            base_url=self.url, verify=await self.trusting(shown), headers=headers, trust_env=False
        ) as http:
            yield http


@asynccontextmanager
async def linking(folder: Path) -> AsyncIterator[Linked]:
    async with small(folder / "s", certified=certified.of(WANTED)) as house:
        # Certificates are looked at by the clock of TLS too, and that is the machine's.
        house.clock.forward(seconds=(datetime.now(UTC) - house.clock.now()).total_seconds())
        await house.service.certificates.renewals.renew(LINK, "test")
        server = await server_of(house.service)
        door = doors.port(HOST, 0)
        serving = asyncio.ensure_future(server.serve(sockets=[door]))
        while not server.started:
            await asyncio.sleep(0.01)
        certificates = folder / "certificates"
        certificates.mkdir()
        try:
            yield Linked(house, certificates, door.getsockname()[1])
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await serving
