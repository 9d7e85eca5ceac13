"""Requests that can be seen: each is read, decided, sent on and answered."""

import asyncio
from dataclasses import dataclass

from clawband.edges.egress.account import Account
from clawband.edges.egress.answers import Problem, problem
from clawband.edges.egress.changes import changed
from clawband.edges.egress.exchange import Exchange
from clawband.edges.egress.gate import Gate
from clawband.edges.egress.lending import lent
from clawband.edges.egress.reading import Scheme, read, seen
from clawband.edges.egress.wire import Wire
from clawband.enforcement.lease import Target
from clawband.model.errors import Error
from clawband.network import addresses
from clawband.network.head import Request
from clawband.network.hosts import Authority
from clawband.ports.names import Endpoint
from clawband.service.callers import Caller

KEPT = 2.0
"""Seconds that a server's connection is kept for the client's next request."""


@dataclass(slots=True)
class Kept:
    """A server's connection between two requests of the same client."""

    wire: Wire
    place: Endpoint
    to: Authority
    caller: Caller
    until: float


class Outside:
    """Requests in absolute form: each may go elsewhere."""

    def __init__(self, gate: Gate, client: Wire) -> None:
        self._gate, self._client = gate, client
        self._kept: Kept | None = None

    async def run(self, message: Request, caller: Caller) -> bool:
        """Whether another request may follow. Raises `Problem` while nothing was answered."""
        gate, client, to = self._gate, self._client, message.to
        if to is None or message.url is None or message.url.scheme != "http":
            raise Problem(400, "scheme", "expected `CONNECT` for anything but http")
        message, framed, told, raw = await seen(client, message, gate)
        passage = await gate.permit(caller, Target(to.host.name, to.port), told)
        async with gate.passing(passage, client) as account:
            put = await lent(gate, caller.gateway, passage, message, raw)
            message, raw, passage.changed = changed(
                message, raw, framed, passage.line, put, gate.egress.masking.known
            )
            server, place = await self._server(account, to, caller)
            exchange = Exchange(client, server, account, gate.limits, gate.name)
            keep = await exchange.run(message, raw, framed)
            account.told = exchange.why
            if exchange.reusable:
                account.gives(server)
                until = asyncio.get_running_loop().time() + KEPT
                self._kept = Kept(server, place, to, caller, until)
            return keep

    def close(self) -> None:
        if self._kept:
            self._kept.wire.leave()

    async def _server(
        self, account: Account, to: Authority, caller: Caller
    ) -> tuple[Wire, Endpoint]:
        """The kept connection if it leads there and is good for this passage, or a new one."""
        kept, self._kept = self._kept, None
        if kept:
            allowed = addresses.networks(account.passage.networks)
            now = asyncio.get_running_loop().time()
            fresh = not (kept.wire.ended or not kept.wire.empty) and now < kept.until
            same = kept.to == to and kept.caller == caller
            if fresh and same and not addresses.verdict(kept.place.address, allowed):
                account.owns(kept.wire)
                self._gate.egress.opened(account.passage, kept.place.address)
                return kept.wire, kept.place
            kept.wire.leave()
        return await self._gate.connect(account, await self._gate.find(account.passage))


class Inside:
    """Requests in a tunnel: all for its host, over its connection. Implements `Inner`."""

    def __init__(
        self, gate: Gate, caller: Caller, outer: Account, to: Authority, scheme: Scheme
    ) -> None:
        self._gate, self._caller, self._outer = gate, caller, outer
        self._to, self._scheme = to, scheme

    async def __call__(self, client: Wire, server: Wire) -> str:
        self._outer.rest()
        try:
            while True:
                message = await read(client, self._gate.limits.waiting, self._gate, self._scheme)
                if message is None:
                    return "the client finished"
                why = await self._one(message, client, server)
                if why:
                    return why
        except Problem as told:
            client.write(problem(told))
            return told.reason
        except Error as error:
            client.write(problem(Problem(503, "unavailable", error.message, error.remedy)))
            return error.message

    async def _one(self, message: Request, client: Wire, server: Wire) -> str:
        """Why it was the last one; empty when another may follow."""
        gate, outer = self._gate, self._outer.passage
        if message.to is not None and message.to != self._to:
            reason = f"the tunnel is for `{self._to}`, the request for `{message.to}`"
            raise Problem(421, "host-mismatch", reason)
        message, framed, told, raw = await seen(client, message, gate)
        passage = await gate.permit(self._caller, outer.target, told, within=outer)
        async with gate.passing(passage, client, server) as account:
            gate.egress.opened(passage, outer.address)
            put = await lent(gate, self._caller.gateway, passage, message, raw)
            message, raw, passage.changed = changed(
                message, raw, framed, passage.line, put, gate.egress.masking.known
            )
            exchange = Exchange(client, server, account, gate.limits, gate.name)
            keep = await exchange.run(message, raw, framed)
            account.told = exchange.why
        return "" if keep and exchange.reusable else exchange.why
