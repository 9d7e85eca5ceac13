"""A shop to look at, and people with browsers in it."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.edges.console.serving import Served, served
from tests.edges.console.shop import Shop


@dataclass
class House:
    """A shop that is open, and one browser that different people use."""

    served: Served
    client: httpx.Client

    @property
    def shop(self) -> Shop:
        return self.served.shop

    @property
    def origin(self) -> str:
        return self.served.url

    def as_(self, name: str) -> httpx.Client:
        """The browser with this person signed in."""
        self.client.cookies.clear()
        self.client.cookies.set("clawband", self.shop.secrets[name])
        return self.client

    def nobody(self) -> httpx.Client:
        self.client.cookies.clear()
        return self.client

    def csrf(self, name: str) -> str:
        return self.shop.as_(name).csrf

    def invitation(self, name: str, *roles: str) -> str:
        """The path of a link that makes an account."""
        making = self.shop.service.people.invite_as(name, roles, (), "ana")
        return f"/welcome/{self.served.run(making).token}"

    def post(self, who: str, path: str, **fields: str) -> httpx.Response:
        """A form of the console, as its own page would send it."""
        data = {"csrf": self.csrf(who), **fields}
        return self.as_(who).post(path, data=data, headers={"origin": self.origin})


def opened(folder, *, story: bool = True, secure: bool = False) -> Iterator[House]:
    with (
        served(folder, story=story, secure=secure) as open_shop,
        httpx.Client(base_url=open_shop.url, timeout=30, trust_env=False) as client,
    ):
        yield House(open_shop, client)


@pytest.fixture(scope="package")
def house(tmp_path_factory) -> Iterator[House]:
    """To look at only: everybody shares it."""
    yield from opened(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Iterator[House]:
    """To change things in; shared by one file."""
    yield from opened(tmp_path_factory.mktemp("own"))


@pytest.fixture
def empty(tmp_path) -> Iterator[House]:
    """Nothing has happened in it."""
    yield from opened(tmp_path, story=False)


@pytest.fixture
def behind_tls(tmp_path) -> Iterator[House]:
    """What a proxy that speaks HTTPS to browsers would forward to."""
    yield from opened(tmp_path, story=False, secure=True)
