"""Who can do what, answered from memory: powers by policy, their last use by what was recorded."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from clawband.flows import accounts, break_glass, delegate, elevate, trade, use
from clawband.flows.authority import require
from clawband.flows.findings import Looked, findings, since
from clawband.flows.may import may
from clawband.flows.may_call import Answer, Asked
from clawband.flows.use import Uses
from clawband.flows.who_can import Scene, agents, dated, powers
from clawband.identity.findings import Finding
from clawband.identity.reach import Agent, Power
from clawband.identity.roles import Act
from clawband.model.errors import InputError
from clawband.model.event import Leaf
from clawband.model.person import Operator, SignedIn
from clawband.service.policies import Policies
from clawband.service.running import Running

MOST_DAYS = 3_650


class Access:
    """`uses` is what the log says of every power; written beside it from time to time."""

    def __init__(self, running: Running, policies: Policies) -> None:
        self._running, self._policies = running, policies
        self.uses = Uses()
        self._until = 0
        self._known: tuple[Scene, Sequence[Power]] | None = None

    def load(self) -> None:
        """What was kept, and the newest leaves; a very long rest is read by `tick`."""
        store = self._running.store
        self.uses = use.load(store)
        self._until = store.size()
        use.take(self.uses, use.older(self.uses.counted, self._until, store), self._until)

    def follow(self, leaves: Sequence[Leaf]) -> None:
        """Leaves that are durable."""
        use.follow(self.uses, leaves)

    async def tick(self) -> None:
        """Read on, and keep what is new."""
        store = self._running.store
        if not self.uses.complete:
            read = await asyncio.to_thread(use.older, self.uses.counted, self._until, store)
            use.take(self.uses, read, self._until)
        unit = use.keep(self.uses, store)
        if unit.changes:
            changed, self.uses.changed = self.uses.changed, set()
            try:
                await self._running.commit(unit)
            except BaseException:
                self.uses.changed |= changed
                raise

    async def who_can(self, by: SignedIn, *, critical: bool) -> Sequence[Power]:
        """Every power of everybody and everything, the gravest first."""
        found = await self.powers(by)
        return [self.dated(each) for each in found if each.critical or not critical]

    async def powers(self, by: SignedIn) -> Sequence[Power]:
        """The same without their last use, from memory as long as they are what they were."""
        require(by, Act.LOOK)
        return await asyncio.to_thread(self._powers)

    def agents(self, by: SignedIn) -> Sequence[Agent]:
        """Every agent under policy, with who answers for it."""
        require(by, Act.LOOK)
        return agents(self._scene())

    def dated(self, power: Power) -> Power:
        """With its last use."""
        return dated(power, self.uses)

    async def may(self, asked: Asked, by: SignedIn) -> Answer:
        """Raises `NotFoundError` and `InputError`."""
        require(by, Act.LOOK)
        store, now = self._running.store, self._running.now()
        return await asyncio.to_thread(lambda: may(asked, self._scene(), store, now))

    async def findings(self, by: SignedIn, days: int) -> Sequence[Finding]:
        """Who has more than they use, and what would be enough. Raises `InputError`."""
        require(by, Act.LOOK)
        if not 1 <= days <= MOST_DAYS:
            raise InputError(f"expected 1 to {MOST_DAYS} days, got {days}", remedy="give fewer")
        return await asyncio.to_thread(self._findings, timedelta(days=days))

    def _findings(self, window: timedelta) -> Sequence[Finding]:
        running, now = self._running, self._running.now()
        return findings(
            Looked(
                scene=self._scene(), accounts=accounts.listed(running.store),
                since=since(running.store, running.shelf, now - window),
                catalogue=running.catalogue, now=now, window=window,
            )
        )  # fmt: skip

    def _powers(self) -> Sequence[Power]:
        scene = self._scene()
        known = self._known
        if known is None or known[0] != scene:
            known = self._known = scene, powers(scene)
        return known[1]

    def _scene(self) -> Scene:
        store = self._running.store
        people = store.operators()
        return Scene(
            people=people, gateways=store.enrolled(), active=self._policies.active,
            uses=self.uses, keys=self._keys(), lent=self._lent(people), away=self._away(),
        )  # fmt: skip

    def _keys(self) -> Mapping[str, frozenset[str]]:
        """By service account: every act that a living key of it names; by workload its rule's."""
        store, now = self._running.store, self._running.now()
        rules = self._running.trusted.workloads
        acts = {trade.who(each.name): _placed(each.acts, each.environment) for each in rules}
        for each in accounts.listed(store):
            alive = [held.key for held in each.keys if each.owned and held.key.alive(now)]
            own = (_placed(key.acts, key.environment) for key in alive)
            acts[each.account.principal] = frozenset().union(*own)
        return acts

    def _lent(self, people: Sequence[Operator]) -> Mapping[str, frozenset[str]]:
        """Roles for a time, by who has them."""
        store, now = self._running.store, self._running.now()
        lent = {each.name: elevate.active(each, store, now) for each in people}
        broke = {each.name for each in break_glass.open_(store)}
        for each in people:
            if each.name in broke:
                lent[each.name] |= break_glass.lent(each, store, now)
        return {name: frozenset(map(str, roles)) for name, roles in lent.items() if roles}

    def _away(self) -> Mapping[str, Sequence[Operator]]:
        """Whom they stand in for, by who does."""
        store, now = self._running.store, self._running.now()
        names = {each.value.to for each in delegate.KIND.all(store)}
        return {name: tuple(delegate.away(name, store, now)) for name in names}


def _placed(acts: Iterable[str], environment: str) -> frozenset[str]:
    return frozenset(f"{act}@{environment}" if environment else str(act) for act in acts)
