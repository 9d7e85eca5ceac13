"""A gateway's own call path, guarded as well as a test says."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from clawband.enforcement.canary import Came
from clawband.flows.decide import Decided
from clawband.model.access import Permit
from clawband.model.errors import UnavailableError
from clawband.openclaw import hooks
from clawband.ports.gateway import Call, Outcome, Row


class GatewayProbe:
    """Asks the service as the plugin would. `calls` and `turns` say how: `asks` is a sound plugin,
    `runs` lets everything through unasked, `blocks` refuses everything unasked, `disobeys` asks
    and goes on, `fails` asks and goes no further, `dead` gives no answer."""

    def __init__(self, *agents: str) -> None:
        self.names = list(agents or ("support",))
        self.calls = self.turned = "asks"
        self.reachable = True
        self.tools = {"agents_list", "session_status"}
        self.rows: list[Row] = []
        self.made: list[Call] = []
        self.texts: list[str] = []
        self.ask: Callable[[hooks.Asked], Decided] | None = None
        self._runs = count(1)

    def join(self, answer: Callable[[hooks.Asked], "asyncio.Future[Decided]"]) -> None:
        """Whom to ask: a coroutine function of the running loop."""
        loop = asyncio.get_running_loop()

        def ask(question: hooks.Asked) -> Decided:
            return asyncio.run_coroutine_threadsafe(answer(question), loop).result(10)

        self.ask = ask

    def agents(self) -> Sequence[str]:
        self._reach()
        return self.names

    def invoke(self, calls: Sequence[Call]) -> Sequence[Outcome]:
        self._reach()
        self.made += calls
        return [self._invoked(each) for each in calls]

    def turns(self, messages: Sequence[tuple[str, str]]) -> Sequence[Outcome]:
        self._reach()
        self.texts += [text for _, text in messages]
        begun = [self._turn(*each) for each in messages]
        return [replace(self._outcome(self.turned, each), run=each.trace.run) for each in begun]

    def ledger(self, since: datetime, most: int) -> Sequence[Row]:
        self._reach()
        found = [each for each in self.rows if each.at >= since]
        return sorted(found, key=lambda each: -each.sequence)[:most]

    def _invoked(self, call: Call) -> Outcome:
        if call.tool not in self.tools:
            return Outcome(Came.ABSENT, f"Tool not available: {call.tool}")
        event = {"toolName": call.tool, "params": call.arguments, "toolCallId": "rpc-delegated-1"}
        context = {"sessionKey": call.session}
        return self._outcome(self.calls, hooks.asked("tool", event, context))

    def _turn(self, agent: str, text: str) -> hooks.Asked:
        run = f"canary-{next(self._runs)}"
        session = f"agent:{agent}:internal-session-effects:{run}"
        return hooks.asked("run", {"prompt": text}, {"sessionKey": session, "runId": run})

    def _outcome(self, how: str, question: hooks.Asked) -> Outcome:
        asked = None
        if how in ("asks", "disobeys", "fails"):
            assert self.ask is not None
            asked = self.ask(question)
        permitted = asked is not None and isinstance(asked.decision, Permit)
        if how in ("runs", "disobeys") or (how == "asks" and permitted):
            return Outcome(Came.RAN)
        return Outcome(Came.SILENT if how == "dead" else Came.REFUSED, f"it {how}")

    def _reach(self) -> None:
        if not self.reachable:
            raise UnavailableError("the gateway does not answer")
