"""The front doors, and who is through them, over the operators' API."""

from typing import Any

from starlette.requests import Request

from clawband.edges.api.routing import Table
from clawband.model.doors import DoorSettings
from clawband.model.person import SignedIn
from clawband.service.doors import Guest
from clawband.service.service import Service


async def _doors(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {
        "doors": [
            _told(door) | {"people": [_guest(each) for each in guests]}
            for door, guests in service.doors.listed(signed)
        ]
    }


ROUTES: Table = (("/doors", "GET", _doors),)


def _told(door: DoorSettings) -> dict[str, Any]:
    return {
        "name": door.name, "gateway": door.gateway, "listen": door.listen, "origin": door.origin,
        "certificate": door.certificate, "tls": door.tls,
        "roles": {role: list(scopes) for role, scopes in door.roles.items()},
    }  # fmt: skip


def _guest(guest: Guest) -> dict[str, Any]:
    return {
        "person": guest.person, "address": guest.address, "scopes": list(guest.scopes),
        "since": guest.since, "used": guest.used, "counts": dict(guest.counts),
    }  # fmt: skip
