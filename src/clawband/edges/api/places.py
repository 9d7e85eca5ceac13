"""What agents wrote, over the operators' API: versions, quarantine, and what becomes of them."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked
from clawband.edges.api.routing import Table
from clawband.flows.restore import Done
from clawband.model.event import Event
from clawband.model.person import SignedIn
from clawband.service.places import Version
from clawband.service.service import Service

USUAL = 200


async def _listed(service: Service, request: Request, signed: SignedIn) -> Any:
    """`agent`, `file`, `limit`; with `waiting=1` only what is in quarantine."""
    said = request.query_params
    agent, path = said.get("agent", ""), said.get("file", "")
    limit = asked.limit(request, USUAL)
    if said.get("waiting"):
        found = await service.places.waiting(signed, agent)
    else:
        found = await service.places.listed(signed, agent, path, limit)
    return {"versions": [version(each) for each in found]}


async def _shown(service: Service, request: Request, signed: SignedIn) -> Any:
    found = await service.places.shown(request.path_params["id"], signed)
    return {
        "versions": [version(each) | {"text": each.text, "change": each.change} for each in found]
    }


async def _revert(service: Service, request: Request, signed: SignedIn) -> Any:
    return done(await service.places.revert(request.path_params["id"], signed))


async def _release(service: Service, request: Request, signed: SignedIn) -> Any:
    return done(await service.places.release(request.path_params["id"], signed))


async def _discard(service: Service, request: Request, signed: SignedIn) -> Any:
    return done(await service.places.discard(request.path_params["id"], signed))


ROUTES: Table = (
    ("/places", "GET", _listed),
    ("/places/{id}", "GET", _shown),
    ("/places/{id}/revert", "POST", _revert),
    ("/places/{id}/release", "POST", _release),
    ("/places/{id}/discard", "POST", _discard),
)


def version(each: Version) -> dict[str, Any]:
    """A version without its text. `quarantine` says where it was meant to go."""
    place, event = each.place, each.event
    return {
        "id": place.decision,
        "agent": place.agent,
        "path": place.path,
        "quarantine": place.quarantine,
        "at": stamp(place.at),
        "integrity": int(place.label.integrity),
        "confidentiality": int(place.label.confidentiality),
        "sources": sorted(place.label.sources),
        "who": event.who if event else "",
        "by": _by(event) if event else "",
        "session": event.session if event else "",
    }


def _by(event: Event) -> str:
    """The tool that wrote it, or what a person did."""
    kind, _, name = event.resource.partition("::")
    return name if kind == "Tool" else str(event.tag)


def done(acts: Sequence[Done]) -> dict[str, Any]:
    return {"done": [{"path": each.path, "says": each.says} for each in acts]}
