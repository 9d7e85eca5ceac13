"""Roles for a while: asked for, granted, ended by time, and what was done under them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clawband.flows import break_glass, elevate
from clawband.flows.authority import may, require, require_some
from clawband.identity.elevation import Elevation
from clawband.identity.roles import Act
from clawband.model.errors import NotFoundError
from clawband.model.event import Leaf, Tag
from clawband.model.person import SignedIn, held
from clawband.ports.store import Query
from clawband.ports.unit import Unit
from clawband.service import lent
from clawband.service.running import Running

TAGS = frozenset({Tag.ELEVATION_ASK, Tag.ELEVATION_GRANT, Tag.ELEVATION_REFUSE, Tag.ELEVATION_END})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An elevation out of the log: its events, and what the person did while it held."""

    id: str
    events: Sequence[Leaf]
    """Oldest first."""
    acts: Sequence[Leaf]
    """Oldest first, at most `lent.SHOWN`."""


class Elevations:
    """Everybody has one at a time; time ends it, whatever else happens."""

    def __init__(self, running: Running) -> None:
        self._running = running

    async def settle(self) -> None:
        """At a start: end what is over, and everything when the clock was set back."""
        newest = await asyncio.to_thread(self._running.store.find, Query(limit=1))
        await self._end(newest[0].event.at if newest else None)

    async def expire(self) -> None:
        """Record the end of those that time has ended, and what time it is while one holds."""
        await self._end(None)
        store, now = self._running.store, self._running.now()
        broken = any(each.holds(now) for each in break_glass.open_(store))
        unit = elevate.noted(store, now=now, lent=broken)
        if unit.changes:
            await self._running.commit(unit)

    def listed(self, by: SignedIn) -> Sequence[Elevation]:
        """The newest of everybody, or of `by` alone who looks at one environment: those that wait
        and those that hold first."""
        require_some(by, Act.LOOK)
        now, whole = self._running.now(), may(by, Act.LOOK)
        every = (each.value for each in elevate.KIND.all(self._running.store))
        found = [each for each in every if whole or each.name == by.name]
        return sorted(found, key=lambda each: (each.open(now), each.asked), reverse=True)

    async def past(self, by: SignedIn) -> Sequence[Leaf]:
        """What the log knows of elevations, newest first; of one's own for who looks at one
        environment."""
        require_some(by, Act.LOOK)
        query = Query(tags=TAGS, limit=lent.SHOWN)
        found = await asyncio.to_thread(self._running.store.find, query)
        return [each for each in found if may(by, Act.LOOK) or _whose(each) == by.name]

    async def told(self, id: str, by: SignedIn) -> Told:
        """Raises `NotFoundError`."""
        require_some(by, Act.LOOK)
        told = await asyncio.to_thread(self._told, id)
        if _whose(told.events[0]) != by.name:
            require(by, Act.LOOK)
        return told

    async def ask(self, role: str, purpose: str, minutes: int, by: SignedIn) -> Elevation:
        asked, unit = elevate.ask(
            held(role), purpose, minutes, by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return asked

    async def grant(self, id: str, by: SignedIn) -> Elevation:
        granted, unit = elevate.grant(
            id, by, store=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return granted

    async def refuse(self, id: str, by: SignedIn, note: str = "") -> Elevation:
        refused, unit = elevate.refuse(
            id, by, note, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return refused

    async def end(self, id: str, by: SignedIn) -> Elevation:
        """At once: the next request of this person is without the role."""
        ended, unit = elevate.end(
            id, by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return ended

    async def _end(self, last: datetime | None) -> None:
        units = elevate.over(
            self._running.store, last=last,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        if units:
            events = [event for unit in units for event in unit.events]
            changes = [change for unit in units for change in unit.changes]
            await self._running.commit(Unit(events, changes))

    def _told(self, id: str) -> Told:
        store = self._running.store
        found = lent.events(f"Elevation::{id}", TAGS, store)
        if not found:
            raise NotFoundError(
                f"there is no elevation `{id[:40]}`",
                remedy="list them with `clawband elevate list`",
            )
        ended = [leaf.index for leaf in found if leaf.event.tag is Tag.ELEVATION_END]
        granted = [leaf for leaf in found if leaf.event.tag is Tag.ELEVATION_GRANT]
        acts = lent.acts(granted[0], ended[0] if ended else None, store) if granted else ()
        return Told(id=id, events=found, acts=acts)


def _whose(leaf: Leaf) -> str:
    return str(leaf.event.detail.get("person", ""))
