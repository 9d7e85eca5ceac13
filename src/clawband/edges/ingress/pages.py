"""What a door says itself, to people and to programs. Nothing of it has a script."""

import html
import json
from http import HTTPStatus

from clawband.network.forward import written
from clawband.network.head import Fields

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_POLICY = b"default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_COMMON: Fields = (
    (b"Cache-Control", b"no-store"),
    (b"Content-Security-Policy", _POLICY),
    (b"Referrer-Policy", b"same-origin"),
    (b"X-Content-Type-Options", b"nosniff"),
)
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>{title}</title><h1>{title}</h1><p>{text}</p>{more}</html>
"""
_OUT = '<form method="post" action="{action}"><button>Sign out here</button></form>'
_ON = '<p><a href="/">Go on</a></p>'


class Turned(Exception):  # noqa: N818 - an answer, not a breakage
    """Ends a connection with an answer of ours."""

    def __init__(self, status: int, category: str, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.status, self.category, self.reason, self.remedy = status, category, reason, remedy


def turned(told: Turned, *, person: bool) -> bytes:
    """Why somebody gets no further; `person`: a browser shows it to somebody."""
    if person:
        return page(told.status, "Not here", f"{told.reason}. {told.remedy}".strip())
    body = {
        "title": "refused by Clawband", "status": told.status, "category": told.category,
        "detail": told.reason, "remedy": told.remedy,
    }  # fmt: skip
    data = json.dumps({key: value for key, value in body.items() if value}).encode() + b"\n"
    return _whole(told.status, b"application/problem+json", data)


def page(status: int, title: str, text: str, *fields: tuple[bytes, bytes], more: str = "") -> bytes:
    shown = _PAGE.format(title=html.escape(title), text=html.escape(text), more=more)
    return _whole(status, b"text/html; charset=utf-8", shown.encode(), *fields)


def inside(person: str, door: str, leave: str) -> bytes:
    """Who somebody is here, and the way out."""
    more = _OUT.format(action=html.escape(leave)) + _ON
    return page(200, f"Signed in as {person}", f"You came through the door {door}.", more=more)


def outside(*fields: tuple[bytes, bytes]) -> bytes:
    text = "You may still be signed in on the console: then going on brings you back."
    return page(200, "Signed out here", text, *fields, more=_ON)


def onward(where: str, *fields: tuple[bytes, bytes]) -> bytes:
    """Send the browser elsewhere."""
    return _whole(303, b"text/plain", b"", (b"Location", where.encode()), *fields)


def baked(name: str, value: str, seconds: int, *, secure: bool) -> tuple[bytes, bytes]:
    """A cookie for this host only (RFC 6265bis §4.1.3.2). Lax: a link from elsewhere may lead in;
    what else another site does is refused by what the browser says of it."""
    parts = [f"{name}={value}", "Path=/", f"Max-Age={seconds}", "HttpOnly", "SameSite=Lax"]
    return b"Set-Cookie", "; ".join([*parts, "Secure"] if secure else parts).encode()


def _whole(status: int, kind: bytes, data: bytes, *fields: tuple[bytes, bytes]) -> bytes:
    """A response after which the connection is over."""
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()
    own = (
        (b"Content-Type", kind), (b"Content-Length", str(len(data)).encode()),
        (b"Connection", b"close"),
    )  # fmt: skip
    return written(line, (*own, *_COMMON, *fields)) + data
