"""A Clawband with single sign-on, a provider, and a browser that goes between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from clawband.bootstrap.serving import full_app
from clawband.model import openid
from clawband.service.trusted import Trusted
from tests.simulators.clocks import FixedClock
from tests.simulators.issuer import CLIENT, Issuer, asked_over
from tests.simulators.small import House, small

ORIGIN = "http://localhost:8620"
BACK = "/login/openid/back"
SETTINGS = {
    "issuer": "https://login.example", "client": CLIENT, "name": "Example",
    "roles": {"admins": ["admin"], "desk": ["operator"]},
}  # fmt: skip


@dataclass
class World:
    house: House
    issuer: Issuer
    http: httpx.AsyncClient

    async def leave(self, wanted: str = "/policy", path: str = "/login/openid") -> str:
        """Where the browser is sent."""
        answer = await self.http.get(path, params={"next": wanted})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def back(self, query: dict[str, str]) -> httpx.Response:
        """The browser comes back with an answer, and takes the console's own step."""
        return await self.http.get(BACK, params={**query, "arrived": "1"})

    async def sign_in(self, wanted: str = "/policy", **claims: Any) -> httpx.Response:
        return await self.back(self.issuer.authorize(await self.leave(wanted), **claims))

    async def name(self) -> str:
        """Who the browser is; empty for nobody."""
        secret = self.http.cookies.get("clawband", "")
        answer = await self.http.get(
            "/api/v1/session", headers={"authorization": f"Bearer {secret}"}
        )
        return str(answer.json()["operator"]["name"]) if answer.status_code == 200 else ""

    def enter(self, role: str) -> None:
        """The browser has somebody signed in with a password."""
        self.http.cookies.set("clawband", self.house.tokens[role], domain="localhost.local")

    async def tell(self, token: str) -> httpx.Response:
        """The provider says that somebody is signed out."""
        return await self.http.post("/login/openid/ended", data={"logout_token": token})

    def browser(self) -> httpx.AsyncClient:
        """Another one."""
        return browser_of(self.house)


@asynccontextmanager
async def signing_on(folder: Path, **settings: Any) -> AsyncIterator[World]:
    issuers: list[Issuer] = []

    def trusting(clock: FixedClock) -> Trusted:
        issuers.append(Issuer(clock))
        read = openid.read({**SETTINGS, **settings})
        return Trusted(openid=read, issuers=asked_over(clock, *issuers))

    async with small(folder, trusting=trusting) as house, browser_of(house) as http:
        yield World(house, issuers[0], http)


def asked(url: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def browser_of(house: House) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(full_app(house.service)), base_url=ORIGIN
    )
