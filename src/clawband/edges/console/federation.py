"""Single sign-on: to the provider, back from it, and what the provider itself tells us."""

from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from clawband.edges.console import devices, security
from clawband.edges.console.visit import STATUS, Console, Endpoint, Visit, signed_in
from clawband.identity import oidc
from clawband.model.errors import AuthenticationError, Error, NotFoundError, UnavailableError

ANSWERED: Final = ("state", "code", "iss", "error")
"""What a provider's answer may hold; the rest of its query is dropped."""
MAX_ANSWER: Final = 4_000
MAX_WANTED: Final = 1_000
"""Of a page to go to: it travels in a cookie."""


def leave(console: Console) -> Endpoint:
    """Send the browser to the provider."""

    async def answer(request: Request) -> Response:
        wanted = security.local_path(request.query_params.get("next", "/")[:MAX_WANTED])
        if "here" not in request.query_params and not _at_home(console, request):
            # The provider sends people back to one name of this console, and cookies stay with it.
            home = f"{console.service.federation.origin}/login/openid?here=1"
            return security.protect(RedirectResponse(f"{home}&next={quote(wanted, safe='')}", 303))
        try:
            url, cookie = await console.service.federation.begin(wanted)
        except Error as error:
            return security.protect(_failed(console, request, error))
        return security.protect(_sent(console, url, cookie))

    return answer


async def connect(visit: Visit) -> Response:
    """The same for who is signed in and wants to come by the provider from now on."""
    url, cookie = await visit.service.federation.begin("/me", visit.me)
    return _sent(visit.console, url, cookie)


async def again(visit: Visit) -> Response:
    """The same for who must prove that it is them, and has nothing but the provider for it."""
    wanted = security.local_path(visit.asked("next", MAX_WANTED) or "/")
    url, cookie = await visit.service.federation.begin(wanted, visit.me, again=True)
    return _sent(visit.console, url, cookie)


def back(console: Console) -> Endpoint:
    """The browser is back with the provider's answer."""

    async def answer(request: Request) -> Response:
        cookie = request.cookies.get(cookie_name(secure=console.secure), "")
        if not cookie and "arrived" not in request.query_params:
            # Our cookies stay behind when another site sends somebody, and come with our own step.
            return security.protect(_arrive(console, request))
        try:
            response = await _finished(console, request, cookie)
        except Error as error:
            response = _failed(console, request, error)
        response.delete_cookie(
            cookie_name(secure=console.secure), path="/", secure=console.secure,
            httponly=True, samesite="strict",
        )  # fmt: skip
        return security.protect(response)

    return answer


def ended(console: Console) -> Endpoint:
    """The provider tells that a session is over (OpenID Connect Back-Channel Logout 1.0 §2.5)."""

    async def answer(request: Request) -> Response:
        try:
            sent = parse_qs((await security.body_of(request)).decode(), max_num_fields=10)
            await console.service.federation.ended(sent.get("logout_token", [""])[0])
        except (Error, ValueError) as error:
            status = 503 if isinstance(error, UnavailableError) else 400
            said = error.message if isinstance(error, Error) else "the form cannot be read"
            told = {"error": "invalid_request", "error_description": said}
            return security.protect(JSONResponse(told, status))
        return security.protect(Response(status_code=200))

    return answer


def cookie_name(*, secure: bool) -> str:
    return "__Host-clawband-openid" if secure else "clawband-openid"


async def _finished(console: Console, request: Request, cookie: str) -> Response:
    fresh = console.service.people.device()
    seen = devices.seen(request, secure=console.secure, fresh=fresh)
    query = {name: request.query_params.get(name, "") for name in ANSWERED}
    me = await signed_in(console, request)
    came = await console.service.federation.finish(cookie, query, seen, me)
    response = RedirectResponse(security.local_path(came.wanted), status_code=303)
    if came.secret:
        security.keep_secret(response, came.secret, secure=console.secure)
        devices.keep(response, seen, secure=console.secure)
    elif me:
        console.notices[me.session] = "From now on you can sign in with single sign-on, too."
    return response


def _sent(console: Console, url: str, cookie: str) -> Response:
    response = RedirectResponse(url, status_code=303)
    response.set_cookie(
        cookie_name(secure=console.secure), cookie, max_age=int(oidc.LIFE.total_seconds()),
        path="/", secure=console.secure, httponly=True, samesite="strict",
    )  # fmt: skip
    return response


def _arrive(console: Console, request: Request) -> Response:
    query = {name: request.query_params.get(name, "") for name in ANSWERED}
    given = urlencode({name: value for name, value in query.items() if value})[:MAX_ANSWER]
    return console.render(request, "arrive.html", wanted=f"{oidc.BACK}?{given}&arrived=1")


def _at_home(console: Console, request: Request) -> bool:
    home = urlsplit(console.service.federation.origin).netloc
    return request.headers.get("host", "").lower() == home.lower()


def _failed(console: Console, request: Request, error: Error) -> Response:
    known = isinstance(error, AuthenticationError)
    status = 401 if known else STATUS.get(type(error), 500)
    wayside = isinstance(error, NotFoundError)
    return console.render(request, "federation.html", status=status, error=error, absent=wayside)
