"""Notices by mail: written from what is durable, and delivered as well as the server lets us.

The log is followed, so nobody who acts waits for a mail, and how far it was followed is kept with
the letters: what happened before a crash is told after it, once.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.audit import entry
from clawband.flows import announce, mailbox, outbox, worth
from clawband.flows.announce import Scene
from clawband.flows.kept import Kept, Kind
from clawband.model.errors import ConflictError, UnavailableError
from clawband.model.event import Event, Leaf
from clawband.model.notice import Letter
from clawband.ports.notices import Courier, Fate, Tried
from clawband.ports.unit import Change, Unit
from clawband.service.approvals import Approvals
from clawband.service.running import Running

BACKLOG = 10_000
"""Events that wait in memory to be written up; what comes after them is read from the log then."""
CATCH_UP = 100_000
"""Entries of the log that are looked through after a crash, and at once."""
NOTED = timedelta(minutes=1)
PAUSE = timedelta(minutes=1)
"""Between two mails to one person: what comes meanwhile goes together."""
ROUND = 50
BEGIN = timedelta(seconds=5)
"""To the next try when the server cannot be used; doubled each time."""
AT_MOST = timedelta(minutes=5)
DAY = timedelta(hours=24)
_log = logging.getLogger("clawband.notices")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The log is written up to this entry."""

    index: int


CURSOR = Kind("notice-cursor", Cursor)
ONLY = "log"


@dataclass(frozen=True, slots=True)
class Lost:
    """A letter that was given up."""

    to: str
    why: str
    at: datetime


class Notices:
    """`follow` and `tick` are called in the loop; without a courier they do nothing."""

    def __init__(self, running: Running, approvals: Approvals) -> None:
        self._running, self._approvals = running, approvals
        self._fresh: list[Leaf] = []
        self._missed = range(0)
        """Entries of the log to look through, all after `_fresh`."""
        self.read = -1
        """The last entry of the log that was followed."""
        self._written = -1
        self._noted: datetime | None = None
        self._last: dict[str, datetime] = {}
        self._again: datetime | None = None
        self._failures = 0
        self._lost: deque[Lost] = deque(maxlen=100)
        self.problem = ""
        """Why no mail can be sent, when none can."""

    def load(self) -> None:
        """Where to go on; called when the log is being followed."""
        store = self._running.store
        kept, size = CURSOR.find(ONLY, store), store.size()
        self._written = kept.value.index if kept else size - 1
        self._missed = range(max(self._written + 1, size - CATCH_UP), size)
        self.read = size - 1

    def lost(self) -> Sequence[Lost]:
        """What was given up in the last day, newest first."""
        since = self._running.now() - DAY
        return [each for each in reversed(self._lost) if each.at >= since]

    def follow(self, leaves: Sequence[Leaf]) -> None:
        """Called in the loop after every durable batch."""
        if self._running.courier is None:
            return
        for leaf in leaves:
            if leaf.index <= self.read:
                continue  # looked through from the log
            self.read = leaf.index
            if leaf.event.tag not in announce.TAGS:
                continue
            if self._missed or len(self._fresh) >= BACKLOG:
                start = self._missed.start if self._missed else leaf.index
                self._missed = range(start, leaf.index + 1)
            else:
                self._fresh.append(leaf)

    async def tick(self) -> None:
        """Write up what happened, and deliver what is due."""
        courier = self._running.courier
        if courier is None:
            return
        await self._write()
        await self._give_up()
        now = self._running.now()
        if self._again and now < self._again:
            return
        for kept in outbox.due(self._running.store, now)[:ROUND]:
            try:
                if not await self._deliver(kept, courier):
                    return
            except ConflictError:
                continue  # somebody wrote to this letter; the next round looks again

    async def warn(self) -> None:
        """Say which approvals end soon."""
        if self._running.courier is not None:
            unit = await asyncio.to_thread(self._warning)
            if unit.changes:
                await self._running.commit(unit)

    async def _write(self) -> None:
        """The letters and how far we are in one unit: a crash tells nothing twice."""
        if self._missed and not self._fresh:
            part = self._missed[:CATCH_UP]
            self._fresh = await asyncio.to_thread(self._looked_through, part)
            self._missed = self._missed[len(part) :]  # what came meanwhile made it longer
        now, some = self._running.now(), self._fresh[: announce.AT_ONCE]
        upto = self._missed.start - 1 if self._missed else self.read
        if len(some) < len(self._fresh):
            upto = some[-1].index
        idle = upto == self._written or (self._noted and now - self._noted < NOTED)
        if not some and idle:
            return
        unit = await asyncio.to_thread(self._written_up, [each.event for each in some], upto)
        try:
            await self._running.commit(unit)
        except ConflictError:
            return  # somebody wrote to the same letter; the next round looks again
        self._fresh = self._fresh[len(some) :]
        self._written, self._noted = upto, now

    async def _deliver(self, kept: Kept[Letter], courier: Courier) -> bool:
        """Whether others can be tried, too."""
        letter, now = kept.value, self._running.now()
        recent = self._last.get(letter.to)
        if not letter.closed and not letter.address and recent and now - recent < PAUSE:
            return True
        address = letter.address or self._address(letter.to)
        closed, change = await asyncio.to_thread(self._closed, kept, address)
        if change:
            await self._running.commit(Unit([], [change]))
        if closed is None:
            return True
        # From here to the next commit it may be delivered and not known to be: the same again.
        tried = await self._tried(closed, address, courier)
        if tried is None:
            return False
        if tried.fate is Fate.SENT and not letter.address:
            self._last[letter.to] = now
        await self._settle(closed, tried)
        return True

    async def _tried(self, kept: Kept[Letter], address: str, courier: Courier) -> Tried | None:
        """None when the server cannot be used at all."""
        message = outbox.message(kept, address, self._running.people.origin)
        try:
            tried = await courier.send(message)
        except UnavailableError as error:
            if not self.problem:
                _log.warning("no mail can be sent: %s", error)
            self.problem = error.message
            wait = min(BEGIN * 2 ** min(self._failures, 10), AT_MOST)
            self._failures, self._again = self._failures + 1, self._running.now() + wait
            return None
        self.problem, self._failures, self._again = "", 0, None
        return tried

    async def _settle(self, kept: Kept[Letter], tried: Tried) -> None:
        now = self._running.now()
        unit = outbox.tried(kept, tried.fate, tried.why, now=now, entropy=self._running.entropy())
        await self._running.commit(unit)
        if tried.fate is Fate.NEVER:
            self._lost.append(Lost(kept.value.to, tried.why, now))

    async def _give_up(self) -> None:
        now, entropy = self._running.now(), self._running.entropy()
        unit = outbox.over(self._running.store, now=now, entropy=entropy)
        if unit.events:
            await self._running.commit(unit)
            gone = (each.resource.partition("::")[2] for each in unit.events)
            self._lost += [Lost(each, "it could not be delivered for a day", now) for each in gone]

    def _address(self, name: str) -> str:
        found = self._running.store.person(name)
        box = mailbox.of(found, self._running.store) if found else None
        return box.value.address if box else ""

    def _closed(
        self, kept: Kept[Letter], address: str
    ) -> tuple[Kept[Letter] | None, Change | None]:
        """The letter as it goes out, and what must be written before."""
        if not address:
            return None, outbox.LETTER.drop(kept)
        if kept.value.closed:
            return kept, None
        store, now = self._running.store, self._running.now()
        letter, change = outbox.closed(kept, lambda line: worth.still(line, store, now))
        return (Kept(kept.id, kept.version + 1, letter) if letter else None), change

    def _scene(self) -> Scene:
        return Scene(
            desk=self._running.store,
            objection=self._approvals.objection,
            now=self._running.now(),
        )

    def _looked_through(self, missed: range) -> list[Leaf]:
        """What was worth telling while nobody followed. May block on a disk."""
        since = self._running.now() - outbox.LIFE
        bodies = self._running.store.bodies(missed.start, missed.stop)
        leaves = (
            Leaf(index, body, entry.decode(body))
            for index, body in zip(missed, bodies, strict=True)
        )
        return [
            each for each in leaves if each.event.tag in announce.TAGS and each.event.at >= since
        ]

    def _written_up(self, events: Sequence[Event], upto: int) -> Unit:
        scene, store = self._scene(), self._running.store
        news = [found for each in events if (found := announce.news_of(each, scene))]
        kept = CURSOR.find(ONLY, store)
        now_at = Cursor(upto)
        changes: list[Change] = [
            CURSOR.replace(kept, now_at) if kept else CURSOR.new(ONLY, now_at),
            *outbox.posted(
                announce.told(news, scene), store, now=scene.now, entropy=self._running.entropy()
            ),
        ]
        return Unit([], changes)

    def _warning(self) -> Unit:
        scene, store = self._scene(), self._running.store
        news, changes = announce.ending(scene)
        told = announce.told(news, scene)
        entropy = self._running.entropy()
        return Unit([], [*changes, *outbox.posted(told, store, now=scene.now, entropy=entropy)])
