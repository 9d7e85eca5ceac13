"""Where the paths that a question names lead to, on the machine the gateway runs on."""

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from clawband.model.deployment import Gateway, Workflow
from clawband.openclaw.files import home_of, references
from clawband.openclaw.hooks import Asked, workspace_of
from clawband.ports.machine import Ground, View
from clawband.service.running import Running

SECONDS = 0.5
"""A network drive may not answer; then nothing is known of the path, and it is refused."""
THREADS = 4
REMEMBERED = 10_000


class Machine:
    """Remembers what gateways told of themselves, and looks at their files beside the loop."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._workspaces: OrderedDict[str, str] = OrderedDict()
        self._homes: dict[str, str] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="files")

    def workspace(self, agent: str) -> str:
        """The folder of an agent, by its principal id; empty when no run has told it."""
        return self._workspaces.get(agent, "")

    def workspace_for(self, question: Asked, gateway: Gateway) -> str:
        """The folder in which this is asked. Only the beginning of a run tells it, and the calls
        in that run need it."""
        agent, session = _names(question, gateway)
        if told := workspace_of(question):
            for name in (agent, session):
                self._workspaces[name] = told
                self._workspaces.move_to_end(name)
            while len(self._workspaces) > REMEMBERED:
                self._workspaces.popitem(last=False)
        if home := home_of(question):
            self._homes[gateway.name] = home
        return self._workspaces.get(session) or self._workspaces.get(agent, "")

    async def protected(
        self, question: Asked, gateway: Gateway, workflow: Workflow | None
    ) -> frozenset[str]:
        """What of the gateway and its guard the question's paths lead to. Raises `InputError`."""
        files = self._running.filesystem
        named = references(question, workflow, self._running.catalogue) if files else ()
        if files is None or not named:
            return frozenset()
        # An agent may have sessions in several folders; which of them a tool takes is not told.
        told = {self._workspaces.get(name, "") for name in _names(question, gateway)}
        view = View(
            gateway=gateway.name,
            workspaces=tuple(sorted(told - {""})),
            home=self._homes.get(gateway.name, ""),
        )
        loop = asyncio.get_running_loop()
        looking = loop.run_in_executor(self._threads, files.protected, named, view)
        try:
            return frozenset(map(str, await asyncio.wait_for(looking, SECONDS)))
        except TimeoutError:
            return frozenset({str(Ground.UNRESOLVABLE)})


def _names(question: Asked, gateway: Gateway) -> tuple[str, str]:
    agent = f"{gateway.name}/{question.agent}"
    return agent, f"{agent}/{question.trace.session}"
