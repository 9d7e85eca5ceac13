"""The browser that somebody uses: its own cookie, and what to call it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from clawband.edges.console.security import MAX_SECRET
from clawband.identity.session import Seen

YEAR: Final = 31_536_000
# In this order: most browsers also name the ones that they are like.
_BROWSERS: Final = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def cookie_name(*, secure: bool) -> str:
    return "__Host-clawband-device" if secure else "clawband-device"


def seen(request: Request, *, secure: bool, fresh: str) -> Seen:
    """Where this request came from; `fresh` is for a browser without the cookie, until `keep`."""
    known = request.cookies.get(cookie_name(secure=secure), "")[:MAX_SECRET]
    return Seen(
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
        device=known or fresh,
    )


def keep(response: Response, seen: Seen, *, secure: bool) -> None:
    """Let this browser be known again after a sign-out. It proves nothing by itself."""
    response.set_cookie(
        cookie_name(secure=secure), seen.device, max_age=YEAR, path="/",
        secure=secure, httponly=True, samesite="strict",
    )  # fmt: skip


def called(agent: str, *, terminal: bool = False) -> str:
    """`Firefox on Linux`, as far as `agent` says so."""
    if terminal:
        return "A terminal"
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "Something that does not say what it is"
