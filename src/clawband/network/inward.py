"""What a front door lets in, and how it tells the gateway behind it who comes.

Of a request only the fields of a list go on, under one spelling: an identity that somebody wrote
into a header, whatever that is called, goes nowhere. What the gateway believes is set here.
"""

import base64
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from clawband.network import forward
from clawband.network.forward import written
from clawband.network.framing import Kind
from clawband.network.head import Fields, Request, Response
from clawband.network.refusal import Refusal

COOKIE: Final = "clawband"
"""Every cookie of ours has it in its name; none goes on, and no gateway sets one."""
NOWHERE: Final = "192.0.0.8"
"""For a client of this machine (the dummy address of RFC 7600 §4.2): OpenClaw takes nobody in whom
a proxy says to be on loopback."""
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_SAFE: Final = frozenset({"GET", "HEAD"})
_PASSED: Final = frozenset(
    {
        b"accept", b"accept-encoding", b"accept-language", b"cache-control", b"content-encoding",
        b"content-language", b"content-length", b"content-type", b"cookie", b"dnt",
        b"idempotency-key", b"if-match", b"if-modified-since", b"if-none-match", b"if-range",
        b"if-unmodified-since", b"last-event-id", b"origin", b"pragma", b"priority", b"range",
        b"referer", b"traceparent", b"tracestate", b"transfer-encoding", b"user-agent",
        b"x-requested-with",
    }
)  # fmt: skip
_BROWSERS: Final = (b"sec-ch-", b"sec-fetch-")
"""No script of a page sets these (Fetch §2.2.2)."""
_UPGRADES: Final = frozenset(
    {b"sec-websocket-key", b"sec-websocket-version", b"sec-websocket-protocol"}
)
"""Without extensions: what passes is looked at frame by frame."""
_DROPPED: Final = frozenset({b"server", b"strict-transport-security", b"x-powered-by"})
_YEAR: Final = b"max-age=31536000"


@dataclass(frozen=True, slots=True)
class Front:
    """A door as its requests see it. `origin` is its own, `header` the gateway's word for who
    comes: its name is the secret that tells this door from any other local process."""

    origin: str
    header: str

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2]

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https:")


@dataclass(frozen=True, slots=True)
class Comer:
    """Who comes, with the scopes that they have behind the door, from which address."""

    person: str
    scopes: tuple[str, ...]
    address: str


def unfit(message: Request, front: Front) -> Refusal | None:
    """Why a request is for nobody here, whoever sends it."""
    if message.form != "origin" or message.target.startswith("//"):
        return Refusal("target", "expected a path of this host")
    if message.minor < 1:
        return Refusal("version", "expected HTTP/1.1")
    if message.method not in _METHODS:
        return Refusal("method", f"`{message.method}` is not passed on")
    if message.get(b"host").decode("latin-1").lower() != front.host:
        return Refusal("host", "another host was asked for")
    return _changing(message) or _elsewhere(message, front)


def upgrades(message: Request) -> bool:
    """Whether WebSocket is asked for; `unfit` has refused every other change."""
    return bool(message.get(b"upgrade"))


def head(message: Request, front: Front, comer: Comer) -> bytes | Refusal:
    """The head for the gateway."""
    upgrade = upgrades(message)
    fields = forward.onward(_wanted(message, upgrade), message.body, upgrade=upgrade)
    if isinstance(fields, Refusal):
        return fields
    scheme = b"https" if front.secure else b"http"
    said = (
        (b"Host", front.host.encode()),
        *fields,
        (b"X-Forwarded-For", outside(comer.address).encode()),
        (b"X-Forwarded-Proto", scheme),
        (b"X-Forwarded-Host", front.host.encode()),
        (front.header.encode(), comer.person.encode()),
        (b"X-OpenClaw-Scopes", ",".join(comer.scopes).encode()),
    )
    return written(f"{message.method} {message.target} HTTP/1.1".encode(), said)


def back(response: Response, front: Front, *, keep: bool, upgrade: bool = False) -> bytes | Refusal:
    """The head of the gateway's answer on its way to the browser."""
    fields = forward.onward(response.fields, response.body, upgrade=upgrade)
    if isinstance(fields, Refusal):
        return fields
    kept = [each for each in fields if each[0].lower() not in _DROPPED and not _ours(each)]
    if front.secure:
        kept.append((b"Strict-Transport-Security", _YEAR))
    if not keep and not upgrade:
        kept.append((b"Connection", b"close"))
    return written(b"HTTP/1.1 %d %b" % (response.status, response.reason), tuple(kept))


def outside(address: str) -> str:
    """An address as OpenClaw takes it from a proxy."""
    return NOWHERE if ip_address(address).is_loopback else address


def cookie(message: Request, name: str) -> str:
    """One cookie; empty without it, and where two have its name."""
    pairs = (pair.strip().partition(b"=") for pair in _cookies(message))
    found = [value for key, _, value in pairs if key == name.encode()]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def _changing(message: Request) -> Refusal | None:
    """What is wrong with a change of protocol, where one is asked for."""
    said = message.get(b"connection").lower().split(b",")
    if not message.get(b"upgrade") and b"upgrade" not in map(bytes.strip, said):
        return None
    if not forward.websocket(message.fields) or message.method != "GET":
        return Refusal("upgrade", "a change to anything but WebSocket")
    if message.body.kind is not Kind.NONE:
        return Refusal("upgrade", "a change of protocol with a body")
    keys, versions = (
        [value for key, value in message.fields if key.lower() == name]
        for name in (b"sec-websocket-key", b"sec-websocket-version")
    )
    if versions != [b"13"] or len(keys) != 1 or not _key(keys[0]):
        return Refusal("upgrade", "expected WebSocket as of RFC 6455")
    return None


def _elsewhere(message: Request, front: Front) -> Refusal | None:
    """Whether a page of another site makes the browser ask (Fetch Metadata; RFC 6454 §7)."""
    origins = {value for key, value in message.fields if key.lower() == b"origin"}
    if origins and origins != {front.origin.encode()}:
        return Refusal("origin", "a page of another origin asks")
    site = message.get(b"sec-fetch-site")
    if upgrades(message) or message.method not in _SAFE:
        own = origins or (site == b"same-origin" and not upgrades(message))
        return None if own else Refusal("origin", "nothing says that a page of this door asks")
    arrives = message.get(b"sec-fetch-mode") == b"navigate"
    framed = message.get(b"sec-fetch-dest") in (b"iframe", b"frame", b"embed", b"object")
    if site in (b"", b"none", b"same-origin") or (arrives and not framed):
        return None
    return Refusal("origin", "a page of another site asks")


def _wanted(message: Request, upgrade: bool) -> Fields:
    """What goes on, in one spelling; of cookies those of the gateway, in one field."""
    found = [
        (key, value)
        for key, value in message.fields
        if _passes(key.lower(), upgrade) and key.lower() != b"cookie"
    ]
    theirs = [pair.strip() for pair in _cookies(message) if not _names_us(pair)]
    if theirs:
        found.append((b"Cookie", b"; ".join(theirs)))
    return tuple(found)


def _passes(key: bytes, upgrade: bool) -> bool:
    if upgrade and (key in _UPGRADES or key in (b"connection", b"upgrade")):
        return True
    return key in _PASSED or key.startswith(_BROWSERS)


def _cookies(message: Request) -> list[bytes]:
    said = [value for key, value in message.fields if key.lower() == b"cookie"]
    return [pair for value in said for pair in value.split(b";") if pair.strip()]


def _ours(pair: tuple[bytes, bytes]) -> bool:
    return pair[0].lower() == b"set-cookie" and _names_us(pair[1])


def _names_us(pair: bytes) -> bool:
    # A cookie without a name comes back as its value alone, which then reads as name and value.
    return COOKIE.encode() in pair.lstrip(b" \t=").partition(b"=")[0].lower()


def _key(value: bytes) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 16
    except ValueError:
        return False
