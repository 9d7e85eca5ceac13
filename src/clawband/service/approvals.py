"""Approvals: who waits for one, who decides, and what happens by the clock."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from clawband.flows import approve, delegate, escalate, sight
from clawband.flows.authority import may, require
from clawband.identity.roles import Act
from clawband.model.approval import Approval, ApprovalState
from clawband.model.deployment import Gateway
from clawband.model.errors import ConflictError, Error, NotFoundError
from clawband.model.event import Leaf, Tag
from clawband.model.ids import ApprovalId
from clawband.model.person import SignedIn
from clawband.ports.unit import Change, Unit, joined
from clawband.service.policies import Policies
from clawband.service.running import Running

_CLOSING = frozenset({Tag.APPROVAL_GRANT, Tag.APPROVAL_REFUSE, Tag.APPROVAL_EXPIRE})


class Approvals:
    """What enforcement points wait for, and people decide."""

    def __init__(self, running: Running, policies: Policies) -> None:
        self._running = running
        self._policies = policies
        self._waiting: dict[str, asyncio.Event] = {}

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

    def decides(self, approval: Approval, by: SignedIn) -> bool:
        """Whether they have a say in it at all, also for somebody who is away."""
        return may(self._acting(by), Act.DECIDE_APPROVAL, self._where(approval))

    def objection(self, approval: Approval, by: SignedIn) -> Error | None:
        """Why they may not approve it now; None when they may."""
        return next(self.objections((approval,), by))

    def objections(self, approvals: Iterable[Approval], by: SignedIn) -> Iterator[Error | None]:
        """The same for each of many."""
        store, now, acting = self._running.store, self._running.now(), self._acting(by)
        gateways = store.enrolled()
        for approval in approvals:
            found = None
            try:
                where = sight.where(approval.agent, gateways)
                require(acting, Act.DECIDE_APPROVAL, where)
                approve.agreed(approval, by, store, now, where)
            except Error as error:
                found = error
            yield found

    async def grant(self, id: str, by: SignedIn, also: Sequence[Change] = ()) -> Approval:
        """`also` is written in the same unit."""
        where = self._deciding(id, by)
        approval, unit = approve.grant(
            id, by, ledger=self._running.store, where=where,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(joined(unit, Unit([], [*also])))
        return approval

    async def refuse(
        self, id: str, by: SignedIn, note: str, also: Sequence[Change] = ()
    ) -> Approval:
        self._deciding(id, by)
        approval, unit = approve.refuse(
            id, by, note, ledger=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(joined(unit, Unit([], [*also])))
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

    async def escalate(self) -> None:
        """Tell who is asked in the end of what waits too long."""
        units = await asyncio.to_thread(
            escalate.due, self._running.store, self._policies.active,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        for unit in units:
            try:
                await self._running.commit(unit)
            except ConflictError:
                continue  # told in the same instant

    def escalated(self, id: str) -> str:
        """The role that is asked too by now; empty for none."""
        found = escalate.KIND.find(id, self._running.store)
        return found.value.to if found else ""

    def wake(self, leaves: Sequence[Leaf]) -> None:
        """Called in the loop after every durable batch: lets those who wait look again."""
        for leaf in leaves:
            if leaf.event.tag in _CLOSING:
                waiting = self._waiting.pop(str(leaf.event.detail.get("approval")), None)
                if waiting:
                    waiting.set()

    def _deciding(self, id: str, by: SignedIn) -> str:
        """The environment of an approval that they may decide; of one that is not there, none."""
        found = self._running.store.approval(ApprovalId(id))
        where = self._where(found) if found else ""
        require(self._acting(by), Act.DECIDE_APPROVAL, where)
        return where

    def _where(self, approval: Approval) -> str:
        return sight.where(approval.agent, self._running.store.enrolled())

    def _acting(self, by: SignedIn) -> SignedIn:
        return delegate.acting(by, self._running.store, self._running.now())

    def _approval(self, id: str, gateway: Gateway) -> Approval:
        approval = self._running.store.approval(ApprovalId(id))
        if approval is None or not approval.agent.startswith(f"{gateway.name}/"):
            raise NotFoundError(f"there is no approval `{id[:40]}` of this gateway")
        return approval
