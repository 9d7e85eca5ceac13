"""Changes that take two people, over the operators' API."""

from typing import Any

import msgspec
from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked, wire
from clawband.edges.api.routing import Table
from clawband.identity.proposal import Proposal
from clawband.model.person import SignedIn
from clawband.service.proposals import Shown
from clawband.service.service import Service


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


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    now = service.running.now()
    found = service.proposals.listed(signed)
    return {"proposals": [{**proposal(each), "open": each.open(now)} for each in found]}


async def _shown(service: Service, request: Request, signed: SignedIn) -> Any:
    """With what it would change, in words."""
    return shown(await service.proposals.shown(request.path_params["id"], signed))


async def _publish(service: Service, request: Request, signed: SignedIn) -> Any:
    wanted = wire.read(await wire.body(request), _set)
    return proposal(await service.proposals.publish(wanted.files, wanted.note, signed))


async def _roll_back(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "note")
    return proposal(await service.proposals.roll_back(body["note"], signed))


async def _invite(service: Service, request: Request, signed: SignedIn) -> Any:
    wanted = wire.read(await wire.body(request), _person)
    made = await service.proposals.invite(
        wanted.name, wanted.roles, wanted.aliases, wanted.note, signed
    )
    return {**proposal(made.proposal), "link": made.link}


async def _remove(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "name", "note")
    return proposal(await service.proposals.remove(body["name"], body["note"], signed))


async def _recover(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "name", "note")
    made = await service.proposals.recover(body["name"], body["note"], signed)
    return {**proposal(made.proposal), "link": made.link}


async def _unguard(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "name", "note")
    return proposal(await service.proposals.unguard(body["name"], body["note"], signed))


async def _agree(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "digest")
    return proposal(
        await service.proposals.agree(request.path_params["id"], body["digest"], signed)
    )


async def _refuse(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "note", optional=True)
    note = body.get("note", "")
    return proposal(await service.proposals.refuse(request.path_params["id"], signed, note))


ROUTES: Table = (
    ("/changes", "GET", _listed),
    ("/changes/publish", "POST", _publish),
    ("/changes/rollback", "POST", _roll_back),
    ("/changes/invite", "POST", _invite),
    ("/changes/remove", "POST", _remove),
    ("/changes/recover", "POST", _recover),
    ("/changes/unguard", "POST", _unguard),
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
