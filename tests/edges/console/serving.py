"""The shop behind a real HTTP server on loopback."""

from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from clawband.edges.console.routes import routes
from clawband.model.people import Rules
from tests.edges.console.shop import Shop, open_shop
from tests.simulators import doors


@dataclass
class Served(doors.Served[Shop]):
    """The shop, and how to do something in it while its doors are open."""

    @property
    def shop(self) -> Shop:
        return self.inside


@contextmanager
def served(folder: Path, *, story: bool = True, secure: bool = False) -> Iterator[Served]:
    @asynccontextmanager
    async def opened(port: int) -> Any:
        rules = Rules(origin=f"http://localhost:{port}")
        async with open_shop(folder, rules, story=story) as shop:
            yield shop, Starlette(routes=routes(shop.service, secure=secure))

    with doors.served(opened) as found:
        yield Served(found.inside, found.url, found.loop)
