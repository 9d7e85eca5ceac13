"""Prove it is you: the second factor once more, before an act that changes who is trusted."""

from collections.abc import Awaitable

from starlette.responses import RedirectResponse, Response

from clawband.edges.console import passkeys, security
from clawband.edges.console.visit import Visit
from clawband.model.errors import Error


async def show(visit: Visit) -> Response:
    return await _page(visit, security.local_path(visit.asked("next", 2_000) or "/"))


async def by_code(visit: Visit) -> Response:
    """A one-time password or a recovery code."""
    code = visit.fields.get("code", "")
    return await _onward(visit, visit.service.people.step_up(visit.me, code))


async def begin(visit: Visit) -> Response:
    return passkeys.told(visit.service.people.begin_step_up(visit.me))


async def by_passkey(visit: Visit) -> Response:
    challenge, credential = visit.fields.get("challenge", ""), visit.fields.get("credential", "")
    proof = visit.service.people.finish_step_up(visit.me, challenge, credential)
    return await _onward(visit, proof)


async def _onward(visit: Visit, proof: Awaitable[str]) -> Response:
    """The sign-in goes on under a new secret; whoever had the old one is out."""
    wanted = security.local_path(visit.fields.get("next", "/"))
    try:
        secret = await proof
    except Error as error:
        return await _page(visit, wanted, error)
    response = RedirectResponse(wanted, status_code=303)
    security.keep_secret(response, secret, secure=visit.console.secure)
    return response


async def _page(visit: Visit, wanted: str, error: Error | None = None) -> Response:
    held, federation = visit.service.people.credentials(visit.me), visit.service.federation
    return await visit.show(
        "prove.html",
        status=403 if error else 200,
        wanted=wanted,
        error=error,
        passkeys=held.passkeys,
        provider=federation.provider if federation.connected(visit.me) else "",
        codes=held.one_time is not None or held.recovery is not None,
    )
