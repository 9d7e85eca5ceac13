"""Signing in and out."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from clawband.edges.console import devices, passkeys, security
from clawband.edges.console.visit import Console, Endpoint, Visit, fields_of, signed_in
from clawband.identity.session import Seen
from clawband.identity.throttle import TooManyError
from clawband.model.errors import Error, SecondFactorNeededError

Enter = Callable[[Mapping[str, str], Seen], Awaitable[str]]


def shown(console: Console) -> Endpoint:
    """The form; straight on for who is signed in already."""

    async def answer(request: Request) -> Response:
        wanted = security.local_path(request.query_params.get("next", "/"))
        if await signed_in(console, request):
            return security.protect(RedirectResponse(wanted, status_code=303))
        return security.protect(_form(console, request, wanted))

    return answer


def sent(console: Console) -> Endpoint:
    """The form, filled in."""

    async def enter(fields: Mapping[str, str], seen: Seen) -> str:
        name, password = fields.get("name", "").strip(), fields.get("password", "")
        code = fields.get("code", "").strip()
        return await console.service.people.sign_in(name, password, code, seen)

    return _entered(console, enter)


def begun(console: Console) -> Endpoint:
    """A challenge for anybody's passkey."""

    async def answer(request: Request) -> Response:
        try:
            security.same_origin(request, secure=console.secure)
        except Error as error:
            return security.protect(passkeys.refused(error))
        return security.protect(passkeys.told(console.service.people.begin_passkey_sign_in()))

    return answer


def by_passkey(console: Console) -> Endpoint:
    async def enter(fields: Mapping[str, str], seen: Seen) -> str:
        return await console.service.people.finish_passkey_sign_in(
            fields.get("challenge", ""), fields.get("credential", ""), seen
        )

    return _entered(console, enter)


async def out(visit: Visit) -> Response:
    await visit.service.operators.sign_out(visit.me)
    visit.console.notices.pop(visit.me.session, None)
    response = RedirectResponse("/login", status_code=303)
    security.drop_secret(response, secure=visit.console.secure)
    return response


def _entered(console: Console, enter: Enter) -> Endpoint:
    async def answer(request: Request) -> Response:
        wanted, name = "/", ""
        fresh = console.service.people.device()
        seen = devices.seen(request, secure=console.secure, fresh=fresh)
        try:
            security.same_origin(request, secure=console.secure)
            fields = await fields_of(request)
            wanted = security.local_path(fields.get("next", "/"))
            name = fields.get("name", "").strip()[:64]
            secret = await enter(fields, seen)
        except Error as error:
            return security.protect(_form(console, request, wanted, name, error))
        response = RedirectResponse(wanted, status_code=303)
        security.keep_secret(response, secret, secure=console.secure)
        devices.keep(response, seen, secure=console.secure)
        return security.protect(response)

    return answer


def _form(
    console: Console, request: Request, wanted: str, name: str = "", error: Error | None = None
) -> Response:
    status = 200
    if error:
        status = 429 if isinstance(error, TooManyError) else 401
    coded = isinstance(error, SecondFactorNeededError)
    return console.render(
        request,
        "login.html",
        status=status,
        wanted=wanted,
        name=name,
        error=error,
        coded=coded,
        provider=console.service.federation.provider,
    )
