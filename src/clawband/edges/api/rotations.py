"""Rotations over the operators' API: begun, looked at, tried again, gone back from."""

from typing import Any

import msgspec
from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked, wire
from clawband.edges.api.routing import Table
from clawband.flows.kept import Kept
from clawband.model.person import SignedIn
from clawband.model.rotation import Planned, Rotation, Took
from clawband.service.service import Service


class RotationAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A rotation that is wanted, or its rehearsal."""

    secret: str
    rehearse: bool = False
    at_once: bool = False


_wanted = msgspec.json.Decoder(RotationAsked)


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"rotations": [told(each) for each in service.rotations.listed(signed)]}


async def _begin(service: Service, request: Request, signed: SignedIn) -> Any:
    wanted = wire.read(await wire.body(request), _wanted)
    begun = await service.rotations.begin(
        wanted.secret, signed, rehearse=wanted.rehearse, at_once=wanted.at_once
    )
    return {"rotation": told(begun)}


async def _shown(service: Service, request: Request, signed: SignedIn) -> Any:
    return {"rotation": told(service.rotations.get(request.path_params["id"], signed))}


async def _resume(service: Service, request: Request, signed: SignedIn) -> Any:
    return {"rotation": told(await service.rotations.resume(request.path_params["id"], signed))}


async def _roll_back(service: Service, request: Request, signed: SignedIn) -> Any:
    because = asked.text(await asked.fields(request, empty=True), "because", "")
    back = await service.rotations.roll_back(request.path_params["id"], signed, because)
    return {"rotation": told(back)}


async def _calendar(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"calendar": [planned(each) for each in service.rotations.calendar(signed)]}


ROUTES: Table = (
    ("/rotations", "GET", _listed),
    ("/rotations", "POST", _begin),
    ("/rotations/{id}", "GET", _shown),
    ("/rotations/{id}/resume", "POST", _resume),
    ("/rotations/{id}/roll-back", "POST", _roll_back),
    ("/rotation-calendar", "GET", _calendar),
)


def told(kept: Kept[Rotation]) -> dict[str, Any]:
    each = kept.value
    return {
        "id": kept.id,
        "secret": each.secret,
        "environment": each.environment,
        "driver": each.driver,
        "by": each.by,
        "begun": stamp(each.begun),
        "rehearsal": each.rehearsal,
        "at_once": each.at_once,
        "back": each.back,
        "returnable": each.returnable,
        "step": str(each.step or ""),
        "left": [str(step) for step in each.left],
        "until": stamp(each.until) if each.until else None,
        "problem": each.problem,
        "tries": each.tries,
        "old": list(each.old),
        "new": each.new or None,
        "steps": [_took(one) for one in each.took],
        "ended": stamp(each.ended) if each.ended else None,
        "outcome": each.outcome,
    }


def planned(each: Planned) -> dict[str, Any]:
    return {
        "secret": each.secret,
        "environment": each.environment,
        "owner": each.owner,
        "driver": each.driver,
        "every_days": each.every_days,
        "last": stamp(each.last) if each.last else None,
        "due": stamp(each.due) if each.due else None,
        "stand": str(each.stand),
        "running": each.running,
        "problem": each.problem,
    }


def _took(each: Took) -> dict[str, Any]:
    return {
        "step": str(each.step),
        "began": stamp(each.began),
        "ended": stamp(each.ended),
        "seconds": round((each.ended - each.began).total_seconds(), 3),
        "words": each.words,
    }
