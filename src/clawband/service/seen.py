"""What one person may look at: the reads of pages and of the API, without what belongs elsewhere.

Lists leave out what they may not see; asked for by its id it is refused, with the reason.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import cached_property

from clawband.flows import sight
from clawband.flows.authority import may
from clawband.flows.walk import Walk
from clawband.identity.roles import Act
from clawband.model.approval import Approval, ApprovalState
from clawband.model.control import Control
from clawband.model.deployment import Gateway, Workflow
from clawband.model.errors import NotFoundError
from clawband.model.event import Leaf
from clawband.model.ids import ApprovalId
from clawband.model.person import SignedIn
from clawband.policy.sets import PolicySet
from clawband.ports.store import Query
from clawband.service.log import Log
from clawband.service.running import Running

MOST = 2_000
"""Approvals looked at for who sees only some of them, the newest."""


class Seen:
    """For one request."""

    def __init__(self, running: Running, log: Log, active: PolicySet | None, by: SignedIn) -> None:
        self._running, self._log, self._active, self.by = running, log, active, by

    @cached_property
    def _all(self) -> Sequence[Gateway]:
        return self._running.store.enrolled()

    @cached_property
    def sight(self) -> sight.Sight:
        return sight.Sight(self.by, self._all)

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.sight.whole

    def of(self, principal: str) -> bool:
        """Whether what belongs to this gateway or agent is theirs to see."""
        return self.sight.of(principal)

    def where(self, principal: str) -> str:
        """The environment of a gateway or of an agent of it."""
        return sight.where(principal, self._all)

    def gateways(self) -> Sequence[Gateway]:
        return [each for each in self._all if self.of(each.name)]

    def workflows(self) -> Sequence[Workflow]:
        """Of the policy in force."""
        return [
            each
            for each in (self._active.workflows.values() if self._active else ())
            if self.whole or each.environment in self.sight.places
        ]

    def controls(self) -> Sequence[Control]:
        """Every pause that may hold where they look."""
        workflows = self._active.workflows.values() if self._active else ()
        return [
            each
            for each in self._running.store.controls()
            if self.sight.places
            and sight.paused_in(each, self._all, workflows) in {"", *self.sight.places}
        ]

    def approvals(self, states: frozenset[ApprovalState], limit: int = 200) -> Sequence[Approval]:
        """Newest first. May block on a disk."""
        found = self._running.store.approvals(states, limit if self.whole else MOST)
        return [each for each in found if self.of(each.agent)][:limit]

    def approval(self, id: str) -> Approval:
        """Raises `NotFoundError`."""
        found = self._running.store.approval(ApprovalId(id))
        if found is None:
            raise NotFoundError(
                f"there is no approval `{id[:60]}`", remedy="list them with `clawband approvals`"
            )
        self.sight.require(found.agent)
        return found

    async def find(self, query: Query) -> Sequence[Leaf]:
        return await asyncio.to_thread(self.sight.find, query, self._running.store)

    async def leaf(self, id: str) -> Leaf | None:
        found = await self._log.leaf(id)
        if found:
            self.sight.require(sight.about(found.event))
        return found

    async def walk(self, id: str) -> Walk:
        """Raises `NotFoundError`."""
        walked = await self._log.walk(id)
        steps = tuple(step for step in walked.steps if self._sees(step.leaf))
        if not steps:
            self.sight.require(sight.about(walked.steps[0].leaf.event))
        return replace(walked, steps=steps)

    async def prove(self, id: str) -> bytes:
        await self.leaf(id)
        return await self._log.prove(id)

    async def watch(self) -> AsyncIterator[Sequence[Leaf]]:
        """Durable batches from now on, each as far as they see it; never an empty one."""
        async for leaves in self._log.watch():
            if kept := self.sight.leaves(leaves):
                yield kept

    async def payload(self, digest: str, principal: str) -> bytes | None:
        """Exact arguments of an act of this agent, for who may read them there."""
        return await self._log.payload(digest, self.by, self.where(principal))

    def may(self, act: Act, principal: str) -> bool:
        """Whether they may do this to what belongs to this gateway or agent."""
        return may(self.by, act, self.where(principal))

    def _sees(self, leaf: Leaf) -> bool:
        return self.of(sight.about(leaf.event))
