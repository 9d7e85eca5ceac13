"""Signing in and out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from clawband.edges.console import security
from clawband.edges.console.visit import Console, Endpoint, Visit, fields_of, signed_in
from clawband.identity.session import Seen
from clawband.identity.throttle import TooManyError
from clawband.model.errors import Error


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

    async def answer(request: Request) -> Response:
        wanted, name = "/", ""
        try:
            security.same_origin(request, secure=console.secure)
            fields = await fields_of(request)
            wanted = security.local_path(fields.get("next", "/"))
            name = fields.get("name", "").strip()[:64]
            secret = await _checked(console, request, name, fields.get("password", ""))
        except Error as error:
            return security.protect(_form(console, request, wanted, name, error))
        response = RedirectResponse(wanted, status_code=303)
        security.keep_secret(response, secret, secure=console.secure)
        return security.protect(response)

    return answer


async def out(visit: Visit) -> Response:
    await visit.service.operators.sign_out(visit.me)
    visit.console.notices.pop(visit.me.session, None)
    response = RedirectResponse("/login", status_code=303)
    security.drop_secret(response, secure=visit.console.secure)
    return response


async def _checked(console: Console, request: Request, name: str, password: str) -> str:
    address = request.client.host if request.client else ""
    seen = Seen(address=address, agent=request.headers.get("user-agent", ""))
    return await console.service.people.sign_in(name, password, seen=seen)


def _form(
    console: Console, request: Request, wanted: str, name: str = "", error: Error | None = None
) -> Response:
    status = 200
    if error:
        status = 429 if isinstance(error, TooManyError) else 401
    return console.render(
        request, "login.html", status=status, wanted=wanted, name=name, error=error
    )
