"""Where values come from, in memory: what sessions have read, what agents wrote and sent to.

Sessions and agents are many and most of them rest: only the ones in use are held, the others are
loaded by index when they are asked for.
"""

import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Protocol

from clawband.adapters.stores.hot import Hot
from clawband.labels.sources import Sources
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.provenance import Endorsement, Place, Reading, ReadingKind
from clawband.openclaw.places import UNREADABLE as ANY_PATH
from clawband.ports import unit as writes

SESSION = 2_000_000
"""Characters of one session that are loaded, its newest: about 500,000 tokens, more than a model
has before it. What is older explains nothing any more, but its labels still count."""
READING = 1_000
"""Characters that a reading counts for besides its text: its values take about as much memory."""
TEXT = 64_000_000
"""Characters of all sessions in use."""
PLACES = 100_000
"""Paths of all agents in use. Of one agent all are held: a forgotten one would be trusted."""
DESTINATIONS = 100_000
"""Destinations that are known to be used; any other is looked up."""
ENDORSEMENTS = 20_000
"""The most that are in force at a time, and revocations remembered."""

NEVER = datetime.fromtimestamp(0, UTC)
WORST = Label(Integrity.OUTSIDE, Confidentiality.RESTRICTED, frozenset({"unreadable"}))
UNREADABLE = Reading(
    id="", at=NEVER, kind=ReadingKind.DATA, source="unreadable", label=WORST, tags=("secret",)
)
"""Stands for everything that cannot be read now: it explains nothing, and is the worst there is."""


class Cold(Protocol):
    """What a store holds of it. May raise; then the worst is assumed."""

    def readings(self, session: str, characters: int, each: int) -> Sequence[Reading]:
        """Oldest first. The newest with their texts, as many as fit when each one counts for
        `each` characters and its text. Of the older ones, as far as a quarter of that holds them:
        what was said and written, with its text, and one of each source and label, without."""
        ...

    def written(self, agent: str) -> Sequence[Place]:
        """The newest version of each path."""
        ...

    def sent_to(self, agent: str, destinations: frozenset[str]) -> frozenset[str]:
        """Those that the agent used before."""
        ...


class LineageMemory:
    """Implements `ports.store.Lineage`. Written by one thread at a time, read by any."""

    def __init__(self, cold: Cold) -> None:
        self._cold = cold
        self._shut = Lock()
        self._sources = Hot(self._load_sources, _weight, most=TEXT, each=3 * SESSION)
        self._places = Hot(self._load_places, len, most=PLACES, each=sys.maxsize)
        self._coming: dict[str, dict[str, Reading]] = {}
        self._used: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._endorsed: dict[str, dict[str, Endorsement]] = {}
        self._revoked: OrderedDict[str, None] = OrderedDict()

    # What decisions read.

    def sources(self, session: str) -> Sources:
        if not session:
            return Sources()
        found = self._sources.get(session)
        return Sources((UNREADABLE,)) if found is None else found

    def endorsements(self, agent: str) -> Sequence[Endorsement]:
        with self._shut:
            return tuple(self._endorsed.get(agent, {}).values())

    def place(self, agent: str, path: str) -> Place | None:
        known = self._places.get(agent)
        return _unreadable(agent, path) if known is None else known.get(path)

    def places(self, agent: str) -> Sequence[Place]:
        known = self._places.get(agent)
        return (_unreadable(agent, ANY_PATH),) if known is None else tuple(known.values())

    def used(self, agent: str, destinations: frozenset[str]) -> frozenset[str]:
        known = self.known_used(agent, destinations)
        if known == destinations:
            return known
        try:
            found = self._cold.sent_to(agent, destinations - known)
        except Exception:  # noqa: BLE001 - never raises; what cannot be read was not used
            return known
        self._use(agent, found)
        return known | found

    def known_used(self, agent: str, destinations: frozenset[str]) -> frozenset[str]:
        """Those of which memory knows by itself."""
        with self._shut:
            return frozenset(each for each in destinations if (agent, each) in self._used)

    # What the store writes.

    def foresee_lineage(self, change: writes.Change) -> None:
        """Before it is durable: what is new from outside, and what no longer holds."""
        match change:
            case writes.AddReading(session, reading) if _early(reading):
                with self._shut:
                    self._coming.setdefault(session, {})[reading.id] = reading
                self._add(session, reading)
            case writes.PutEndorsement(endorsement) if endorsement.revoked:
                self._revoke(endorsement)

    def give_up(self, unit: writes.Unit) -> None:
        """The unit failed: what was read with it was given to nobody."""
        for change in unit.changes:
            if isinstance(change, writes.AddReading):
                self._came(change.session, change.reading)
                self._sources.forget(change.session)

    def change_lineage(self, change: writes.Change) -> None:
        """After a change is durable."""
        match change:
            case writes.AddReading(session, reading):
                if _early(reading):
                    self._came(session, reading)
                else:
                    self._add(session, reading)
            case writes.UseDestinations(agent, destinations):
                self._use(agent, destinations)
            case writes.PutPlace(place):
                self._places.change(place.agent, partial(_put, place))
            case writes.PutEndorsement(endorsement):
                if endorsement.revoked:
                    self._revoke(endorsement)
                else:
                    self._endorse(endorsement)

    def _add(self, session: str, reading: Reading) -> None:
        add: Callable[[Sources], None] = partial(_read, reading)
        self._sources.change(session, add, READING + len(reading.text))

    def _came(self, session: str, reading: Reading) -> None:
        with self._shut:
            coming = self._coming.get(session, {})
            coming.pop(reading.id, None)
            if not coming:
                self._coming.pop(session, None)

    def _load_sources(self, session: str) -> Sources:
        # In this order: what becomes durable meanwhile is in one of the two.
        with self._shut:
            coming = tuple(self._coming.get(session, {}).values())
        return Sources((*self._cold.readings(session, SESSION, READING), *coming))

    def _load_places(self, agent: str) -> dict[str, Place]:
        return {place.path: place for place in self._cold.written(agent)}

    def _use(self, agent: str, destinations: frozenset[str]) -> None:
        with self._shut:
            for each in destinations:
                self._used[agent, each] = None
                self._used.move_to_end((agent, each))
            while len(self._used) > DESTINATIONS:
                self._used.popitem(last=False)

    def _endorse(self, endorsement: Endorsement) -> None:
        with self._shut:
            if endorsement.id in self._revoked:
                return
            standing = self._endorsed.setdefault(endorsement.agent, {})
            # The newest one tells the time: what was over when it was opened is over now.
            for over in [one for one in standing.values() if one.expires <= endorsement.opened]:
                del standing[over.id]
            standing[endorsement.id] = endorsement

    def _revoke(self, endorsement: Endorsement) -> None:
        with self._shut:
            self._endorsed.get(endorsement.agent, {}).pop(endorsement.id, None)
            self._revoked[endorsement.id] = None
            if len(self._revoked) > ENDORSEMENTS:
                self._revoked.popitem(last=False)


def _early(reading: Reading) -> bool:
    """Words explain, so they wait until they are durable; everything else may be known at once."""
    return reading.kind is not ReadingKind.WORDS


def _read(reading: Reading, sources: Sources) -> None:
    sources.add(reading)


def _put(place: Place, places: dict[str, Place]) -> None:
    places[place.path] = place


def _weight(sources: Sources) -> int:
    return sum(READING + len(reading.text) for reading in sources.readings)


def _unreadable(agent: str, path: str) -> Place:
    return Place(
        agent=agent, path=path, label=WORST, decision="", payload="", at=NEVER
    )  # fmt: skip
