"""The front doors that the settings name, open as long as the server runs."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from clawband.edges import doors
from clawband.edges.ingress.process import Ingress, Opening, environment
from clawband.enforcement import credentials
from clawband.model.errors import UnavailableError
from clawband.service.service import Service
from clawband.settings import Settings

SCREEN = (sys.executable, "-I", "-m", "clawband.edges.ingress.screen")
PROGRAM = (sys.executable, "-I", "-m", "clawband.edges.ingress")


@asynccontextmanager
async def fronting(service: Service, settings: Settings) -> AsyncIterator[None]:
    """Raises `UnavailableError` for a port that is taken, and for rules that cannot be used."""
    if not settings.doors:
        yield
        return
    urls = {each.name: each.url for each in settings.gateways}
    with ExitStack() as held:
        openings = [
            Opening(
                each,
                held.enter_context(doors.port(each.host, each.port, "listen")),
                urls[each.gateway],
                credentials.header(service.running.boundary, each.gateway),
            )
            for each in settings.doors
        ]
        ingress = Ingress(
            PROGRAM, service.doors, openings, settings.people.origin, service.certificates
        )
        for path in {each.waf for each in settings.doors if each.waf}:
            await _screened(path)
        ingress.start()
        try:
            yield
        finally:
            await ingress.close()


async def _screened(path: str) -> None:
    """Tried in a program of its own: the library reads what strangers write."""
    trying = await asyncio.create_subprocess_exec(
        *SCREEN, path, stderr=asyncio.subprocess.PIPE, env=environment()
    )
    _, said = await trying.communicate()
    if trying.returncode:
        raise UnavailableError(
            said.decode("utf-8", "replace").strip()[-500:] or "the rules of a door cannot be used",
            remedy="correct `waf` of the door, or remove it",
        )
