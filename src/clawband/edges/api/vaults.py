"""Vaults over the operators' API: how they are, whether all is there, and another master key."""

from dataclasses import asdict
from typing import Any

import msgspec
from starlette.requests import Request

from clawband.edges.api import wire
from clawband.edges.api.routing import Table
from clawband.model.person import SignedIn
from clawband.service.service import Service


class RewrapAsked(msgspec.Struct, forbid_unknown_fields=True):
    """`again`: also what the master key wraps already."""

    again: bool = False


_rewrap_decoder = msgspec.json.Decoder(RewrapAsked)


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    master = await service.vaults.master(signed)
    return {
        "vaults": [asdict(each) for each in await service.vaults.listed(signed)],
        "master": {**asdict(master), "behind": master.behind},
    }


async def _check(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"versions": [asdict(each) for each in await service.vaults.check(signed)]}


async def _rewrap(service: Service, request: Request, signed: SignedIn) -> Any:
    asked = wire.read(await wire.body(request) or b"{}", _rewrap_decoder)
    return asdict(await service.vaults.rewrap(signed, again=asked.again))


ROUTES: Table = (
    ("/vaults", "GET", _listed),
    ("/vaults/check", "POST", _check),
    ("/vaults/rewrap", "POST", _rewrap),
)
