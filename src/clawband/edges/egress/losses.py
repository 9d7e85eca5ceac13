"""What would leave with a request that can be seen: the classes of data in its head and body."""

import asyncio
import zlib

from clawband.edges.egress.answers import CONTINUE, Problem
from clawband.edges.egress.limits import Limits
from clawband.edges.egress.wire import Wire
from clawband.labels.classify import tags, tags_of
from clawband.labels.encoded import encoded
from clawband.labels.known import Known
from clawband.network.bodies import Framed
from clawband.network.head import Request
from clawband.network.refusal import Refusal

_QUICK = 8 * 1024
"""Bytes that are looked through at once; more would hold up everybody else."""
_OWN = frozenset({b"host", b"proxy-authorization"})
_PACKED = {b"gzip": 31, b"x-gzip": 31, b"deflate": 15}
"""Codings that can be opened, with zlib's window bits."""


async def beginning(
    client: Wire, message: Request, framed: Framed, limits: Limits
) -> tuple[bytes, bytes]:
    """The body as far as it is looked through: as it was sent, and what it holds. Raises
    `Problem`."""
    if not framed.done and client.empty and message.get(b"expect").lower() == b"100-continue":
        client.write(CONTINUE)
    raw, body = bytearray(), bytearray()
    try:
        async with asyncio.timeout(limits.waiting):
            while not framed.done and len(body) < limits.inspected:
                if client.empty and not await client.more():
                    raise Problem(400, "body", "the body ended too soon")
                fed = framed.feed(client.held)
                if isinstance(fed, Refusal):
                    raise Problem(400, fed.category, fed.reason)
                raw += client.take(fed.used)
                body += fed.body
    except TimeoutError as error:
        raise Problem(408, "slow", "the body of the request came too slowly") from error
    return bytes(raw), bytes(body)


async def classes(message: Request, body: bytes, most: int) -> frozenset[str]:
    """Classes of data in the head and in the body, also in what is encoded or compressed."""
    if len(body) <= _QUICK:
        return found(message, body, most)
    return await asyncio.to_thread(found, message, body, most)


def found(message: Request, body: bytes, most: int) -> frozenset[str]:
    """The same, at once."""
    told = _head(message).decode("latin-1")
    text = _opened(body, message.get(b"content-encoding"), most).decode("utf-8", "replace")
    return tags(told) | tags(text) | tags_of(encoded(text)) if text else tags(told)


def shown(message: Request, body: bytes, most: int) -> bytes:
    """The head and the body as the other end reads them."""
    return _head(message) + b"\n" + _opened(body, message.get(b"content-encoding"), most)


def kept(shown: bytes, known: Known) -> frozenset[str]:
    """The class of known values, where one stands in it."""
    return frozenset({"secret"} if known.names(shown) else ())


def _head(message: Request) -> bytes:
    fields = (key + b": " + value for key, value in message.fields if key.lower() not in _OWN)
    return b"\n".join((message.target.encode(), *fields))


def _opened(body: bytes, coding: bytes, most: int) -> bytes:
    """The body as the other end reads it, as far as that can be told."""
    bits = _PACKED.get(coding.strip().lower())
    if not bits:
        return body
    try:
        return zlib.decompressobj(bits).decompress(body, most)
    except zlib.error:
        return body
