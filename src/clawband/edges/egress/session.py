"""One client's connection to the proxy: messages one after the other, or a tunnel."""

from collections.abc import Sequence

from clawband.edges.egress import launches, tunnel
from clawband.edges.egress.account import Account
from clawband.edges.egress.answers import CONNECTED, Problem, problem, whole
from clawband.edges.egress.bodies import Framed
from clawband.edges.egress.gate import Gate
from clawband.edges.egress.interception import Interceptor, Tunnel
from clawband.edges.egress.launches import Launches
from clawband.edges.egress.relay import relay
from clawband.edges.egress.requests import Inside, Outside, read
from clawband.edges.egress.tunnel import Speech
from clawband.edges.egress.wire import Wire
from clawband.enforcement.lease import Target
from clawband.flows.connect import Seen
from clawband.model.errors import Error
from clawband.network.head import Request
from clawband.network.hosts import Authority
from clawband.network.refusal import Refusal
from clawband.ports.names import Endpoint
from clawband.service.egress import Caller

HTTP_PORT = 80
FIRST = "the server spoke first"


class Session:
    """Ends with its connection; whatever goes wrong ends it too."""

    def __init__(
        self, gate: Gate, client: Wire, launch: Launches | None, interceptor: Interceptor | None
    ) -> None:
        self._gate, self._client = gate, client
        self._launch, self._interceptor = launch, interceptor
        self._outside = Outside(gate, client)

    async def run(self) -> None:
        try:
            seconds = self._gate.limits.head
            while await self._message(seconds):
                seconds = self._gate.limits.waiting
        except Problem as told:
            self._client.write(problem(told))
        except Error as error:
            self._client.write(problem(Problem(503, "unavailable", error.message, error.remedy)))
        except ConnectionError:
            pass
        finally:
            self._outside.close()
            await self._client.close()

    async def _message(self, seconds: float) -> bool:
        """Whether another one may follow."""
        message = await read(self._client, seconds, self._gate)
        if message is None:
            return False
        if message.form == "origin":
            await self._desk(message)
            return False
        caller = await self._gate.identify(message)
        with self._gate.admitted(caller):
            if message.form == "absolute":
                return await self._outside.run(message, caller)
            if message.to is not None:
                await self._connect(message.to, caller)
            return False

    async def _desk(self, message: Request) -> None:
        """The launcher's words, which need no credential of the proxy: they hold their own."""
        known = message.target.startswith(launches.PREFIX) and message.method == "POST"
        if not known or self._launch is None:
            raise Problem(400, "form", "this is a proxy", "name it as one, and ask for whole URLs")
        framed, body = Framed(message.body, launches.MOST), b""
        while not framed.done:
            if self._client.empty and not await self._client.more():
                return
            fed = framed.feed(self._client.held)
            if isinstance(fed, Refusal):
                raise Problem(400, fed.category, fed.reason)
            self._client.take(fed.used)
            body += fed.body
        status, lines = await self._launch(
            message.target.removeprefix(launches.PREFIX), launches.read(body)
        )
        self._client.write(whole(status, b"text/plain", launches.written(lines)))

    async def _connect(self, to: Authority, caller: Caller) -> None:
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
