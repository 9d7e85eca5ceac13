"""What protects a page from other pages: headers, the cookie, where a form may come from."""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from clawband.identity.session import LIFE
from clawband.model.errors import AuthenticationError, InputError

CSP: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS: Final = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    # Not `no-referrer`: that would turn the Origin of our own forms into `null`.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cache-control": "no-store",
}
MAX_FORM: Final = 65_536
MAX_SECRET: Final = 200
_CONTROL: Final = frozenset(map(chr, range(0x21))) | {"\x7f", "\\"}


def protect(response: Response) -> Response:
    """Give a response the headers that every response of the console has."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def cookie_name(*, secure: bool) -> str:
    """`__Host-` binds the cookie to this host and to TLS (RFC 6265bis §4.1.3.2)."""
    return "__Host-clawband" if secure else "clawband"


def secret_of(request: Request, *, secure: bool) -> str:
    return request.cookies.get(cookie_name(secure=secure), "")[:MAX_SECRET]


def keep_secret(response: Response, secret: str, *, secure: bool) -> None:
    response.set_cookie(
        cookie_name(secure=secure),
        secret,
        max_age=int(LIFE.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def drop_secret(response: Response, *, secure: bool) -> None:
    response.delete_cookie(
        cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="strict"
    )


def same_origin(request: Request, *, secure: bool) -> None:
    """Raises `AuthenticationError` unless a page of ours sent this form (RFC 6454 §7)."""
    scheme = "https" if secure else "http"
    expected = f"{scheme}://{request.headers.get('host', '')}"
    got = request.headers.get("origin", "")
    if got.lower() != expected.lower():
        raise AuthenticationError(
            f"expected a form of this console, got one from `{got[:80] or 'nowhere'}`",
            remedy="open the console in this tab and use its own buttons",
        )


def local_path(wanted: str) -> str:
    """Where to go after a sign-in: a path of ours, or `/` for anything else."""
    if not wanted.startswith("/") or wanted.startswith("//") or set(wanted) & _CONTROL:
        return "/"
    parts = urlsplit(wanted)
    return "/" if parts.scheme or parts.netloc else wanted


async def body_of(request: Request) -> bytes:
    """The form's bytes. Raises `InputError` for what is no small form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise InputError("expected a form, got something else", remedy="use the page's buttons")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            raise InputError(f"expected at most {MAX_FORM} bytes", remedy="shorten the text")
    return bytes(body)
