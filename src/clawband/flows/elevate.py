"""Ask for a role for a while, grant it, refuse it, end it. Each returns the unit to be committed.

Everybody has one at a time, in a document under their name; earlier ones are in the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from clawband.audit.entry import stamp
from clawband.flows.authority import may, require
from clawband.flows.kept import Kept, Kind
from clawband.identity import elevation, second
from clawband.identity.elevation import Elevation
from clawband.identity.roles import Act
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.errors import ConflictError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.person import Held, Operator, Role, SignedIn, anywhere
from clawband.openclaw import validation
from clawband.ports.store import Documents, People
from clawband.ports.unit import Unit

KIND = Kind("elevation", Elevation)
NOTED = timedelta(minutes=1)
"""How exactly a restart knows what time it was before, while a role is lent."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The clock of this machine was here."""

    at: datetime


CLOCK = Kind("elevation-clock", Noted)


class Store(People, Documents, Protocol):
    """Accounts, and what is kept about them."""


def active(operator: Operator, documents: Documents, now: datetime) -> frozenset[Held]:
    """The roles this account has for a while at `now`. One that was made anew has none."""
    found = KIND.find(operator.name, documents)
    if found is None or operator.added > found.value.asked or not found.value.holds(now):
        return frozenset()
    return frozenset({found.value.role})


def lifted(signed: SignedIn, documents: Documents, now: datetime) -> SignedIn:
    """With the roles they have for a while, too."""
    more = frozenset() if signed.service else active(signed.operator, documents, now)
    if not more:
        return signed
    operator = replace(signed.operator, roles=signed.operator.roles | more)
    return replace(signed, operator=operator)


def standing(signed: SignedIn, people: People) -> SignedIn:
    """With the roles of the account only: nobody passes on what was lent to them."""
    found = people.operator(signed.name)
    roles = found[0].roles if found else frozenset[Held]()
    return replace(signed, operator=replace(signed.operator, roles=roles))


def seconds(asker: frozenset[str], needed: Act, by: SignedIn, people: People) -> bool:
    """Whether this is somebody else than who asked, a person, who holds the right for good."""
    another = not by.service and not asker & second.names(by.operator)
    return another and may(standing(by, people), needed)


def needs(role: Held) -> Act:
    """What who grants it must be allowed to do: who makes an administrator must be one."""
    return Act.ADMINISTER if Role.ADMIN in anywhere({role}) else Act.AGREE


def ask(
    role: Held,
    purpose: str,
    minutes: int,
    by: SignedIn,
    *,
    documents: Documents,
    now: datetime,
    entropy: bytes,
) -> tuple[Elevation, Unit]:
    """Raises `InputError`, or `ConflictError` while another of this person is open."""
    second.refuse_program(by, "ask for a role")
    was = KIND.find(by.name, documents)
    if was and was.value.open(now):
        raise ConflictError(
            f"`{by.name}` has `{was.value.id}` for the role {was.value.role}",
            remedy=f"end it first with `clawband elevate end {was.value.id}`",
        )
    named, purpose = ids.new("elv", now, entropy), validation.visible(purpose.strip())
    asked = elevation.ask(named, role, purpose, minutes, by, now=now)
    change = KIND.replace(was, asked) if was else KIND.new(by.name, asked)
    event = _event(Tag.ELEVATION_ASK, asked, by.name, purpose, now=now, entropy=entropy)
    return asked, Unit([event], [change])


def grant(
    id: str, by: SignedIn, *, store: Store, now: datetime, entropy: bytes
) -> tuple[Elevation, Unit]:
    """Raises `NotFoundError`, `ConflictError`, and `AuthenticationError` for who may not.

    Who grants must hold the right for good, and who grants the role admin must be one.
    """
    giver = standing(by, store)
    require(giver, Act.AGREE)
    was = get(id, store)
    require(giver, needs(was.value.role))
    found = store.operator(was.value.name)
    if found is None:
        raise NotFoundError(f"there is no operator `{was.value.name}` any more")
    granted = elevation.grant(was.value, giver, found[0], now=now)
    return granted, _moved(was, granted, Tag.ELEVATION_GRANT, by.name, now=now, entropy=entropy)


def refuse(
    id: str, by: SignedIn, note: str, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[Elevation, Unit]:
    require(by, Act.AGREE)
    second.refuse_program(by, "refuse it")
    was = get(id, documents)
    note = validation.visible(note.strip()[: elevation.MAX_PURPOSE])
    refused = elevation.refuse(was.value, by, note, now=now)
    return refused, _moved(
        was, refused, Tag.ELEVATION_REFUSE, by.name, note, now=now, entropy=entropy
    )


def end(
    id: str, by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[Elevation, Unit]:
    """By who asked, or by who could have granted it."""
    was = get(id, documents)
    if by.name != was.value.name:
        require(by, Act.AGREE)
        second.refuse_program(by, "end it")
    ended = elevation.end(was.value, by.name, now=now)
    return ended, _moved(was, ended, Tag.ELEVATION_END, by.name, now=now, entropy=entropy)


def over(
    documents: Documents, *, now: datetime, entropy: bytes, last: datetime | None = None
) -> Sequence[Unit]:
    """Record the end of each that time has ended, in a unit of its own.

    `last` is the time of the newest entry in the log, at a start: when the clock is before it, or
    before what was noted, nobody can say what time has passed, and all that was granted ends.
    """
    back = set_back(documents, now, last)
    due = [each for each in KIND.all(documents) if _over(each.value, now, back=back)]
    return [
        _moved(
            each,
            elevation.end(each.value, "", now=now),
            Tag.ELEVATION_END,
            "",
            "the clock was set back" if back else "its time is over",
            now=now,
            entropy=number.to_bytes(2, "big") + entropy,
        )
        for number, each in enumerate(due)
    ]


def set_back(documents: Documents, now: datetime, last: datetime | None) -> bool:
    """Whether the clock is before the newest entry of the log or what was noted."""
    noted = CLOCK.find("clock", documents)
    return last is not None and now < max(last, noted.value.at if noted else last)


def noted(documents: Documents, *, now: datetime, lent: bool = False) -> Unit:
    """Keep the time, at most every `NOTED`, while a role is lent (or `lent` says so); else an
    empty unit."""
    was = CLOCK.find("clock", documents)
    if was and timedelta() <= now - was.value.at < NOTED:
        return Unit()
    if not (lent or any(each.value.holds(now) for each in KIND.all(documents))):
        return Unit()
    told = Noted(now)
    return Unit([], [CLOCK.replace(was, told) if was else CLOCK.new("clock", told)])


def get(id: str, documents: Documents) -> Kept[Elevation]:
    """Raises `NotFoundError`."""
    for each in KIND.all(documents):
        if each.value.id == id:
            return each
    raise NotFoundError(
        f"there is no elevation `{id[:40]}`", remedy="list them with `clawband elevate list`"
    )


def _over(each: Elevation, now: datetime, *, back: bool) -> bool:
    running = each.stage in (elevation.Stage.ASKED, elevation.Stage.GRANTED)
    return running and (back or not each.open(now))


def _moved(
    was: Kept[Elevation],
    is_: Elevation,
    tag: Tag,
    who: str,
    reason: str = "",
    *,
    now: datetime,
    entropy: bytes,
) -> Unit:
    event = _event(tag, is_, who, reason, now=now, entropy=entropy)
    return Unit([event], [KIND.replace(was, is_)])


def _event(
    tag: Tag, told: Elevation, who: str, reason: str, *, now: datetime, entropy: bytes
) -> Event:
    detail: dict[str, Json] = {
        "person": told.name,
        "role": str(told.role),
        "minutes": told.minutes,
        "until": stamp(told.until),
    }
    if told.granted:
        detail["granted"] = stamp(told.granted)
    if reason:
        detail["reason"] = reason
    return Event(
        id=ids.new("evt", now, entropy[ids.ENTROPY_BYTES :]),
        at=now,
        tag=tag,
        who=who,
        resource=f"Elevation::{told.id}",
        outcome=str(told.stage),
        detail=detail,
    )
