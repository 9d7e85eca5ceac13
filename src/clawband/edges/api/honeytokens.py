"""Honeytokens over the operators' API: planted, listed, taken away. A value is told once."""

from typing import Any

import msgspec
from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import wire
from clawband.edges.api.routing import Table
from clawband.flows.honeytokens import Asked
from clawband.model.honeytoken import Honeytoken
from clawband.model.person import SignedIn
from clawband.service.service import Service


class Planted(msgspec.Struct, forbid_unknown_fields=True):
    """One that is wanted. With `file` it is written there, without it is told."""

    kind: str
    where: str
    environment: str = ""
    gateway: str = ""
    agent: str = ""
    file: str = ""
    secret: str = ""


_plant_decoder = msgspec.json.Decoder(Planted)


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    found = service.honeytokens.listed(signed)
    return {"honeytokens": [told(each.id, each.value) for each in found]}


async def _plant(service: Service, request: Request, signed: SignedIn) -> Any:
    wanted = wire.read(await wire.body(request), _plant_decoder)
    asked = Asked(**msgspec.structs.asdict(wanted))
    new, token, made = await service.honeytokens.plant(asked, signed)
    return {"honeytoken": told(new, token), "text": "" if token.file else made.text}


async def _remove(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.honeytokens.remove(request.path_params["id"], signed)
    return {"ok": True}


ROUTES: Table = (
    ("/honeytokens", "GET", _listed),
    ("/honeytokens", "POST", _plant),
    ("/honeytokens/{id}", "DELETE", _remove),
)


def told(id: str, token: Honeytoken) -> dict[str, Any]:
    """One as people see it, without what it is known by."""
    return {
        "id": id,
        "kind": token.kind,
        "where": token.where,
        "environment": token.environment,
        "gateway": token.gateway,
        "agent": token.agent,
        "file": token.file,
        "secret": token.secret,
        "by": token.by,
        "planted": stamp(token.planted),
        "uses": [
            {"source": source, "at": stamp(at)}
            for source, at in sorted(token.told.items(), key=lambda each: each[1], reverse=True)
        ],
    }
