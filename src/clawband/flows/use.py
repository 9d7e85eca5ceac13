"""When every power was last used, kept beside the log, so that no question has to read all of it.

The log is the truth: what is kept says up to which leaf it was read, and the rest is read again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clawband.audit import entry
from clawband.flows.kept import Kind
from clawband.identity import reach
from clawband.model.digest import sha256
from clawband.model.event import Event, Leaf
from clawband.ports.store import Documents, Records
from clawband.ports.unit import Change, Unit

AT_ONCE = 20_000
"""Leaves read in one round."""
MOST = 500
"""Powers remembered of one principal: an agent may not fill our memory with names."""


@dataclass(frozen=True, slots=True)
class Used:
    """`last`: power (`identity.reach.used`) to when it was last used."""

    who: str
    last: dict[str, datetime]


@dataclass(frozen=True, slots=True)
class Counted:
    """The log was read up to this leaf; `since` is when it began."""

    leaves: int
    since: datetime


KIND = Kind("use of powers", Used)
COUNTED = Kind("uses counted", Counted)
_ONE = "log"


@dataclass(slots=True)
class Uses:
    """In memory: by principal, then by power. `complete` once all older leaves were read."""

    last: dict[str, dict[str, datetime]] = field(default_factory=dict)
    counted: int = 0
    since: datetime | None = None
    complete: bool = False
    changed: set[str] = field(default_factory=set)

    def of(self, who: str, power: str) -> datetime | None:
        return self.last.get(who, {}).get(power)

    def all(self, who: str) -> dict[str, datetime]:
        """Every power this principal used; a copy, because others go on writing."""
        return dict(self.last.get(who, {}))

    def note(self, event: Event) -> None:
        self.since = self.since or event.at
        told = reach.used(event)
        if told is None:
            return
        who, power = told
        mine = self.last.setdefault(who, {})
        if power in mine or len(mine) < MOST:
            mine[power] = max(event.at, mine.get(power, event.at))
            self.changed.add(who)


def load(documents: Documents) -> Uses:
    """What is kept of it."""
    counted = COUNTED.find(_ONE, documents)
    uses = Uses()
    if counted:
        uses.counted, uses.since = counted.value.leaves, counted.value.since
        for kept in KIND.all(documents):
            uses.last[kept.value.who] = dict(kept.value.last)
    return uses


@dataclass(frozen=True, slots=True)
class Round:
    """What the next older leaves say; none are left after `stop` when it is the end."""

    events: Sequence[Event]
    stop: int


def older(counted: int, until: int, records: Records) -> Round:
    """The uses in the next `AT_ONCE` leaves. Changes nothing, so any thread may ask."""
    stop = min(counted + AT_ONCE, until)
    read = (entry.decode(body) for body in records.bodies(counted, stop))
    # The first event of the log says since when it tells.
    return Round([each for n, each in enumerate(read) if n == 0 or reach.used(each)], stop)


def take(uses: Uses, read: Round, until: int) -> None:
    for each in read.events:
        uses.note(each)
    uses.counted = read.stop
    uses.complete = read.stop >= until


def keep(uses: Uses, documents: Documents) -> Unit:
    """What is new since it was kept; the caller commits it."""
    since = uses.since
    known = COUNTED.find(_ONE, documents)
    far = uses.counted - (known.value.leaves if known else 0) >= AT_ONCE
    if since is None or not (uses.changed or far):
        return Unit()
    changes: list[Change] = [_put(who, uses, documents) for who in sorted(uses.changed)]
    counted = Counted(uses.counted, since)
    changes.append(COUNTED.replace(known, counted) if known else COUNTED.new(_ONE, counted))
    return Unit([], changes)


def follow(uses: Uses, leaves: Iterable[Leaf]) -> None:
    """Leaves that have just become durable."""
    for leaf in leaves:
        uses.note(leaf.event)
        if uses.complete:
            uses.counted = leaf.index + 1


def _put(who: str, uses: Uses, documents: Documents) -> Change:
    named = sha256(who.encode())
    known, value = KIND.find(named, documents), Used(who, dict(uses.last[who]))
    return KIND.replace(known, value) if known else KIND.new(named, value)
