"""Requests as they come in: read strictly, looked through, and told for the decision."""

import asyncio
from dataclasses import replace
from typing import Literal

from clawband.edges.egress import losses
from clawband.edges.egress.answers import Problem
from clawband.edges.egress.gate import Gate
from clawband.edges.egress.wire import Wire
from clawband.flows.connect import Seen
from clawband.network import forward, head
from clawband.network.bodies import Framed
from clawband.network.framing import Kind
from clawband.network.head import Request
from clawband.network.refusal import Refusal

Scheme = Literal["http", "https"]


async def read(client: Wire, seconds: float, gate: Gate, scheme: Scheme = "http") -> Request | None:
    """The next request; None when the client has no more. Raises `Problem`.

    `seconds` for its first byte; then the whole head has `limits.head`.
    """
    try:
        if client.empty:
            async with asyncio.timeout(seconds):
                if not await client.more():
                    return None
        async with asyncio.timeout(gate.limits.head):
            while (found := head.request(client.held, scheme=scheme)) is None:
                if not await client.more():
                    return None
    except TimeoutError as error:
        if client.empty:
            return None
        raise Problem(408, "slow", "the head of the request came too slowly") from error
    if isinstance(found, Refusal):
        await gate.egress.stray(client.held)
        raise Problem(400, found.category, found.reason)
    client.take(found.size)
    loop = forward.looped(found.fields, gate.name)
    if loop:
        raise Problem(508, loop.category, loop.reason)
    return found


async def seen(client: Wire, message: Request, gate: Gate) -> tuple[Request, Framed, Seen, bytes]:
    """The request as it is decided and sent on, the rest of its body, what can be seen of it, and
    the bytes of its body that were read. Raises `Problem`."""
    limits = gate.limits
    if message.minor < 1:
        raise Problem(505, "version", "expected HTTP/1.1")
    if message.url is None or message.method in ("CONNECT", "TRACE"):
        raise Problem(405, "method", f"`{message.method}` is not passed on")
    wrong = forward.onward(message.fields, message.body)
    if isinstance(wrong, Refusal):
        raise Problem(400, wrong.category, wrong.reason)
    framed = Framed(message.body, limits.request)
    raw, body = await losses.beginning(client, message, framed, limits)
    size = message.body.length
    if message.body.kind is Kind.CHUNKED:
        # How long it becomes nobody knows, so it counts as what it may become.
        size = len(body) if framed.done else limits.request
    tags = await losses.classes(message, body, limits.inspected)
    route = message.url.route
    message = replace(message, fields=tuple(f for f in message.fields if f[0].lower() != b"expect"))
    shown = losses.shown(message, body, limits.inspected)
    tags |= losses.kept(shown, gate.egress.masking.known)
    odd = gate.egress.odd(shown)
    told = Seen(method=message.method, route=route, size=size, tags=tags, odd=odd)
    return message, framed, told, raw
