"""Which server a TLS tunnel asks for: the ClientHello at its start (RFC 8446 §4.1.2).

Read, never answered. It may come in several records and pieces; `LONGEST` bounds them all.
"""

from dataclasses import dataclass
from typing import Final

from clawband.network import hosts
from clawband.network.refusal import Refusal

LONGEST: Final = 16_384
_CLIENT_HELLO: Final = 1
_SERVER_NAME: Final = 0  # RFC 6066 §3
_PROTOCOLS: Final = 16  # RFC 7301 §3.1
_ENCRYPTED: Final = 0xFE0D  # RFC 9849 §5
_MOST_EXTENSIONS: Final = 64
_MOST_RECORDS: Final = 16


@dataclass(frozen=True, slots=True)
class Hello:
    """`name` is the server name in normal form, empty if none is asked for.

    With `encrypted` the name is only the outer one, and the true one may be another that the same
    front serves (RFC 9849 §6.1). Browsers send the extension empty of meaning too (§6.2), so it
    says "may be", not "is".
    """

    name: str
    protocols: tuple[str, ...]
    encrypted: bool


class _Cut(Exception):  # noqa: N818 - never leaves this module
    """The hello ends inside something."""


class _Reader:
    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) < count:
            raise _Cut
        self._at += count
        return found

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """What stands behind its own length of `size` bytes (RFC 8446 §3.4)."""
        return self.take(self.number(size))


def read(data: bytes) -> Hello | Refusal | None:
    """The hello at the start of a tunnel; none while more bytes are needed."""
    message = _message(data)
    if not isinstance(message, bytes):
        return message
    try:
        return _hello(_Reader(message))
    except _Cut:
        return Refusal("tls-malformed", "the ClientHello ends too soon")


def _message(data: bytes) -> bytes | Refusal | None:
    """The body of the first handshake message, put together from its records (RFC 8446 §5.1)."""
    message = bytearray()
    at = 0
    for _ in range(_MOST_RECORDS):
        start = data[at : at + 5]
        if start[:2] != b"\x16\x03"[: len(start)]:
            return Refusal("not-tls", "the tunnel does not begin with TLS")
        if len(start) < 5:
            return _more(data)
        size = int.from_bytes(start[3:], "big")
        if not 0 < size <= LONGEST:
            return Refusal("tls-malformed", f"a TLS record of {size} bytes")
        piece = data[at + 5 : at + 5 + size]
        message += piece
        whole = _whole(message)
        if whole is not None:
            return whole
        if len(piece) < size:
            return _more(data)
        at += 5 + size
    return Refusal("tls-malformed", f"a ClientHello in more than {_MOST_RECORDS} records")


def _whole(message: bytearray) -> bytes | Refusal | None:
    """The body once it is complete; a refusal once it cannot be a hello."""
    if message and message[0] != _CLIENT_HELLO:
        return Refusal("not-tls", "the tunnel does not begin with a ClientHello")
    end = 4 + int.from_bytes(message[1:4], "big")
    if len(message) < 4:
        return None
    if end > LONGEST:
        return Refusal("tls-long", f"a ClientHello of {end} bytes")
    if len(message) > end:
        return Refusal("tls-malformed", "a record goes on behind the ClientHello")
    return bytes(message[4:]) if len(message) == end else None


def _more(data: bytes) -> Refusal | None:
    if len(data) >= LONGEST:
        return Refusal("tls-long", f"no whole ClientHello in {LONGEST} bytes")
    return None


def _hello(hello: _Reader) -> Hello | Refusal:
    if hello.number(2) < 0x0301:
        return Refusal("tls-version", "a ClientHello older than TLS 1.0")
    hello.take(32)
    session, ciphers, compressions = hello.vector(1), hello.vector(2), hello.vector(1)
    if len(session) > 32 or not ciphers or len(ciphers) % 2 or b"\0" not in compressions:
        return Refusal("tls-malformed", "a ClientHello with fields of impossible sizes")
    found = _extensions(hello) if hello else {}
    if isinstance(found, Refusal):
        return found
    if hello:
        return Refusal("tls-malformed", "bytes behind the extensions")
    name = _name(found[_SERVER_NAME]) if _SERVER_NAME in found else ""
    if isinstance(name, Refusal):
        return name
    protocols = _protocols(found[_PROTOCOLS]) if _PROTOCOLS in found else ()
    if isinstance(protocols, Refusal):
        return protocols
    return Hello(name, protocols, _ENCRYPTED in found)


def _extensions(hello: _Reader) -> dict[int, bytes] | Refusal:
    listed = _Reader(hello.vector(2))
    found: dict[int, bytes] = {}
    while listed:
        kind = listed.number(2)
        if kind in found or len(found) >= _MOST_EXTENSIONS:
            return Refusal("tls-malformed", "an extension twice, or too many")
        found[kind] = listed.vector(2)
    return found


def _name(extension: bytes) -> str | Refusal:
    outer = _Reader(extension)
    names = _Reader(outer.vector(2))
    kind, name = names.number(1), names.vector(2)
    if kind or names or outer:
        return Refusal("tls-malformed", "expected one server name")
    host = hosts.read(name.decode("latin-1"))
    if isinstance(host, Refusal):
        return host
    if host.address is not None:
        return Refusal("tls-malformed", "a server name that is an address (RFC 6066 §3)")
    return host.name


def _protocols(extension: bytes) -> tuple[str, ...] | Refusal:
    outer = _Reader(extension)
    listed = _Reader(outer.vector(2))
    found: list[str] = []
    while listed:
        found.append(listed.vector(1).decode("latin-1"))
    if outer or not found or "" in found:
        return Refusal("tls-malformed", "a list of protocols that is none")
    return tuple(found)
