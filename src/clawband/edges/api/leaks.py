"""Leaks over the operators' API: reported, carried on, closed; and what a scan found."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import wire
from clawband.edges.api.routing import Table
from clawband.flows.kept import Kept
from clawband.flows.leak import Asked, Came
from clawband.model.errors import InputError
from clawband.model.leak import TIMEBOX, Leak, Result, Step, Task
from clawband.model.person import SignedIn
from clawband.service.service import Service

MOST_FOUND = 1_000


class Reported(msgspec.Struct, forbid_unknown_fields=True):
    """A leak of the secret with this name, print or value."""

    how: str
    secret: str = ""
    print: str = ""
    base64: str = ""
    folders: tuple[str, ...] = ()
    minutes: int = int(TIMEBOX.total_seconds() // 60)


class Taken(msgspec.Struct, forbid_unknown_fields=True):
    """A step that Clawband is to take."""

    step: Step
    folders: tuple[str, ...] = ()


class Marked(msgspec.Struct, forbid_unknown_fields=True):
    """A step that somebody took."""

    step: Step
    says: str
    failed: bool = False
    evidence: tuple[str, ...] = ()


class Assigned(msgspec.Struct, forbid_unknown_fields=True):
    step: Step
    owner: str


class Closed(msgspec.Struct, forbid_unknown_fields=True):
    accept: str = ""


class Place(msgspec.Struct, forbid_unknown_fields=True):
    """A value that was found somewhere, in base 64."""

    base64: str
    where: str


class Scanned(msgspec.Struct, forbid_unknown_fields=True):
    found: tuple[Place, ...]


_report_decoder = msgspec.json.Decoder(Reported)
_take_decoder = msgspec.json.Decoder(Taken)
_mark_decoder = msgspec.json.Decoder(Marked)
_assign_decoder = msgspec.json.Decoder(Assigned)
_close_decoder = msgspec.json.Decoder(Closed)
_scan_decoder = msgspec.json.Decoder(Scanned)


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"leaks": [_told(service, each) for each in service.leaks.listed(signed)]}


async def _open(service: Service, request: Request, signed: SignedIn) -> Any:
    said = wire.read(await wire.body(request), _report_decoder)
    asked = Asked(how=said.how, folders=said.folders, minutes=said.minutes)
    if sum(map(bool, (said.secret, said.print, said.base64))) != 1:
        raise InputError("expected one of `secret`, `print` and `base64`", remedy="send one")
    if said.secret:
        kept = await service.leaks.open(said.secret, asked, signed)
    elif said.print:
        kept = await service.leaks.open_by_print(said.print, asked, signed)
    else:
        kept = await service.leaks.open_by_value(_bytes(said.base64), asked, signed)
    return {"leak": _told(service, kept)}


async def _shown(service: Service, request: Request, signed: SignedIn) -> Any:
    return _now(service, request, signed)


async def _take(service: Service, request: Request, signed: SignedIn) -> Any:
    said = wire.read(await wire.body(request), _take_decoder)
    await service.leaks.take(_id(request), said.step, signed, folders=said.folders)
    return _now(service, request, signed)


async def _mark(service: Service, request: Request, signed: SignedIn) -> Any:
    said = wire.read(await wire.body(request), _mark_decoder)
    result = Result.FAILED if said.failed else Result.DONE
    came = Came(step=said.step, result=result, says=said.says, evidence=said.evidence)
    await service.leaks.mark(_id(request), came, signed)
    return _now(service, request, signed)


async def _assign(service: Service, request: Request, signed: SignedIn) -> Any:
    said = wire.read(await wire.body(request), _assign_decoder)
    await service.leaks.assign(_id(request), said.step, said.owner, signed)
    return _now(service, request, signed)


async def _close(service: Service, request: Request, signed: SignedIn) -> Any:
    said = wire.read(await wire.body(request) or b"{}", _close_decoder)
    await service.leaks.close(_id(request), signed, said.accept)
    return _now(service, request, signed)


async def _found(service: Service, request: Request, signed: SignedIn) -> Any:
    """Values that are none of ours are forgotten with the answer."""
    said = wire.read(await wire.body(request), _scan_decoder)
    if len(said.found) > MOST_FOUND:
        raise InputError(
            f"expected at most {MOST_FOUND}, got {len(said.found)}", remedy="send them in parts"
        )
    answers = []
    for each in said.found:
        value = _bytes(each.base64)
        honeytoken = service.honeytokens.of(value, signed)
        secret = "" if honeytoken else await service.sightings.found(value, each.where, signed)
        answers.append({"secret": secret, "honeytoken": honeytoken})
    return {"found": answers}


ROUTES: Table = (
    ("/leaks", "GET", _listed),
    ("/leaks", "POST", _open),
    ("/leaks/{id}", "GET", _shown),
    ("/leaks/{id}/take", "POST", _take),
    ("/leaks/{id}/mark", "POST", _mark),
    ("/leaks/{id}/assign", "POST", _assign),
    ("/leaks/{id}/close", "POST", _close),
    ("/scanned", "POST", _found),
)


def _told(service: Service, kept: Kept[Leak]) -> dict[str, Any]:
    leak = kept.value
    return {
        "id": kept.id,
        "secret": leak.secret,
        "environment": leak.environment,
        "versions": list(leak.versions),
        "how": leak.how,
        "by": leak.by,
        "opened": stamp(leak.opened),
        "due": stamp(leak.due),
        "overdue": leak.overdue(service.running.now()),
        "steps": [_task(each) for each in leak.tasks],
        "copies": [{"where": each.where, "seen": stamp(each.seen)} for each in leak.copies],
        "folders": list(leak.folders),
        "rotation": leak.rotation,
        "closed": stamp(leak.closed) if leak.closed else None,
        "closed_by": leak.closed_by,
        "accepted": leak.accepted,
    }


def _task(task: Task) -> Mapping[str, Any]:
    return {
        "step": str(task.step),
        "owner": task.owner,
        "result": str(task.result),
        "says": task.says,
        "evidence": list(task.evidence),
        "by": task.by,
        "began": stamp(task.began) if task.began else None,
        "ended": stamp(task.ended) if task.ended else None,
    }


def _now(service: Service, request: Request, signed: SignedIn) -> Mapping[str, Any]:
    return {"leak": _told(service, service.leaks.get(_id(request), signed))}


def _id(request: Request) -> str:
    return str(request.path_params["id"])


def _bytes(text: str) -> bytes:
    """What is wrong with it is said without it."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("expected base 64", remedy="encode the exact bytes") from error
