"""Who signs in with the provider, over the operators' API."""

from typing import Any

from starlette.requests import Request

from clawband.edges.api.routing import Table
from clawband.flows.links import Link
from clawband.model.person import SignedIn
from clawband.service.service import Service


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    links = service.federation.links(signed)
    return {"provider": service.federation.provider, "links": [link(each) for each in links]}


async def _forget(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.federation.forget(request.path_params["name"], signed)
    return {"ok": True}


ROUTES: Table = (
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
