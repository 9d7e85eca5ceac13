"""Signing in over the operators' API, one's own sign-ins and credentials, and invitations.

Passkeys are the console's: only a browser has them.
"""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clawband.audit.entry import stamp
from clawband.edges.api import asked, views, wire
from clawband.edges.api.problems import problem
from clawband.edges.api.routing import Table
from clawband.flows import sign_in
from clawband.flows.invite import Invitation
from clawband.flows.sessions import Own
from clawband.identity.session import Seen
from clawband.model.errors import Error, SecondFactorNeededError
from clawband.model.person import SignedIn
from clawband.service.service import Service


def doors(service: Service) -> list[Route]:
    """For who is not signed in yet."""
    return [Route("/api/v1/session", partial(_sign_in, service), methods=["POST"])]


async def _sign_in(service: Service, request: Request) -> Response:
    """A problem that `needs` a `code` means that the password was right."""
    try:
        body = await asked.given(request, "name", "password", "code", optional=True)
        address = request.client.host if request.client else ""
        seen = Seen(address=address, agent=request.headers.get("user-agent", ""), terminal=True)
        secret = await service.people.sign_in(
            asked.text(body, "name"), asked.text(body, "password"), body.get("code", ""), seen
        )
        return wire.told(_told(service, secret))
    except SecondFactorNeededError as error:
        return problem(error, needs="code")
    except Error as error:
        return problem(error)


async def _prove(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "code")
    return _told(service, await service.people.step_up(signed, body["code"]))


async def _sessions(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"sessions": [_session(each) for each in service.people.sessions(signed)]}


async def _end(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.people.revoke(signed, request.path_params["id"])
    return {"ok": True}


async def _end_others(service: Service, _request: Request, signed: SignedIn) -> Any:
    await service.people.revoke(signed)
    return {"ok": True}


async def _credentials(service: Service, _request: Request, signed: SignedIn) -> Any:
    held = service.people.credentials(signed)
    device = held.one_time
    return {
        "passkeys": [
            {"id": each.id, "label": each.value.label, "synced": each.value.synced,
             "added": stamp(each.value.added), "used": _when(each.value.used)}
            for each in held.passkeys
        ],
        "one_time": {"added": stamp(device.added), "used": _when(device.used)} if device else None,
        "recovery_codes": len(held.recovery.codes) if held.recovery else 0,
    }  # fmt: skip


async def _begin_device(service: Service, _request: Request, signed: SignedIn) -> Any:
    uri, secret = service.people.begin_totp(signed)
    return {"uri": uri, "secret": secret}


async def _finish_device(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "code")
    return _told(service, await service.people.finish_totp(signed, body["code"]))


async def _recovery(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"codes": await service.people.recovery_codes(signed)}


async def _password(service: Service, request: Request, signed: SignedIn) -> Any:
    """Without a second factor the `current` one is asked for."""
    body = await asked.given(request, "password", "current", optional=True)
    made = await service.people.set_password(
        signed, body.get("current", "")[: sign_in.MAX_PASSWORD], asked.text(body, "password")
    )
    return _told(service, made)


async def _remove(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.people.remove_credential(signed, request.path_params["id"])
    return {"ok": True}


async def _invitations(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"invitations": [_invitation(each) for each in service.people.invitations(signed)]}


async def _invite(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.fields(request)
    made = await service.people.invite(
        asked.text(body, "name"),
        asked.texts(body, "roles"),
        asked.texts(body, "aliases"),
        signed,
        asked.text(body, "mail", ""),
    )
    return {"link": made.link, "expires": stamp(made.expires)}


async def _recover(service: Service, request: Request, signed: SignedIn) -> Any:
    made = await service.people.recover(request.path_params["name"], signed)
    return {"link": made.link, "expires": stamp(made.expires)}


async def _withdraw(service: Service, request: Request, signed: SignedIn) -> Any:
    await service.people.withdraw(request.path_params["name"], signed)
    return {"ok": True}


ROUTES: Table = (
    ("/session/prove", "POST", _prove),
    ("/sessions", "GET", _sessions),
    ("/sessions", "DELETE", _end_others),
    ("/sessions/{id}", "DELETE", _end),
    ("/credentials", "GET", _credentials),
    ("/credentials/one-time", "POST", _begin_device),
    ("/credentials/one-time/confirm", "POST", _finish_device),
    ("/credentials/recovery", "POST", _recovery),
    ("/credentials/password", "POST", _password),
    ("/credentials/{id}", "DELETE", _remove),
    ("/invitations", "GET", _invitations),
    ("/invitations", "POST", _invite),
    ("/invitations/{name}", "DELETE", _withdraw),
    ("/operators/{name}/recover", "POST", _recover),
)


def _told(service: Service, secret: str) -> dict[str, Any]:
    """Whoever was given a secret, and with which roles."""
    signed = service.operators.who(secret)
    return {"token": secret, "operator": views.operator(signed.operator)}


def _session(own: Own) -> dict[str, Any]:
    kept = own.sign_in
    return {
        "id": own.id,
        "current": own.current,
        "opened": stamp(kept.opened),
        "used": stamp(kept.used),
        "expires": stamp(kept.expires),
        "method": str(kept.method),
        "address": kept.address,
        "agent": kept.agent,
        "terminal": kept.terminal,
        "new_device": kept.new_device,
        "new_address": kept.new_address,
    }


def _invitation(each: Invitation) -> dict[str, Any]:
    return {
        "name": each.name,
        "roles": sorted(str(role) for role in each.roles),
        "by": each.by,
        "expires": stamp(each.expires),
    }


def _when(at: Any) -> str:
    return stamp(at) if at else ""
