"""One's own chats, over the operators' API."""

from typing import Any

from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import views
from clawband.edges.api.routing import Table
from clawband.flows.kept import Kept
from clawband.identity.chats import Chat
from clawband.model.person import SignedIn
from clawband.service.service import Service


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"chats": [_chat(each) for each in service.chats.listed(signed)]}


async def _begin(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"code": await service.chats.begin(signed)}


async def _confirm(service: Service, request: Request, signed: SignedIn) -> Any:
    secret = await service.chats.confirm(request.path_params["id"], signed)
    return {
        "token": secret,
        "operator": views.operator(service.operators.who(secret).operator),
    }


async def _unlink(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.chats.unlink(request.path_params["id"], signed)
    return {"ok": True}


ROUTES: Table = (
    ("/chats", "GET", _listed),
    ("/chats", "POST", _begin),
    ("/chats/{id}/confirm", "POST", _confirm),
    ("/chats/{id}", "DELETE", _unlink),
)


def _chat(each: Kept[Chat]) -> dict[str, Any]:
    linked = each.value.linked
    return {
        "id": each.id,
        "claimed": stamp(each.value.claimed),
        "linked": stamp(linked) if linked else "",
    }
