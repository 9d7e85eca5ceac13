"""Broken glass: sealed codes, two people, an hour, and a review by a third."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from clawband.flows import break_glass
from clawband.flows.authority import may, require, require_some
from clawband.identity import glass
from clawband.identity.glass import Glass
from clawband.identity.roles import Act
from clawband.model import ids
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.model.event import Leaf, Tag
from clawband.model.person import SignedIn
from clawband.ports.store import Query
from clawband.ports.unit import Unit
from clawband.service import lent
from clawband.service.running import Running

TAGS = frozenset({Tag.GLASS_BREAK, Tag.GLASS_REVIEW, Tag.REVIEW_OVERDUE})
BROKEN = str(glass.Stage.BROKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An emergency out of the log: its events, and what the person did meanwhile."""

    id: str
    events: Sequence[Leaf]
    """Oldest first."""
    acts: Sequence[Leaf]
    """Oldest first, at most `lent.SHOWN`."""


class Glasses:
    """Whoever is signed in can break it with a sealed code; nobody can do it alone or unseen."""

    def __init__(self, running: Running) -> None:
        self._running = running

    async def settle(self) -> None:
        """At a start: end what is over, and everything when the clock was set back."""
        newest = await asyncio.to_thread(self._running.store.find, Query(limit=1))
        await self._over(newest[0].event.at if newest else None)

    async def expire(self) -> None:
        """Record what time has ended, and reviews that are overdue."""
        await self._over(None)

    def alarms(self) -> Sequence[Glass]:
        """What everybody must see: those that hold or wait for a review, oldest first."""
        return break_glass.open_(self._running.store)

    def listed(self, by: SignedIn) -> Sequence[Glass]:
        """The alarms, and those that wait for a second person. They are everybody's."""
        require_some(by, Act.LOOK)
        return [each.value for each in break_glass.KIND.all(self._running.store)]

    def sealed(self, by: SignedIn) -> datetime | None:
        """Since when codes lie in their envelopes."""
        require_some(by, Act.LOOK)
        found = break_glass.SEAL.find(break_glass.ONLY, self._running.store)
        return found.value.at if found else None

    async def past(self, by: SignedIn) -> Sequence[Leaf]:
        """What the log knows of it, newest first; nothing for who looks at one environment."""
        require_some(by, Act.LOOK)
        if not may(by, Act.LOOK):
            return ()
        query = Query(tags=TAGS, text="Glass::", limit=lent.SHOWN)
        return await asyncio.to_thread(self._running.store.find, query)

    async def told(self, id: str, by: SignedIn) -> Told:
        """Raises `NotFoundError`."""
        require(by, Act.LOOK)
        return await asyncio.to_thread(self._told, id)

    async def seal(self, count: int, by: SignedIn) -> Sequence[str]:
        """Codes for as many envelopes, shown once; earlier ones are worth nothing."""
        size = glass.CODE_BYTES * max(glass.CODES) + ids.ENTROPY_BYTES
        codes, unit = break_glass.seal(
            count, by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.randomness.bytes(size),
        )  # fmt: skip
        await self._running.commit(unit)
        return codes

    async def begin(self, code: str, purpose: str, by: SignedIn) -> Glass:
        """The first person. A second must come within a quarter of an hour."""
        return await self._with_code(partial(break_glass.begin, code, purpose), by)

    async def second(self, id: str, code: str, by: SignedIn) -> Glass:
        """The second person: the first one is an administrator for an hour from now on."""
        return await self._with_code(partial(break_glass.second, id, code), by)

    async def end(self, id: str, by: SignedIn) -> Glass:
        """At once."""
        ended, unit = break_glass.end(
            id, by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return ended

    async def review(self, id: str, findings: str, by: SignedIn) -> Glass:
        """By a third person; the alarm ends."""
        reviewed, unit = break_glass.review(
            id, findings, by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return reviewed

    async def _with_code(self, step: Callable[..., tuple[Glass, Unit]], by: SignedIn) -> Glass:
        """Who comes with a wrong code is recorded, too."""
        now, entropy = self._running.now(), self._running.entropy()
        try:
            broken, unit = step(by, documents=self._running.store, now=now, entropy=entropy)
        except AuthenticationError as problem:
            unit = break_glass.refused(by, problem, now=now, entropy=entropy)
            await self._running.commit(unit)
            raise
        await self._running.commit(unit)
        return broken

    async def _over(self, last: datetime | None) -> None:
        unit = break_glass.over(
            self._running.store, last=last,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        if unit.events:
            await self._running.commit(unit)

    def _told(self, id: str) -> Told:
        store = self._running.store
        found = lent.events(f"Glass::{id}", TAGS, store)
        if not found:
            raise NotFoundError(
                f"there is no glass `{id[:40]}`", remedy="list it with `clawband break-glass list`"
            )
        broken = [leaf for leaf in found if leaf.event.outcome == BROKEN]
        ended = [leaf.index for leaf in found if leaf.event.outcome == str(glass.Stage.OVER)]
        acts = lent.acts(broken[0], ended[0] if ended else None, store) if broken else ()
        return Told(id=id, events=found, acts=acts)
