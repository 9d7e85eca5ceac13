"""Work on policy before it is published: what a set would change, and would have changed."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Protocol

from clawband.flows import differ, replay
from clawband.flows import draft as drafting
from clawband.flows.authority import require
from clawband.flows.differ import Activated, Difference
from clawband.flows.draft import Draft
from clawband.flows.gather import gather
from clawband.flows.replay import Bench, Replayed, Tally
from clawband.identity.roles import Act
from clawband.model.errors import Error, NotFoundError
from clawband.model.person import SignedIn
from clawband.policy.compare import Change, compare
from clawband.policy.sets import PolicySet, build
from clawband.policy.words import Told, told
from clawband.service.policies import Policies
from clawband.service.running import Running

SETS = 16
"""Earlier sets that are remembered, ready to be compared."""
COMPARED = 128
MOST = 50
DECISIONS = 1_000
"""How many recorded decisions are asked again unless somebody says how many."""
MOST_DECISIONS = 10_000
AT_ONCE = 25
"""Decisions between which others get their turn: live questions go first."""


class Workspaces(Protocol):
    def workspace(self, agent: str) -> str: ...


class PolicyWork:
    """Work goes to a thread, and what reads many decisions one after another."""

    def __init__(self, running: Running, policies: Policies, machine: Workspaces) -> None:
        self._running = running
        self._policies = policies
        self._machine = machine
        self._sets = lru_cache(SETS)(self._found)
        self._between = lru_cache(COMPARED)(self._compared)
        self._one = asyncio.Lock()

    def words(self, by: SignedIn) -> Sequence[Told]:
        """What is in force, workflow by workflow."""
        require(by, Act.LOOK)
        return told(self._policies.active)

    async def diff(self, files: Mapping[str, str], by: SignedIn) -> Difference:
        """What these files would change. Raises `PolicyError` with every problem found."""
        require(by, Act.LOOK)
        return await asyncio.to_thread(
            differ.differ, files, self._policies.active, self._running.catalogue
        )

    async def history(self, by: SignedIn, limit: int = MOST) -> Sequence[Activated]:
        """The newest activations, each with what it changed."""
        require(by, Act.LOOK)
        return await asyncio.to_thread(self._history, min(limit, MOST))

    async def replay(
        self, files: Mapping[str, str], by: SignedIn, since: datetime | None, limit: int
    ) -> Replayed:
        """What these files would have answered to the newest decisions. For who may read their
        arguments: each answer tells something of them. Raises `PolicyError`."""
        require(by, Act.READ_PAYLOAD)
        bench = Bench(
            records=self._running.store,
            candidate=await asyncio.to_thread(build, files, self._running.catalogue),
            read=self.kept,
            catalogue=self._running.catalogue,
            workspace=self._machine.workspace,
        )
        tally = Tally()
        async with self._one:
            found = await asyncio.to_thread(replay.decisions, bench.records, since, limit)
            steps = replay.replay(found, bench, tally)
            while await asyncio.to_thread(lambda: sum(1 for _ in islice(steps, AT_ONCE))):
                pass
        return tally.done()

    async def draft(
        self, agent: str, by: SignedIn, since: datetime | None, *, learn: bool
    ) -> Draft:
        """A manifest from what `<gateway>/<agent>` did; with `learn`, also from what it asked for
        and nothing permits. For who may read arguments: it lists hosts, files and people."""
        require(by, Act.READ_PAYLOAD)
        gateway = agent.partition("/")[0]
        enrolled = {each.name: each.environment for each in self._running.store.enrolled()}
        if gateway not in enrolled:
            raise NotFoundError(
                f"there is no gateway `{gateway[:40]}`",
                remedy="name the agent as `<gateway>/<agent>`; `clawband gateway list` has them",
            )
        async with self._one:
            return await asyncio.to_thread(self._draft, agent, enrolled[gateway], since, learn)

    def _draft(self, agent: str, environment: str, since: datetime | None, learn: bool) -> Draft:
        store, active = self._running.store, self._policies.active
        leaves = replay.decisions(store, since, MOST_DECISIONS, agent)
        catalogue = self._running.catalogue
        used = gather(leaves, active, store.payload, catalogue, learn=learn)
        return drafting.draft(agent, environment, used, active, catalogue)

    def _history(self, limit: int) -> Sequence[Activated]:
        past = self._running.store.activations(limit + 1)
        return list(differ.history(past, self._between))[:limit]

    def _compared(self, before: str, after: str) -> tuple[Change, ...]:
        return compare(self.kept(before) if before else None, self.kept(after))

    def kept(self, digest: str) -> PolicySet:
        """A set that was in force. Raises `Error` when it can no longer be told."""
        active = self._policies.active
        if active and active.digest == digest:
            return active
        found = self._sets(digest)
        if isinstance(found, Error):
            raise found
        return found

    def _found(self, digest: str) -> PolicySet | Error:
        """The set or what is wrong with it, so that one that is broken is not read again and
        again."""
        try:
            return differ.kept(digest, self._running.shelf, self._running.catalogue)
        except Error as error:
            return error
