"""Answers to enforcement points, and the approvals they wait for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from clawband.flows import approve, observe
from clawband.flows.ask import Here, ask
from clawband.flows.authority import require
from clawband.flows.decide import Decided, Moment, refused
from clawband.identity.roles import Act
from clawband.model.access import Reason
from clawband.model.approval import Approval, ApprovalState
from clawband.model.deployment import Gateway
from clawband.model.errors import ConflictError, InputError, NotFoundError
from clawband.model.event import Event, Leaf, Tag
from clawband.model.ids import ApprovalId
from clawband.model.person import SignedIn
from clawband.openclaw.hooks import Asked
from clawband.ports.unit import Unit
from clawband.service.acts import Acts
from clawband.service.machine import Machine
from clawband.service.policies import Policies
from clawband.service.running import Running

_CLOSING = frozenset({Tag.APPROVAL_GRANT, Tag.APPROVAL_REFUSE, Tag.APPROVAL_EXPIRE})


async def _no_canary(_question: Asked, _gateway: Gateway) -> None:
    return None


class Decisions:
    """The decision path as enforcement points see it."""

    def __init__(self, running: Running, policies: Policies, acts: Acts) -> None:
        self._running = running
        self._policies = policies
        self.acts = acts
        self.canary: Callable[[Asked, Gateway], Awaitable[Decided | None]] = _no_canary
        """The answer to a canary, which is no act of anybody; None for everything else."""
        self._waiting: dict[str, asyncio.Event] = {}
        self._machine = Machine(running)

    def workspace(self, agent: str) -> str:
        """The folder of an agent, by its principal id; empty when no run has told it."""
        return self._machine.workspace(agent)

    async def answer(self, question: Asked, gateway: Gateway) -> Decided:
        """Decide and record. Raises `InputError` for a payload that makes no request (call
        `refuse_input`), and `UnavailableError` when nothing could be recorded: then deny.

        A conflict means that somebody used or opened the approval in the same instant: the
        question is asked once more, and a second conflict is a denial.
        """
        if canary := await self.canary(question, gateway):
            return canary
        here = await self._here(question, gateway)
        decided = self._decide(question, gateway, here)
        try:
            await self._running.commit(decided.unit)
        except ConflictError:
            # An approval whose time is over stands in the way until it is closed.
            await self.expire()
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

    async def wait(self, id: str, gateway: Gateway, seconds: float) -> Approval:
        """The approval once it is no longer pending or parked, or after `seconds`."""
        approval = self._approval(id, gateway)
        left = (approval.wait_until - self._running.now()).total_seconds()
        if approval.state is ApprovalState.PENDING and left > 0:
            waiting = self._waiting.setdefault(id, asyncio.Event())
            try:
                await asyncio.wait_for(waiting.wait(), min(seconds, left))
            except TimeoutError:
                pass
        return self._approval(id, gateway)

    async def grant(self, id: str, by: SignedIn) -> Approval:
        require(by, Act.DECIDE_APPROVAL)
        approval, unit = approve.grant(
            id, by, ledger=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return approval

    async def refuse(self, id: str, by: SignedIn, note: str) -> Approval:
        require(by, Act.DECIDE_APPROVAL)
        approval, unit = approve.refuse(
            id, by, note, ledger=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return approval

    async def expire(self) -> int:
        """Close approvals whose time is over; how many."""
        units = approve.expire(
            self._running.store, now=self._running.now(), entropy=self._running.entropy()
        )
        closed = 0
        for unit in units:
            try:
                await self._running.commit(unit)
                closed += 1
            except ConflictError:
                continue  # somebody decided in the same instant, and that counts
        return closed

    def wake(self, leaves: Sequence[Leaf]) -> None:
        """Called in the loop after every durable batch: lets those who wait look again."""
        for leaf in leaves:
            if leaf.event.tag in _CLOSING:
                waiting = self._waiting.pop(str(leaf.event.detail.get("approval")), None)
                if waiting:
                    waiting.set()

    async def _here(self, question: Asked, gateway: Gateway) -> Here:
        active = self._policies.active
        workflow = active.workflow_of(gateway.name, question.agent) if active else None
        return Here(
            workspace=self._machine.workspace_for(question, gateway),
            protected=await self._machine.protected(question, gateway, workflow),
            launcher=self.acts.launches.ready,
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
        return Moment(now=self._running.now(), entropy=self._running.entropy())

    def _approval(self, id: str, gateway: Gateway) -> Approval:
        approval = self._running.store.approval(ApprovalId(id))
        if approval is None or not approval.agent.startswith(f"{gateway.name}/"):
            raise NotFoundError(f"there is no approval `{id[:40]}` of this gateway")
        return approval
