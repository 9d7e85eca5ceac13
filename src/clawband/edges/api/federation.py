"""Who signs in with the provider, over the operators' API."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute

from clawband.edges.api import operators
from clawband.flows.links import Link
from clawband.model.person import SignedIn
from clawband.service.service import Service

Doing = Callable[[Service, Request, SignedIn], Awaitable[Any]]


def routes(service: Service) -> list[BaseRoute]:
    """More paths below `/api/v1`."""
    return [
        operators.route(service, path, method, partial(act, service))
        for path, method, act in ROUTES
    ]


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    links = service.federation.links(signed)
    return {"provider": service.federation.provider, "links": [link(each) for each in links]}


async def _forget(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.federation.forget(request.path_params["name"], signed)
    return {"ok": True}


ROUTES: tuple[tuple[str, str, Doing], ...] = (
    ("/sso", "GET", _listed),
    ("/sso/{name}", "DELETE", _forget),
)


def link(each: Link) -> dict[str, Any]:
    return {
        "name": each.name,
        "issuer": each.issuer,
        "subject": each.subject,
        "managed": each.managed,
    }
