"""Secrets over the operators' API: what is kept, for whom, and a new value. No path tells one."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import msgspec
from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import wire
from clawband.edges.api.routing import Table
from clawband.model.errors import InputError
from clawband.model.person import SignedIn
from clawband.model.secret import OWN, Plan, Secret, Target, Version
from clawband.service.service import Service

PRINT_CHARACTERS = 16
"""Of a print: enough to tell two values apart."""


class TargetAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A field that is not known could have been meant to narrow it."""

    hosts: tuple[str, ...]
    header: str = "authorization"
    form: str = "{}"
    methods: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class PlanAsked(msgspec.Struct, forbid_unknown_fields=True):
    driver: str
    every_days: int = 0
    overlap_minutes: int = 0
    options: dict[str, str] = {}


class Added(msgspec.Struct, forbid_unknown_fields=True):
    """A secret that is wanted; its value comes by another request."""

    name: str
    environment: str
    kind: str
    purpose: str
    owner: str = ""
    vault: str = OWN
    place: str = ""
    gateways: tuple[str, ...] = ()
    targets: tuple[TargetAsked, ...] = ()
    plan: PlanAsked | None = None


class Changed(msgspec.Struct, forbid_unknown_fields=True):
    """What is said replaces what is there."""

    kind: str | msgspec.UnsetType = msgspec.UNSET
    owner: str | msgspec.UnsetType = msgspec.UNSET
    purpose: str | msgspec.UnsetType = msgspec.UNSET
    gateways: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    targets: tuple[TargetAsked, ...] | msgspec.UnsetType = msgspec.UNSET
    plan: PlanAsked | msgspec.UnsetType | None = msgspec.UNSET


class Valued(msgspec.Struct, forbid_unknown_fields=True):
    """The value: a text, or any bytes in base 64."""

    value: str | msgspec.UnsetType = msgspec.UNSET
    base64: str | msgspec.UnsetType = msgspec.UNSET


_add_decoder = msgspec.json.Decoder(Added)
_change_decoder = msgspec.json.Decoder(Changed)
_value_decoder = msgspec.json.Decoder(Valued)


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"secrets": [told(each) for each in service.secrets.listed(signed)]}


async def _shown(service: Service, request: Request, signed: SignedIn) -> Any:
    return {"secret": told(service.secrets.get(_name(request), signed))}


async def _add(service: Service, request: Request, signed: SignedIn) -> Any:
    asked: Added = wire.read(await wire.body(request), _add_decoder)
    secret = Secret(
        name=asked.name, environment=asked.environment, kind=asked.kind, purpose=asked.purpose,
        owner=asked.owner or signed.name, vault=asked.vault, place=asked.place,
        gateways=asked.gateways, added=service.running.now(), **_built(asked),
    )  # fmt: skip
    return {"secret": told(await service.secrets.add(secret, signed))}


async def _change(service: Service, request: Request, signed: SignedIn) -> Any:
    asked: Changed = wire.read(await wire.body(request), _change_decoder)
    plain = {each: getattr(asked, each) for each in ("kind", "owner", "purpose", "gateways")}
    said = {**plain, **_built(asked)}
    changes = {key: value for key, value in said.items() if value is not msgspec.UNSET}
    changed = await service.secrets.change(
        _name(request), lambda was: replace(was, **changes), signed
    )
    return {"secret": told(changed)}


async def _put(service: Service, request: Request, signed: SignedIn) -> Any:
    value = _value(wire.read(await wire.body(request), _value_decoder))
    return {"secret": told(await service.secrets.put(_name(request), value, signed))}


async def _refresh(service: Service, request: Request, signed: SignedIn) -> Any:
    return {"secret": told(await service.secrets.refresh(_name(request), signed))}


async def _remove(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.secrets.remove(_name(request), signed)
    return {"ok": True}


ROUTES: Table = (
    ("/secrets", "GET", _listed),
    ("/secrets", "POST", _add),
    ("/secrets/{name:path}", "GET", _shown),
    ("/secrets/{name:path}", "POST", _change),
    ("/secrets/{name:path}", "DELETE", _remove),
    # Not below the secret's own path: a name may hold slashes.
    ("/secret-values/{name:path}", "POST", _put),
    ("/secret-refresh/{name:path}", "POST", _refresh),
)


def told(secret: Secret) -> dict[str, Any]:
    """A secret without any of its values."""
    return {
        "name": secret.name,
        "environment": secret.environment,
        "kind": secret.kind,
        "owner": secret.owner,
        "purpose": secret.purpose,
        "added": stamp(secret.added),
        "vault": secret.vault,
        "place": secret.place,
        "gateways": list(secret.gateways),
        "targets": [asdict(each) for each in secret.targets],
        "plan": asdict(secret.plan) if secret.plan else None,
        "versions": [_version(each) for each in secret.versions],
    }


def _version(each: Version) -> Mapping[str, Any]:
    return {
        "number": each.number,
        "state": str(each.state),
        "print": each.print[:PRINT_CHARACTERS],
        "by": each.by,
        "made": stamp(each.made),
        "ended": stamp(each.ended) if each.ended else None,
    }


def _built(asked: Added | Changed) -> dict[str, Any]:
    """The parts of it that are values of their own."""
    unset, targets, plan = msgspec.UNSET, asked.targets, asked.plan
    return {
        "targets": unset if targets is unset else tuple(_target(each) for each in targets),
        "plan": Plan(**msgspec.structs.asdict(plan)) if isinstance(plan, PlanAsked) else plan,
    }


def _target(asked: TargetAsked) -> Target:
    return Target(**msgspec.structs.asdict(asked))


def _value(asked: Valued) -> bytes:
    """What is wrong with it is said without it."""
    text, encoded = asked.value, asked.base64
    try:
        if isinstance(text, str) and encoded is msgspec.UNSET:
            return text.encode()
        if isinstance(encoded, str) and text is msgspec.UNSET:
            return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise InputError(
        "expected one of `value`, a text, and `base64`",
        remedy="send one of them",
    )


def _name(request: Request) -> str:
    return str(request.path_params["name"])
