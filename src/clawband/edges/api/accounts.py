"""Service accounts and their keys over the operators' API."""

from typing import Any

import msgspec
from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked, wire
from clawband.edges.api.routing import Table
from clawband.flows.accounts import Fresh, Held, Listed
from clawband.flows.kept import Kept
from clawband.flows.trade import Traded
from clawband.identity import keys
from clawband.identity.keys import Account, Key
from clawband.model.person import SignedIn
from clawband.service.service import Service


class KeyAsked(msgspec.Struct):
    """A key that is wanted: for which acts, for how many days, for which environment."""

    acts: list[str]
    days: int = keys.LIFE_DAYS
    environment: str = ""


class RotationAsked(msgspec.Struct):
    """For how many hours the old key still opens."""

    hours: float = keys.OVERLAP_HOURS


_key = msgspec.json.Decoder(KeyAsked)
_rotation = msgspec.json.Decoder(RotationAsked)


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    found = service.accounts.listed(signed)
    return {"accounts": [listed(service, each) for each in found]}


async def _add(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "name", "owner", "purpose")
    added = await service.accounts.add(body["name"], body["owner"], body["purpose"], signed)
    return {"account": account(added)}


async def _give(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "owner")
    given = await service.accounts.give(request.path_params["name"], body["owner"], signed)
    return {"account": account(given)}


async def _remove(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.accounts.remove(request.path_params["name"], signed)
    return {"ok": True}


async def _add_key(service: Service, request: Request, signed: SignedIn) -> Any:
    """The answer holds the key itself, once."""
    wanted = wire.read(await wire.body(request), _key)
    named = request.path_params["name"]
    made = await service.accounts.add_key(
        named, wanted.acts, wanted.days, signed, wanted.environment
    )
    return fresh(made)


async def _rotate(service: Service, request: Request, signed: SignedIn) -> Any:
    """The answer holds the new key itself, once."""
    wanted = wire.read(await wire.body(request) or b"{}", _rotation)
    return fresh(await service.accounts.rotate(request.path_params["id"], wanted.hours, signed))


async def _revoke(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.accounts.revoke(request.path_params["id"], signed)
    return {"ok": True}


async def _lent(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"lent": [lent(each) for each in service.workloads.lent(signed)]}


async def _end(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.workloads.revoke(request.path_params["id"], signed)
    return {"ok": True}


ROUTES: Table = (
    ("/accounts", "GET", _listed),
    ("/accounts", "POST", _add),
    ("/accounts/{name}", "DELETE", _remove),
    ("/accounts/{name}/keys", "POST", _add_key),
    ("/accounts/{name}/owner", "POST", _give),
    ("/keys/{id}", "DELETE", _revoke),
    ("/keys/{id}/rotate", "POST", _rotate),
    ("/workloads", "GET", _lent),
    ("/workloads/{id}", "DELETE", _end),
)


def listed(service: Service, each: Listed) -> dict[str, Any]:
    held = [_held(service, one) for one in each.keys]
    return account(each.account) | {"owned": each.owned, "keys": held}


def account(each: Account) -> dict[str, Any]:
    return {
        "name": each.name,
        "owner": each.owner,
        "purpose": each.purpose,
        "by": each.by,
        "added": stamp(each.added),
    }


def lent(each: Kept[Traded]) -> dict[str, Any]:
    """What a workload was given for its token."""
    return {
        "id": each.id,
        "workload": each.value.workload,
        "issuer": each.value.issuer,
        "subject": each.value.subject,
        "acts": sorted(each.value.acts),
        "made": stamp(each.value.made),
        "expires": stamp(each.value.expires),
    }


def fresh(made: Fresh) -> dict[str, Any]:
    return {"key": made.secret, **_key_of(made.id, made.key)}


def _held(service: Service, held: Held) -> dict[str, Any]:
    return {
        **_key_of(held.id, held.key),
        "alive": held.key.alive(service.running.now()),
        "used": stamp(held.used) if held.used else None,
        "replaced": held.key.replaced,
        "doubts": list(service.accounts.doubts(held)),
    }


def _key_of(named: str, key: Key) -> dict[str, Any]:
    return {
        "id": named,
        "account": key.account,
        "acts": sorted(key.acts),
        "environment": key.environment,
        "by": key.by,
        "made": stamp(key.made),
        "expires": stamp(key.expires),
    }
