"""Roles for a while, over the operators' API."""

from typing import Any

from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked, views
from clawband.edges.api.routing import Table
from clawband.identity.elevation import USUAL, Elevation
from clawband.model.person import SignedIn
from clawband.service.service import Service


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    now = service.running.now()
    found = service.elevations.listed(signed)
    return {"elevations": [{**elevation(each), "open": each.open(now)} for each in found]}


async def _ask(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.fields(request)
    role, purpose = asked.text(body, "role"), asked.text(body, "purpose")
    minutes = asked.count(body, "minutes", USUAL)
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
    body = await asked.given(request, "note", optional=True)
    note = body.get("note", "")
    return elevation(await service.elevations.refuse(request.path_params["id"], signed, note))


async def _end(service: Service, request: Request, signed: SignedIn) -> Any:
    return elevation(await service.elevations.end(request.path_params["id"], signed))


ROUTES: Table = (
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
