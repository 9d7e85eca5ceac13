"""One client's connection to the proxy: messages one after the other, or a tunnel."""

from clawband.edges.egress import launches
from clawband.edges.egress.answers import Problem, problem
from clawband.edges.egress.gate import Gate
from clawband.edges.egress.interception import Interceptor
from clawband.edges.egress.launches import Launches
from clawband.edges.egress.opening import Opening
from clawband.edges.egress.reading import read
from clawband.edges.egress.requests import Outside
from clawband.edges.egress.wire import Wire
from clawband.model.errors import Error


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
            await launches.serve(self._client, message, self._launch, self._gate.limits)
            return False
        caller = await self._gate.identify(message)
        with self._gate.admitted(caller):
            if message.form == "absolute":
                return await self._outside.run(message, caller)
            if message.to is not None:
                await Opening(self._gate, self._client, self._interceptor).run(message.to, caller)
            return False
