"""A `CONNECT`: from its permit to the end of what is spoken through it."""

from collections.abc import Sequence

from clawband.edges.egress import tunnel
from clawband.edges.egress.account import Account
from clawband.edges.egress.answers import CONNECTED, Problem
from clawband.edges.egress.gate import Gate
from clawband.edges.egress.interception import Interceptor, Tunnel
from clawband.edges.egress.relay import relay
from clawband.edges.egress.requests import Inside
from clawband.edges.egress.tunnel import Speech
from clawband.edges.egress.wire import Wire
from clawband.enforcement.lease import Target
from clawband.flows.connect import Seen
from clawband.network.hosts import Authority
from clawband.ports.names import Endpoint
from clawband.service.callers import Caller

HTTP_PORT = 80
FIRST = "the server spoke first"


class Opening:
    """One tunnel of a client."""

    def __init__(self, gate: Gate, client: Wire, interceptor: Interceptor | None) -> None:
        self._gate, self._client, self._interceptor = gate, client, interceptor

    async def run(self, to: Authority, caller: Caller) -> None:
        """Raises `Problem` for what the client is told."""
        gate, client = self._gate, self._client
        passage = await gate.permit(caller, Target(to.host.name, to.port), Seen())
        async with gate.passing(passage, client) as account:
            places = await gate.find(passage)
            server: Wire | None = None
            if not passage.inspect:
                server, _ = await gate.connect(account, places)
            elif not self._interceptor and to.port != HTTP_PORT:
                reason = f"policy looks into requests to `{to.host}`, and nothing here can"
                raise Problem(503, "interception", reason, "switch the interception on", passage.id)
            client.write(CONNECTED)
            account.told = await self._through(to, caller, account, places, server)

    async def _through(
        self,
        to: Authority,
        caller: Caller,
        account: Account,
        places: Sequence[Endpoint],
        server: Wire | None,
    ) -> str:
        """What the client says decides how it goes on; how it ended."""
        gate, client, passage = self._gate, self._client, account.passage
        if server is not None:
            server.sink = lambda _: account.end(FIRST)
            if not server.empty:
                account.end(FIRST)
        speech = await tunnel.first(client, passage, to.host, gate.limits)
        if passage.inspect and speech is not Speech.HTTP:
            if speech is not Speech.TLS or not self._interceptor:
                raise Problem(403, "interception", "policy looks into it, and it is not readable")
            gate.egress.opened(passage, places[0].address)
            inner = Inside(gate, caller, account, to, "https")
            told = Tunnel(
                client=client, caller=caller, passage=passage, account=account, places=places
            )
            return await self._interceptor.intercept(told, inner)
        if server is None:
            server, _ = await gate.connect(account, places)
        server.sink = None
        if speech is Speech.HTTP:
            return await Inside(gate, caller, account, to, "http")(client, server)
        return await relay(client, server, account, gate.limits.half)
