"""Changing what is held, and standing in for who is away, over the operators' API."""

from typing import Any

from starlette.requests import Request

from clawband.approvals.delegation import Delegation
from clawband.audit.entry import stamp
from clawband.edges.api import asked, views
from clawband.edges.api.routing import Table
from clawband.flows.edit import Version
from clawband.model.errors import InputError
from clawband.model.person import SignedIn
from clawband.service.service import Service


async def _edits(service: Service, request: Request, signed: SignedIn) -> Any:
    """What can be changed of it, and what was."""
    found = service.seen(signed).approval(request.path_params["id"])
    versions = await service.edits.versions(found, signed)
    return {
        "draft": await service.edits.draft(found.id, signed),
        "versions": [version(each) for each in versions],
    }


async def _edit(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.fields(request)
    changes = body.get("changes")
    if not isinstance(changes, dict):
        raise InputError(
            "expected `changes` to be an object", remedy="send the new texts by their argument"
        )
    edited = await service.edits.edit(request.path_params["id"], changes, signed)
    return views.approval(edited)


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    now = service.running.now()
    found = service.delegations.listed(signed)
    return {"delegations": [{**delegation(each), "holds": each.holds(now)} for each in found]}


async def _delegate(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "to", "until", "purpose")
    start = asked.instant(body["start"], "start") if "start" in body else None
    until = asked.instant(body["until"], "until")
    added = await service.delegations.add(body["to"], start, until, body["purpose"], signed)
    return delegation(added)


async def _end(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.delegations.end(request.path_params["name"], signed)
    return {"ok": True}


ROUTES: Table = (
    ("/approvals/{id}/edits", "GET", _edits),
    ("/approvals/{id}/edit", "POST", _edit),
    ("/delegations", "GET", _listed),
    ("/delegations", "POST", _delegate),
    ("/delegations/{name}", "DELETE", _end),
)


def version(each: Version) -> dict[str, Any]:
    return {
        "by": each.by,
        "at": stamp(each.at),
        "changes": [
            {
                "key": change.key,
                "pieces": [{"kind": piece.kind, "text": piece.text} for piece in change.pieces],
            }
            for change in each.changes
        ],
    }


def delegation(each: Delegation) -> dict[str, Any]:
    return {
        "giver": each.giver,
        "to": each.to,
        "start": stamp(each.start),
        "until": stamp(each.until),
        "purpose": each.purpose,
    }
