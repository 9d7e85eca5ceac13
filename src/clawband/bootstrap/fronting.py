"""The front doors that the settings name, open as long as the server runs."""

import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from clawband.edges import doors
from clawband.edges.ingress.process import Ingress, Opening
from clawband.enforcement import credentials
from clawband.service.service import Service
from clawband.settings import Settings

PROGRAM = (sys.executable, "-I", "-m", "clawband.edges.ingress")


@asynccontextmanager
async def fronting(service: Service, settings: Settings) -> AsyncIterator[None]:
    """Raises `UnavailableError` for a port that is taken."""
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
        ingress.start()
        try:
            yield
        finally:
            await ingress.close()
