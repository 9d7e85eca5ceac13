"""Changes that take two people, over the operators' API."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import BaseRoute

from clawband.audit.entry import stamp
from clawband.edges.api import operators, wire
from clawband.identity.proposal import Proposal
from clawband.model.person import SignedIn
from clawband.service.proposals import Shown
from clawband.service.service import Service

Act = Callable[[Service, Request, SignedIn], Awaitable[Any]]


class SetProposed(msgspec.Struct):
    """A policy set: texts by file name."""

    files: dict[str, str]
    note: str


class PersonProposed(msgspec.Struct):
    """Somebody to be invited."""

    name: str
    roles: list[str]
    note: str
    aliases: list[str] = []


_set = msgspec.json.Decoder(SetProposed)
_person = msgspec.json.Decoder(PersonProposed)


def routes(service: Service) -> list[BaseRoute]:
    """More paths below `/api/v1`."""
    return [
        operators.route(service, path, method, partial(act, service))
        for path, method, act in ROUTES
    ]


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    now = service.running.now()
    found = service.proposals.listed(signed)
    return {"proposals": [{**proposal(each), "open": each.open(now)} for each in found]}


async def _shown(service: Service, request: Request, signed: SignedIn) -> Any:
    """With what it would change, in words."""
    return shown(await service.proposals.shown(request.path_params["id"], signed))


async def _publish(service: Service, request: Request, signed: SignedIn) -> Any:
    asked = wire.read(await wire.body(request), _set)
    return proposal(await service.proposals.publish(asked.files, asked.note, signed))


async def _roll_back(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await operators.given(request, "note")
    return proposal(await service.proposals.roll_back(body["note"], signed))


async def _invite(service: Service, request: Request, signed: SignedIn) -> Any:
    asked = wire.read(await wire.body(request), _person)
    made = await service.proposals.invite(
        asked.name, asked.roles, asked.aliases, asked.note, signed
    )
    return proposal(made)


async def _remove(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await operators.given(request, "name", "note")
    return proposal(await service.proposals.remove(body["name"], body["note"], signed))


async def _agree(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await operators.given(request, "digest")
    agreed = await service.proposals.agree(request.path_params["id"], body["digest"], signed)
    link = {"link": agreed.link} if agreed.link else {}
    return {**proposal(agreed.proposal), **link}


async def _refuse(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await operators.given(request, "note", optional=True)
    note = body.get("note", "")
    return proposal(await service.proposals.refuse(request.path_params["id"], signed, note))


ROUTES: tuple[tuple[str, str, Act], ...] = (
    ("/changes", "GET", _listed),
    ("/changes/publish", "POST", _publish),
    ("/changes/rollback", "POST", _roll_back),
    ("/changes/invite", "POST", _invite),
    ("/changes/remove", "POST", _remove),
    ("/changes/{id}", "GET", _shown),
    ("/changes/{id}/agree", "POST", _agree),
    ("/changes/{id}/refuse", "POST", _refuse),
)


def proposal(each: Proposal) -> dict[str, Any]:
    """As it is kept."""
    return {
        "id": each.id,
        "what": str(each.what),
        "content": dict(each.says),
        "digest": each.digest,
        "note": each.note,
        "by": each.by,
        "opened": stamp(each.opened),
        "until": stamp(each.until),
        "stage": str(each.stage),
        "closed": stamp(each.closed) if each.closed else None,
        "closed_by": each.closed_by,
        "reason": each.reason,
    }


def shown(each: Shown) -> dict[str, Any]:
    told = [{"says": change.says, "direction": str(change.direction)} for change in each.changes]
    return {**proposal(each.proposal), "changes": told, "problem": each.problem}
