"""Explanations, endorsements, and the offers that make one decision of many cards."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from clawband.approvals import compression
from clawband.approvals.compression import Group, Waiting
from clawband.flows import endorse, sight
from clawband.flows.authority import may, require, require_some
from clawband.flows.explain import Account, Value, explain, kept, told
from clawband.flows.sight import Sight
from clawband.identity.roles import Act
from clawband.model.approval import ApprovalState
from clawband.model.errors import ConflictError, InputError
from clawband.model.event import Tag
from clawband.model.person import SignedIn
from clawband.model.provenance import Endorsement, Explanation
from clawband.ports.store import Query
from clawband.service.policies import Policies
from clawband.service.running import Running

LATELY = timedelta(hours=24)
COUNTED = 10_000
"""Leaves looked at to count cards; at more, the newest of the day."""
GROUPED = 1_000
"""Approvals looked at for what they have in common, the newest that wait."""
REVIEWED = 1_000
"""Permits of an agent looked at for the uses of its endorsements, the newest."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An endorsement, how often a permit relied on it, and when last."""

    endorsement: Endorsement
    uses: int
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A group in words: the offer, what else it would allow, what holds all the same."""

    group: Group
    values: tuple[Value, ...]
    title: str
    allows: tuple[str, ...]
    still: tuple[str, ...]


class Endorsements:
    """What people vouch for. Reads go to a thread: they may block on a disk."""

    def __init__(self, running: Running, policies: Policies) -> None:
        self._running = running
        self._policies = policies
        # What was decided never changes.
        self._needs = lru_cache(GROUPED)(self._read_needs)

    async def explain(self, id: str, by: SignedIn) -> Account:
        """The story of a decision; its values only for who may read arguments."""
        readable = may(by, Act.READ_PAYLOAD)
        account = await asyncio.to_thread(explain, id, self._running.store, values=readable)
        where = self._where(sight.about(account.event))
        require(by, Act.LOOK, where)
        if not readable and may(by, Act.READ_PAYLOAD, where):
            return await asyncio.to_thread(explain, id, self._running.store, values=True)
        return account

    async def listed(self, by: SignedIn) -> Sequence[Reviewed]:
        """Newest first. The values are arguments, so not everybody may read them."""
        sees = self._sight(by)
        found = await asyncio.to_thread(self._reviewed)
        return [each for each in found if sees.of(each.endorsement.agent)]

    async def add(self, wanted: endorse.Vouching, by: SignedIn) -> Sequence[Endorsement]:
        store = self._running.store
        given, unit = await asyncio.to_thread(
            endorse.endorse, wanted, by, ledger=store, records=store,
            where=self._where(wanted.agent),
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return given

    async def add_for(
        self, id: str, by: SignedIn, purpose: str, life: timedelta = endorse.LIFE
    ) -> Sequence[Endorsement]:
        """Vouch for what a held or refused decision lacks; what waits for it runs now."""
        self._sight(by, Act.ENDORSE)
        account = await self.explain(id, by)
        told = (each.explanation for each in account.values)
        needed = compression.named(told, account.endorsable)
        if not needed:
            raise InputError(
                f"vouching for values would not have permitted `{account.event.id}`",
                remedy=f"see what would: `clawband explain {account.event.id}`",
            )
        approval = account.approval
        if approval and approval.state is ApprovalState.PENDING:
            return await self._cover(compression.alone(approval, needed), by, purpose, life)
        event = account.event
        wanted = endorse.Vouching(
            agent=event.agent,
            values=tuple((each.argument.meaning, each.argument.value) for each in needed),
            session=event.session,
            tool=event.resource.partition("::")[2],
            purpose=purpose,
            life=life,
            decisions=(event.id,),
        )
        return await self.add(wanted, by)

    async def revoke(self, id: str, by: SignedIn) -> Endorsement:
        """Ended when this returns, for the next question on."""
        found = await asyncio.to_thread(self._running.store.endorsement, id)
        ended, unit = await asyncio.to_thread(
            endorse.revoke, id, by, shelved=self._running.store,
            where=self._where(found.agent) if found else "",
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return ended

    async def offers(self, by: SignedIn) -> Sequence[Offer]:
        """The groups among what waits, for who may read the values."""
        sees = self._sight(by)
        found = await asyncio.to_thread(lambda: compression.groups(self._waiting()))
        return [self.offer(group) for group in found if sees.of(group.agent)]

    def offer(self, group: Group) -> Offer:
        """The group in words, with what holds in its workflow."""
        active = self._policies.active
        gateway, _, agent = group.agent.partition("/")
        workflow = active.workflow_of(gateway, agent) if active else None
        return Offer(
            group=group,
            values=told(group.values),
            title=compression.title(group),
            allows=compression.allows(group),
            still=compression.still(workflow),
        )

    async def cover(
        self, id: str, by: SignedIn, purpose: str, life: timedelta = endorse.LIFE
    ) -> tuple[Group, Sequence[Endorsement]]:
        """Take an offer exactly as it was shown. Raises `ConflictError` when it is another now."""
        self._sight(by, Act.ENDORSE)
        for offer in await self.offers(by):
            if offer.group.id == id:
                return offer.group, await self._cover(offer.group, by, purpose, life)
        raise ConflictError(
            f"the group `{id[:40]}` is no longer what waits",
            remedy="look again with `clawband approvals --groups`; nothing was changed",
        )

    async def cards(self, by: SignedIn) -> compression.Cards:
        """How often people were asked in the last 24 hours, where this one looks."""
        tags = frozenset({Tag.APPROVAL_OPEN, Tag.RUN_FINISH})
        query = Query(tags=tags, since=self._running.now() - LATELY, limit=COUNTED)
        leaves = await asyncio.to_thread(self._running.store.find, query)
        sees = Sight(by, self._running.store.enrolled())
        return compression.cards(leaf.event for leaf in sees.leaves(leaves))

    async def _cover(
        self, group: Group, by: SignedIn, purpose: str, life: timedelta
    ) -> Sequence[Endorsement]:
        store = self._running.store
        given, unit = await asyncio.to_thread(
            endorse.cover, group, by, purpose, life, desk=store,
            where=self._where(group.agent),
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return given

    def _where(self, principal: str) -> str:
        return sight.where(principal, self._running.store.enrolled())

    def _sight(self, by: SignedIn, act: Act = Act.READ_PAYLOAD) -> Sight:
        """Raises for who may do this nowhere."""
        require_some(by, act)
        return Sight(by, self._running.store.enrolled(), act)

    def _waiting(self) -> Iterator[Waiting]:
        now = self._running.now()
        for approval in self._running.store.approvals(frozenset({ApprovalState.PENDING}), GROUPED):
            if now < approval.expires:
                yield Waiting(approval, self._needs(approval.decision))

    def _read_needs(self, decision: str) -> tuple[Explanation, ...]:
        """The values that would have to be vouched for to need no approval."""
        leaf = self._running.store.leaf(decision)
        keys = leaf.event.detail.get("endorsable") if leaf else None
        if not leaf or not isinstance(keys, list):
            return ()
        body = self._running.store.payload(str(leaf.event.detail.get("payload", "")))
        return compression.named(kept(body), keys)

    def _reviewed(self) -> Sequence[Reviewed]:
        store = self._running.store
        found = store.all_endorsements()
        uses: dict[str, list[datetime]] = {each.id: [] for each in found}
        for agent in {each.agent for each in found}:
            since = min(each.opened for each in found if each.agent == agent)
            permits = frozenset({Tag.DECISION_PERMIT})
            query = Query(tags=permits, agent=agent, since=since, limit=REVIEWED)
            for leaf in store.find(query):
                relied = leaf.event.detail.get("endorsements")
                for each in relied if isinstance(relied, list) else ():
                    uses.setdefault(str(each), []).append(leaf.event.at)
        return [Reviewed(each, len(uses[each.id]), max(uses[each.id], default=None))
                for each in found]  # fmt: skip
