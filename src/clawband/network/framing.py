"""How the body of a message is told from what follows it (RFC 9112 §6).

Two readers that disagree here let a request be smuggled, so only one spelling of each is taken.
"""

from dataclasses import dataclass
from enum import StrEnum

from clawband.network.refusal import Refusal

MOST_DIGITS = 18


class Kind(StrEnum):
    """What ends a body."""

    NONE = "none"
    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"
    """The end of the connection: only responses."""
    TUNNEL = "tunnel"
    """There is no body: both sides now send what they like."""


@dataclass(frozen=True, slots=True)
class Body:
    """`length` in bytes, for `Kind.LENGTH`."""

    kind: Kind
    length: int = 0


NONE = Body(Kind.NONE)
CHUNKED = Body(Kind.CHUNKED)
CLOSE = Body(Kind.CLOSE)
TUNNEL = Body(Kind.TUNNEL)


def declared(lengths: list[bytes], codings: list[bytes], minor: int) -> Body | Refusal | None:
    """What Content-Length and Transfer-Encoding say together; none if neither is there."""
    if codings:
        if lengths:
            return Refusal("length-and-chunked", "both Content-Length and Transfer-Encoding")
        if len(codings) > 1 or codings[0].lower() != b"chunked":
            return Refusal("coding", "expected `chunked` as the only transfer coding")
        if minor < 1:
            return Refusal("coding", "a transfer coding in HTTP/1.0")
        return CHUNKED
    if not lengths:
        return None
    if len(lengths) > 1:
        return Refusal("lengths", "more than one Content-Length")
    said = lengths[0]
    if not said.isdigit() or len(said) > MOST_DIGITS or (said[:1] == b"0" and said != b"0"):
        return Refusal("length", "Content-Length is no plain whole number")
    return Body(Kind.LENGTH, int(said))


def request(method: str, body: Body | None) -> Body | Refusal:
    """The body of a request; `CONNECT` and `TRACE` have none."""
    if method not in ("CONNECT", "TRACE"):
        return body or NONE
    if body is not None and body != Body(Kind.LENGTH, 0):
        return Refusal("needless-body", f"a body in {method}")
    return TUNNEL if method == "CONNECT" else NONE


def response(method: str, status: int, body: Body | None) -> Body | Refusal:
    """The body of a response to a method (RFC 9112 §6.3)."""
    empty = Body(Kind.LENGTH, 0)
    if status < 200 or status == 204:
        if body not in (None, empty):
            return Refusal("needless-body", f"a body in a response of status {status}")
        return TUNNEL if status == 101 else NONE
    if method == "CONNECT" and status < 300:
        return TUNNEL
    if method == "HEAD" or status == 304:
        return NONE
    return body or CLOSE
