"""Answers to enforcement points."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from clawband.flows import observe
from clawband.flows.ask import Asking, Here, ask, edited, requested
from clawband.flows.decide import Decided, Moment, refused
from clawband.model.access import Reason, Request, Requester
from clawband.model.deployment import Gateway
from clawband.model.errors import ConflictError, InputError
from clawband.model.event import Event
from clawband.openclaw.hooks import Asked
from clawband.ports.unit import Unit
from clawband.service.acts import Acts
from clawband.service.approvals import Approvals
from clawband.service.machine import Machine
from clawband.service.policies import Policies
from clawband.service.running import Running
from clawband.service.watch import Watch


async def _no_canary(_question: Asked, _gateway: Gateway) -> None:
    return None


class Decisions:
    """The decision path as enforcement points see it."""

    def __init__(
        self, running: Running, policies: Policies, acts: Acts, approvals: Approvals
    ) -> None:
        self._running = running
        self._policies = policies
        self.acts = acts
        self._approvals = approvals
        self.canary: Callable[[Asked, Gateway], Awaitable[Decided | None]] = _no_canary
        """The answer to a canary, which is no act of anybody; None for everything else."""
        self._machine = Machine(running)
        self.watch: Watch | None = None

    def workspace(self, agent: str) -> str:
        """The folder of an agent, by its principal id; empty when no run has told it."""
        return self._machine.workspace(agent)

    async def answer(self, question: Asked, gateway: Gateway) -> Decided:
        """Decide and record. Raises `InputError` for a payload that makes no request (call
        `refuse_input`), and `UnavailableError` when nothing could be recorded: then deny.

        A conflict means that somebody used or opened the approval in the same instant: the
        question is asked once more, and a second conflict is a denial. What it says is watched
        first, and a pause that comes of that holds for it.
        """
        if canary := await self.canary(question, gateway):
            return canary
        if self.watch:
            await self.watch.question(question, gateway)
        here = await self.here(question, gateway)
        around, store = self._around(gateway, here), self._running.store
        if found := edited(question, around, store, self._running.now()):
            question, edit = found
            here = replace(await self.here(question, gateway), edit=edit)
        decided = self._decide(question, gateway, here)
        try:
            await self._running.commit(decided.unit)
        except ConflictError:
            # An approval whose time is over stands in the way until it is closed.
            await self._approvals.expire()
            decided = self._decide(question, gateway, here)
            try:
                await self._running.commit(decided.unit)
            except ConflictError as error:
                reason = Reason("clawband/conflict", error.message)
                decided = refused(decided.request, reason, "ask again", self._moment())
                await self._running.commit(decided.unit)
        return self.acts.permitted(decided)

    async def refuse_input(self, gateway: Gateway | None, problem: InputError) -> Event:
        """Record bytes that never became a request."""
        event = observe.malformed(
            gateway, problem, now=self._running.now(), entropy=self._running.entropy()
        )
        await self._running.commit(Unit([event]))
        return event

    def request(
        self, question: Asked, gateway: Gateway, requester: Requester, here: Here
    ) -> Request:
        """What a question means. Raises `InputError` when it means nothing."""
        return requested(question, requester, self._around(gateway, here), self._running.store)

    async def here(self, question: Asked, gateway: Gateway) -> Here:
        """What the question leads to on the gateway's machine. Raises `InputError`."""
        active = self._policies.active
        workflow = active.workflow_of(gateway.name, question.agent) if active else None
        return Here(
            workspace=self._machine.workspace_for(question, gateway),
            protected=await self._machine.protected(question, gateway, workflow),
            launcher=self.acts.launches.ready,
        )

    def _around(self, gateway: Gateway, here: Here) -> Asking:
        return Asking(
            gateway=gateway,
            active=self._policies.active,
            catalogue=self._running.catalogue,
            here=here,
            known=self._running.masking.known,
        )

    def _decide(self, question: Asked, gateway: Gateway, here: Here) -> Decided:
        return ask(
            question,
            gateway,
            state=self._running.store,
            active=self._policies.active,
            catalogue=self._running.catalogue,
            moment=self._moment(),
            holding=self._running.holding,
            here=here,
        )

    def _moment(self) -> Moment:
        return Moment(
            now=self._running.now(), entropy=self._running.entropy(),
            known=self._running.masking.known,
        )  # fmt: skip
