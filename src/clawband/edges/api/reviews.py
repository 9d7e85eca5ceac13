"""Access reviews over the operators' API."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked, wire
from clawband.edges.api.routing import Table
from clawband.flows.kept import Kept
from clawband.flows.review import Shown
from clawband.identity.review import LIFE_DAYS, Item, Review
from clawband.model.person import SignedIn
from clawband.service.service import Service


class ReviewAsked(msgspec.Struct):
    """A review that is wanted, due in this many days."""

    days: int = LIFE_DAYS


_review = msgspec.json.Decoder(ReviewAsked)


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    found = service.reviews.listed(signed)
    return {"reviews": [review(service, each) for each in found]}


async def _open(service: Service, request: Request, signed: SignedIn) -> Any:
    wanted = wire.read(await wire.body(request) or b"{}", _review)
    return review(service, await service.reviews.open(wanted.days, signed))


async def _shown(service: Service, request: Request, signed: SignedIn) -> Any:
    kept, items = await service.reviews.shown(request.path_params["id"], signed)
    return {**review(service, kept), "access": _access(service, items)}


async def _decide(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.fields(request, empty=True)
    item_id, verdict = asked.text(body, "item"), asked.text(body, "verdict")
    note = asked.text(body, "note", "")
    decided = await service.reviews.decide(
        request.path_params["id"], item_id, verdict, note, signed
    )
    return item(service, Shown(decided, gone=False))


async def _close(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.reviews.close(request.path_params["id"], signed)
    return {"ok": True}


async def _evidence(service: Service, request: Request, signed: SignedIn) -> Any:
    told = await service.reviews.evidence(request.path_params["id"], signed)
    access = _access(service, told["items"])
    shown = review(service, told["review"])
    return {"key": told["key"], "review": shown, "access": access, "proofs": told["proofs"]}


ROUTES: Table = (
    ("/reviews", "GET", _listed),
    ("/reviews", "POST", _open),
    ("/reviews/{id}", "GET", _shown),
    ("/reviews/{id}/close", "POST", _close),
    ("/reviews/{id}/decide", "POST", _decide),
    ("/reviews/{id}/evidence", "GET", _evidence),
)


def review(service: Service, kept: Kept[Review]) -> dict[str, Any]:
    each = kept.value
    return {
        "id": kept.id,
        "opened": stamp(each.opened),
        "by": each.by,
        "due": stamp(each.due),
        "items": each.items,
        "overdue": each.overdue(service.running.now()),
        "closed": stamp(each.closed) if each.closed else None,
        "closed_by": each.closed_by,
    }


def item(service: Service, shown: Shown) -> dict[str, Any]:
    each: Item = shown.item
    return {
        "item": each.id,
        "kind": str(each.kind),
        "name": each.name,
        "role": each.role,
        "of": each.of,
        "about": each.about,
        "since": stamp(each.since),
        "used": stamp(each.used) if each.used else None,
        "unused": each.unused(service.running.now()),
        "verdict": str(each.verdict) if each.verdict else ("gone" if shown.gone else None),
        "by": each.by,
        "at": stamp(each.at) if each.at else None,
        "note": each.note,
        "event": each.event,
    }


def _access(service: Service, items: Sequence[Shown]) -> list[dict[str, Any]]:
    return [item(service, each) for each in items]
