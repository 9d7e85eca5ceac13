"""How a table of paths becomes the operators' API: who asks, how far they reach, once, as JSON."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clawband.edges.api import bearer, idempotency, wire
from clawband.edges.api.problems import problem
from clawband.model.errors import Error
from clawband.model.person import SignedIn
from clawband.service.service import Service

Operation = Callable[[Service, Request, SignedIn], Awaitable[Any]]
"""What it returns is the answer, what it raises a problem."""
Table = tuple[tuple[str, str, Operation], ...]
"""Path below `/api/v1`, method, operation."""


def routes(service: Service, table: Table) -> list[Route]:
    """The paths of a table, for who is signed in."""
    return [route(service, path, method, partial(act, service)) for path, method, act in table]


def route(
    service: Service, path: str, method: str, act: Callable[[Request, SignedIn], Awaitable[Any]]
) -> Route:
    """One path for who is signed in."""
    replays = idempotency.of(service, service.running.now)

    async def serve(request: Request) -> Response:
        try:
            signed = bearer.who(service, request)
        except Error as error:
            return problem(error)

        async def answer() -> Response:
            try:
                bearer.reach(signed, method, path)
                result = await act(request, signed)
            except Error as error:
                return problem(error, signed=True)
            return result if isinstance(result, Response) else wire.told(result)

        try:
            return await replays.once(request, signed.session, answer)
        except Error as error:
            return problem(error, signed=True)

    return Route(f"/api/v1{path}", serve, methods=[method], name=f"{method} {path}")
