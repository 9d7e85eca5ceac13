"""Roles for a while, over the operators' API."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import BaseRoute

from clawband.audit.entry import stamp
from clawband.edges.api import operators, views, wire
from clawband.identity.elevation import USUAL, Elevation
from clawband.model.errors import InputError
from clawband.model.person import SignedIn
from clawband.service.service import Service

Act = Callable[[Service, Request, SignedIn], Awaitable[Any]]
_object = msgspec.json.Decoder(dict[str, Any])


def routes(service: Service) -> list[BaseRoute]:
    """More paths below `/api/v1`."""
    return [
        operators.route(service, path, method, partial(act, service))
        for path, method, act in ROUTES
    ]


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    now = service.running.now()
    found = service.elevations.listed(signed)
    return {"elevations": [{**elevation(each), "open": each.open(now)} for each in found]}


async def _ask(service: Service, request: Request, signed: SignedIn) -> Any:
    body = wire.read(await wire.body(request), _object)
    minutes = body.get("minutes", USUAL)
    if not isinstance(minutes, int) or isinstance(minutes, bool):
        raise InputError(f"expected `minutes` to be a number, got `{str(minutes)[:40]}`")
    role, purpose = body.get("role", ""), body.get("purpose", "")
    if not isinstance(role, str) or not isinstance(purpose, str):
        raise InputError("expected `role` and `purpose` to be texts", remedy="send both")
    return elevation(await service.elevations.ask(role, purpose, minutes, signed))


async def _told(service: Service, request: Request, signed: SignedIn) -> Any:
    """What became of it, and what the person did while it held."""
    told = await service.elevations.told(request.path_params["id"], signed)
    return {
        "id": told.id,
        "events": [views.leaf(each) for each in told.events],
        "acts": [views.leaf(each) for each in told.acts],
    }


async def _grant(service: Service, request: Request, signed: SignedIn) -> Any:
    return elevation(await service.elevations.grant(request.path_params["id"], signed))


async def _refuse(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await operators.given(request, "note", optional=True)
    note = body.get("note", "")
    return elevation(await service.elevations.refuse(request.path_params["id"], signed, note))


async def _end(service: Service, request: Request, signed: SignedIn) -> Any:
    return elevation(await service.elevations.end(request.path_params["id"], signed))


ROUTES: tuple[tuple[str, str, Act], ...] = (
    ("/elevations", "GET", _listed),
    ("/elevations", "POST", _ask),
    ("/elevations/{id}", "GET", _told),
    ("/elevations/{id}/grant", "POST", _grant),
    ("/elevations/{id}/refuse", "POST", _refuse),
    ("/elevations/{id}/end", "POST", _end),
)


def elevation(each: Elevation) -> dict[str, Any]:
    """As it is kept; `until` is when it is over by itself."""
    return {
        "id": each.id,
        "person": each.name,
        "role": str(each.role),
        "purpose": each.purpose,
        "minutes": each.minutes,
        "stage": str(each.stage),
        "asked": stamp(each.asked),
        "granted": stamp(each.granted) if each.granted else None,
        "granted_by": each.granted_by,
        "until": stamp(each.until),
        "closed": stamp(each.closed) if each.closed else None,
        "closed_by": each.closed_by,
        "note": each.note,
    }
