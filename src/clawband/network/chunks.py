"""A chunked body, checked piece by piece as it passes (RFC 9112 §7.1).

Chunk extensions carry nothing that anybody reads, but servers end them differently, so they are
refused with every other second spelling.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from clawband.network.head import Fields, parsed, visible
from clawband.network.refusal import Refusal

_DIGITS: Final = b"0123456789abcdefABCDEF"
_SIZE: Final = 8
"""Digits of a chunk's size: up to 4 GiB."""
_TRAILERS: Final = 8_192
_FORBIDDEN: Final = frozenset(
    {
        b"age", b"authorization", b"cache-control", b"connection", b"content-encoding",
        b"content-length", b"content-range", b"content-type", b"cookie", b"expect", b"expires",
        b"host", b"keep-alive", b"location", b"proxy-authenticate", b"proxy-authorization",
        b"proxy-connection", b"range", b"set-cookie", b"te", b"trailer", b"transfer-encoding",
        b"upgrade", b"vary", b"via", b"www-authenticate",
    }
)  # fmt: skip
"""Fields that change what was decided at the head (RFC 9110 §6.5.1)."""


class _Next(Enum):
    """Which line comes next."""

    SIZE = "size"
    CLOSE = "close"
    TRAILER = "trailer"


@dataclass(frozen=True, slots=True)
class Fed:
    """`used` bytes belong to the body's frame; `body` is what they hold; `done` ends it."""

    used: int
    body: bytes
    done: bool


class Chunks:
    """One body. After a refusal, or after `done`, it is fed no more."""

    __slots__ = ("_expects", "_left", "_line", "_trailing", "trailers")

    def __init__(self) -> None:
        self._expects = _Next.SIZE
        self._left = 0
        self._line = b""
        self._trailing = 0
        self.trailers: Fields = ()

    def feed(self, data: bytes) -> Fed | Refusal:
        """The next bytes, of any length."""
        at = 0
        body: list[bytes] = []
        while at < len(data):
            if self._left:
                body.append(data[at : at + self._left])
                at += len(body[-1])
                self._left -= len(body[-1])
                continue
            end = data.find(b"\n", at) + 1
            self._line += data[at : end or None]
            at = end or len(data)
            found = self._whole(self._line) if end else self._part(self._line)
            if isinstance(found, Refusal):
                return found
            if end:
                self._line = b""
            if found:
                return Fed(at, b"".join(body), True)
        return Fed(at, b"".join(body), False)

    def _whole(self, line: bytes) -> Refusal | bool:
        """A line with its end; true if it ends the body."""
        if self._expects is _Next.SIZE:
            return self._size(line)
        return self._close(line) if self._expects is _Next.CLOSE else self._trailer(line)

    def _part(self, line: bytes) -> Refusal | None:
        """A line that has not ended: whether its rest is worth waiting for."""
        if self._expects is _Next.TRAILER:
            long = len(line) + self._trailing > _TRAILERS
            return Refusal("long-trailers", "trailers too long") if long else None
        if self._expects is _Next.CLOSE:
            return None if line == b"\r" else Refusal("chunk-end", "a chunk longer than it said")
        return self._number(line.removesuffix(b"\r"))

    def _number(self, digits: bytes) -> Refusal | None:
        if not digits.translate(None, _DIGITS) and len(digits) <= _SIZE:
            return None
        if b";" in digits:
            return Refusal("chunk-extension", "a chunk with an extension")
        return Refusal("chunk-size", "a chunk's size is no hexadecimal number of up to 8 digits")

    def _size(self, line: bytes) -> Refusal | bool:
        if line[-2:] != b"\r\n" or len(line) < 3:
            return self._number(line[:-1]) or Refusal("chunk-size", "a chunk's size ends wrongly")
        wrong = self._number(line[:-2])
        if wrong is not None:
            return wrong
        self._left = int(line[:-2], 16)
        self._expects = _Next.CLOSE if self._left else _Next.TRAILER
        return False

    def _close(self, line: bytes) -> Refusal | bool:
        if line != b"\r\n":
            return Refusal("chunk-end", "a chunk longer than it said")
        self._expects = _Next.SIZE
        return False

    def _trailer(self, line: bytes) -> Refusal | bool:
        if line == b"\r\n":
            return True
        self._trailing += len(line)
        if line[-2:] != b"\r\n" or line.count(b"\r") > 1 or self._trailing > _TRAILERS:
            return Refusal("trailer", "trailers too long, or with a line end other than CRLF")
        if not visible(line):
            return Refusal("control", "a control character behind a body")
        found = parsed((line[:-2],))
        if isinstance(found, Refusal):
            return found
        if found[0][0].lower() in _FORBIDDEN:
            return Refusal("trailer", f"`{found[0][0].decode()}` behind a body")
        self.trailers += found
        return False
