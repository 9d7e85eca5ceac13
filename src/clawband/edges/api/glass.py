"""Broken glass, over the operators' API."""

from typing import Any

import msgspec
from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked, views, wire
from clawband.edges.api.routing import Table
from clawband.identity.glass import CODES, Glass
from clawband.model.person import SignedIn
from clawband.service.service import Service


class SealAsked(msgspec.Struct):
    """For how many envelopes."""

    codes: int = CODES[0]


_seal_asked = msgspec.json.Decoder(SealAsked)


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    sealed = service.glass.sealed(signed)
    found = service.glass.listed(signed)
    return {
        "sealed": stamp(sealed) if sealed else None,
        "glass": [glass(each, service) for each in found],
    }


async def _seal(service: Service, request: Request, signed: SignedIn) -> Any:
    """The answer holds the codes, once."""
    wanted = wire.read(await wire.body(request) or b"{}", _seal_asked)
    return {"codes": list(await service.glass.seal(wanted.codes, signed))}


async def _begin(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "code", "purpose")
    return glass(await service.glass.begin(body["code"], body["purpose"], signed), service)


async def _second(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "code")
    named = request.path_params["id"]
    return glass(await service.glass.second(named, body["code"], signed), service)


async def _told(service: Service, request: Request, signed: SignedIn) -> Any:
    """What became of it, and what was done under it."""
    told = await service.glass.told(request.path_params["id"], signed)
    return {
        "id": told.id,
        "events": [views.leaf(each) for each in told.events],
        "acts": [views.leaf(each) for each in told.acts],
    }


async def _end(service: Service, request: Request, signed: SignedIn) -> Any:
    return glass(await service.glass.end(request.path_params["id"], signed), service)


async def _review(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "findings")
    named = request.path_params["id"]
    return glass(await service.glass.review(named, body["findings"], signed), service)


ROUTES: Table = (
    ("/glass", "GET", _listed),
    ("/glass", "POST", _begin),
    ("/glass/seal", "POST", _seal),
    ("/glass/{id}", "GET", _told),
    ("/glass/{id}/second", "POST", _second),
    ("/glass/{id}/end", "POST", _end),
    ("/glass/{id}/review", "POST", _review),
)


def glass(each: Glass, service: Service) -> dict[str, Any]:
    """Without its code."""
    return {
        "id": each.id,
        "person": each.name,
        "second": each.second,
        "purpose": each.purpose,
        "stage": str(each.stage),
        "begun": stamp(each.begun),
        "until": stamp(each.until),
        "due": stamp(each.due),
        "overdue": service.running.now() >= each.due,
    }
