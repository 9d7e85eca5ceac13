"""Welcome: somebody follows the link of an invitation and makes their way in."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from clawband.edges.console import devices, passkeys, security
from clawband.edges.console.visit import STATUS, Console, Endpoint, fields_of
from clawband.flows.sign_in import MAX_PASSWORD, MIN_PASSWORD
from clawband.identity.session import Seen
from clawband.model.errors import Error, NotFoundError

Enter = Callable[[str, Mapping[str, str], Seen], Awaitable[str]]


def shown(console: Console) -> Endpoint:
    """What the link is for. Looking does not use it up."""

    async def answer(request: Request) -> Response:
        return security.protect(_page(console, request))

    return answer


def begun(console: Console) -> Endpoint:
    """A challenge for a new passkey."""

    async def answer(request: Request) -> Response:
        try:
            security.same_origin(request, secure=console.secure)
            begun = console.service.people.begin_accept(_token(request))
        except Error as error:
            return security.protect(passkeys.refused(error))
        return security.protect(passkeys.told(begun))

    return answer


def by_passkey(console: Console) -> Endpoint:
    async def enter(token: str, fields: Mapping[str, str], seen: Seen) -> str:
        return await console.service.people.accept_passkey(
            token, fields.get("challenge", ""), fields.get("credential", ""),
            fields.get("label", "").strip() or devices.called(seen.agent), seen,
        )  # fmt: skip

    return _entered(console, enter, "/me")


def by_password(console: Console) -> Endpoint:
    """The second factor comes next, from within."""

    async def enter(token: str, fields: Mapping[str, str], seen: Seen) -> str:
        return await console.service.people.accept(token, fields.get("password", ""), seen)

    return _entered(console, enter, "/me/codes")


def _entered(console: Console, enter: Enter, onward: str) -> Endpoint:
    async def answer(request: Request) -> Response:
        fresh = console.service.people.device()
        seen = devices.seen(request, secure=console.secure, fresh=fresh)
        try:
            security.same_origin(request, secure=console.secure)
            secret = await enter(_token(request), await fields_of(request), seen)
        except Error as error:
            return security.protect(_page(console, request, error))
        response = RedirectResponse(onward, status_code=303)
        security.keep_secret(response, secret, secure=console.secure)
        devices.keep(response, seen, secure=console.secure)
        return security.protect(response)

    return answer


def _token(request: Request) -> str:
    return str(request.path_params["token"])[: security.MAX_SECRET]


def _page(console: Console, request: Request, error: Error | None = None) -> Response:
    token = _token(request)
    try:
        invitation = console.service.people.invitation(token)
    except NotFoundError as gone:
        return console.render(request, "gone.html", status=404, error=gone)
    return console.render(
        request,
        "welcome.html",
        status=STATUS.get(type(error), 500) if error else 200,
        token=token,
        invitation=invitation,
        known=console.service.running.store.operator(invitation.name) is not None,
        called=devices.called(request.headers.get("user-agent", "")),
        shortest=MIN_PASSWORD,
        longest=MAX_PASSWORD,
        error=error,
    )
