"""Where values come from, over the operators' API: explanations, endorsements, offers."""

from datetime import timedelta
from typing import Any

import msgspec
from starlette.requests import Request

from clawband.edges.api import asked, stories, wire
from clawband.edges.api.routing import Table
from clawband.flows import endorse
from clawband.model.errors import InputError
from clawband.model.person import SignedIn
from clawband.service.service import Service

_vouching = msgspec.json.Decoder(dict[str, Any])


async def _explain(service: Service, request: Request, signed: SignedIn) -> Any:
    return stories.account(await service.endorsements.explain(request.path_params["id"], signed))


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    found = await service.endorsements.listed(signed)
    return {"endorsements": [stories.reviewed(each, service) for each in found]}


async def _add(service: Service, request: Request, signed: SignedIn) -> Any:
    """Either `decision`, which says what it lacks, or `agent`, `session`, `tool` and `values`."""
    body = wire.read(await wire.body(request), _vouching)
    purpose, life = _text(body, "purpose"), _life(body)
    if _text(body, "decision"):
        decision = _text(body, "decision")
        given = await service.endorsements.add_for(decision, signed, purpose, life)
    else:
        given = await service.endorsements.add(_wanted(body, purpose, life), signed)
    return {"endorsements": [stories.endorsement(each, service) for each in given]}


async def _revoke(service: Service, request: Request, signed: SignedIn) -> Any:
    ended = await service.endorsements.revoke(request.path_params["id"], signed)
    return {"endorsement": stories.endorsement(ended, service)}


async def _groups(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"groups": [stories.offer(each) for each in await service.endorsements.offers(signed)]}


async def _cover(service: Service, request: Request, signed: SignedIn) -> Any:
    body = wire.read(await wire.body(request), _vouching)
    group, given = await service.endorsements.cover(
        request.path_params["id"], signed, _text(body, "purpose"), _life(body)
    )
    return {
        "granted": [each.id for each in group.approvals],
        "endorsements": [stories.endorsement(each, service) for each in given],
    }


async def _cards(service: Service, _request: Request, signed: SignedIn) -> Any:
    return stories.cards(await service.endorsements.cards(signed))


ROUTES: Table = (
    ("/decisions/{id}/explanation", "GET", _explain),
    ("/endorsements", "GET", _listed),
    ("/endorsements", "POST", _add),
    ("/endorsements/{id}/revoke", "POST", _revoke),
    ("/groups", "GET", _groups),
    ("/groups/{id}/grant", "POST", _cover),
    ("/cards", "GET", _cards),
)


def _wanted(body: dict[str, Any], purpose: str, life: timedelta) -> endorse.Vouching:
    values, meaning = body.get("values", []), _text(body, "meaning")
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise InputError("expected `values` to be a list of texts")
    if not meaning:
        raise InputError("expected `meaning`, got none", remedy="say what the values are")
    kind = "" if meaning == "source" else meaning
    return endorse.Vouching(
        agent=_text(body, "agent"),
        values=tuple((kind, each) for each in values),
        session=_text(body, "session"),
        tool=_text(body, "tool"),
        purpose=purpose,
        life=life,
    )


def _life(body: dict[str, Any]) -> timedelta:
    hours = body.get("hours", endorse.LIFE.total_seconds() / 3_600)
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours < 10_000:
        raise InputError("expected `hours` to be a number of hours", remedy="send 8 for 8 hours")
    return timedelta(hours=hours)


def _text(body: dict[str, Any], key: str) -> str:
    return asked.text(body, key, "")
