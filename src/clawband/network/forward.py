"""What a proxy sends on: the same message without what was meant for the proxy (RFC 9110 §7.6)."""

from typing import Final

from clawband.network import framing
from clawband.network.framing import Body
from clawband.network.head import Fields, Request, Response
from clawband.network.refusal import Refusal

_HOP: Final = frozenset(
    {
        b"connection", b"http2-settings", b"keep-alive", b"proxy-authenticate",
        b"proxy-authentication-info", b"proxy-authorization", b"proxy-connection", b"te",
        b"transfer-encoding", b"upgrade",
    }
)  # fmt: skip
_KEPT: Final = frozenset(
    {
        b"authorization", b"cache-control", b"content-encoding", b"content-length",
        b"content-range", b"content-type", b"cookie", b"date", b"expect", b"forwarded", b"host",
        b"location", b"origin", b"range", b"set-cookie", b"via", b"www-authenticate",
    }
)  # fmt: skip
"""Fields for the other end, which a `Connection` field must not take away (RFC 9110 §7.6.1)."""
MOST_HOPS: Final = 10


def request(message: Request, name: str, *, upgrade: bool = False) -> bytes | Refusal:
    """The head of a request on its way to the server, in origin form, with our name in `Via`."""
    if message.url is None:
        return Refusal("target", "there is nothing to send on")
    wrong = looped(message.fields, name)
    if wrong is not None:
        return wrong
    fields = onward(message.fields, message.body, upgrade=upgrade)
    if isinstance(fields, Refusal):
        return fields
    # First, and as the target says: the server must see what was decided (RFC 9112 §3.2.2).
    rest = tuple(each for each in fields if each[0].lower() != b"host")
    host = (b"Host", message.url.field.encode())
    line = f"{message.method} {message.url.target} HTTP/1.1".encode()
    return written(line, (host, *rest, _via(message.minor, name)))


def response(message: Response, name: str, *, upgrade: bool = False) -> bytes | Refusal:
    """The head of a response on its way back."""
    fields = onward(message.fields, message.body, upgrade=upgrade)
    if isinstance(fields, Refusal):
        return fields
    line = b"HTTP/1.1 %d %b" % (message.status, message.reason)
    return written(line, (*fields, _via(message.minor, name)))


def written(line: bytes, fields: Fields) -> bytes:
    """The bytes of a head, its empty line included."""
    return b"\r\n".join((line, *(b"%b: %b" % field for field in fields), b"", b""))


def onward(fields: Fields, body: Body, *, upgrade: bool = False) -> Fields | Refusal:
    """Fields without those of this hop; with `upgrade`, the change to WebSocket stays asked for."""
    named = {
        option.strip(b" \t").lower()
        for key, value in fields
        if key.lower() == b"connection"
        for option in value.split(b",")
    }
    if named & _KEPT:
        return Refusal("connection", "a Connection field that names a field for the other end")
    found = [each for each in fields if each[0].lower() not in _HOP | named]
    if body.kind is framing.Kind.CHUNKED:
        found.append((b"Transfer-Encoding", b"chunked"))
    if upgrade and websocket(fields):
        found += [(b"Connection", b"Upgrade"), (b"Upgrade", b"websocket")]
    return tuple(found)


def websocket(fields: Fields) -> bool:
    """Whether a change to WebSocket is asked for or granted, and nothing else (RFC 6455 §4.1)."""
    said = [value.lower() for key, value in fields if key.lower() == b"upgrade"]
    asks = any(
        b"upgrade" in (option.strip(b" \t") for option in value.lower().split(b","))
        for key, value in fields
        if key.lower() == b"connection"
    )
    return asks and said == [b"websocket"]


def looped(fields: Fields, name: str) -> Refusal | None:
    """Whether a message was here before, or has passed too many proxies (RFC 9110 §7.6.3)."""
    said = b",".join(value for key, value in fields if key.lower() == b"via").lower()
    if not said:
        return None
    hops = said.split(b",")
    if len(hops) > MOST_HOPS:
        return Refusal("loop", f"more than {MOST_HOPS} proxies")
    wanted = name.lower().encode()
    if any(wanted in hop.split() for hop in hops):
        return Refusal("loop", "the message was here before")
    return None


def _via(minor: int, name: str) -> tuple[bytes, bytes]:
    return b"Via", f"1.{minor} {name}".encode()
