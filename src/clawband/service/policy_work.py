"""Work on policy before it is published: what a set would change, and what each one did change."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache

from clawband.flows import differ
from clawband.flows.authority import require
from clawband.flows.differ import Activated, Difference
from clawband.identity.roles import Act
from clawband.model.person import SignedIn
from clawband.policy.sets import PolicySet
from clawband.policy.words import Told, told
from clawband.service.policies import Policies
from clawband.service.running import Running

SETS = 16
"""Earlier sets that are remembered, ready to be compared."""
MOST = 50


class PolicyWork:
    """Sets are built in a thread: a large one takes longer than an answer may."""

    def __init__(self, running: Running, policies: Policies) -> None:
        self._running = running
        self._policies = policies
        self._kept = lru_cache(SETS)(self._read)

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

    def _history(self, limit: int) -> Sequence[Activated]:
        past = self._running.store.activations(limit + 1)
        return list(differ.history(past, self._kept))[:limit]

    def _read(self, digest: str) -> PolicySet:
        active = self._policies.active
        if active and active.digest == digest:
            return active
        return differ.kept(digest, self._running.shelf, self._running.catalogue)
