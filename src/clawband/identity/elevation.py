"""A role for a while: asked for with a purpose, granted by a second person, over by itself.

Asked, then granted or refused; asked or granted, then ended. Each function takes a value and
returns a new one, or raises `ConflictError` when there is no such way from where it is now.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from clawband.identity.second import names, refuse_same
from clawband.model.errors import ConflictError, InputError
from clawband.model.person import Held, Operator, SignedIn, anywhere

MINUTES = range(5, 8 * 60 + 1)
USUAL = 60
WAITS = timedelta(hours=24)
"""How long it may go unanswered."""
MAX_PURPOSE = 500


class Stage(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Elevation:
    """One person's request for one role. `closed` is when it was refused or ended."""

    id: str
    name: str
    names: frozenset[str]
    """Every name that `name` had when they asked."""
    role: Held
    purpose: str
    minutes: int
    asked: datetime
    stage: Stage = Stage.ASKED
    granted: datetime | None = None
    granted_by: str = ""
    closed: datetime | None = None
    closed_by: str = ""
    """Empty when time ended it."""
    note: str = ""

    @property
    def until(self) -> datetime:
        """When it is over by itself: unanswered, or used up."""
        if self.granted is None:
            return self.asked + WAITS
        return self.granted + timedelta(minutes=self.minutes)

    def holds(self, now: datetime) -> bool:
        """Whether the role is there at `now`; a clock before the grant counts as over."""
        if self.stage is not Stage.GRANTED or self.granted is None:
            return False
        return self.granted <= now < self.until

    def open(self, now: datetime) -> bool:
        """Whether it waits for an answer or holds."""
        return self.holds(now) or (self.stage is Stage.ASKED and self.asked <= now < self.until)


def ask(
    id: str, role: Held, purpose: str, minutes: int, by: SignedIn, *, now: datetime
) -> Elevation:
    """Raises `InputError`, or `ConflictError` for a role they have."""
    if not 0 < len(purpose) <= MAX_PURPOSE:
        raise InputError(
            f"expected a purpose of 1 to {MAX_PURPOSE} characters, got {len(purpose)}",
            remedy="say what the role is needed for, as who decides will want to know",
        )
    if minutes not in MINUTES:
        raise InputError(
            f"expected {MINUTES[0]} to {MINUTES[-1]} minutes, got {minutes}",
            remedy="ask again when the time is over and more is needed",
        )
    if {role, *anywhere({role})} & by.operator.roles:
        raise ConflictError(
            f"`{by.name}` has the role {role} already", remedy="nothing has to be asked for"
        )
    return Elevation(
        id=id, name=by.name, names=names(by.operator), role=role, purpose=purpose,
        minutes=minutes, asked=now,
    )  # fmt: skip


def grant(elevation: Elevation, by: SignedIn, asker: Operator, *, now: datetime) -> Elevation:
    """The role, from `now` on. `asker` is the account as it is now.

    Raises `AuthenticationError` for the asker under any name, and for a service account.
    """
    _expect_asked(elevation, now)
    if asker.added > elevation.asked:
        raise ConflictError(
            f"the account `{asker.name}` was changed since `{elevation.id}` was asked",
            remedy="let them ask again",
        )
    refuse_same(elevation.names | names(asker), by, "grant it")
    return replace(elevation, stage=Stage.GRANTED, granted=now, granted_by=by.name)


def refuse(elevation: Elevation, by: SignedIn, note: str, *, now: datetime) -> Elevation:
    _expect_asked(elevation, now)
    return replace(elevation, stage=Stage.REFUSED, closed=now, closed_by=by.name, note=note)


def end(elevation: Elevation, by: str, *, now: datetime) -> Elevation:
    """Over: given back, withdrawn, taken away, or (by nobody) because its time has passed."""
    if elevation.stage not in (Stage.ASKED, Stage.GRANTED):
        raise _elsewhere(elevation)
    return replace(elevation, stage=Stage.ENDED, closed=now, closed_by=by)


def _expect_asked(elevation: Elevation, now: datetime) -> None:
    if elevation.stage is not Stage.ASKED:
        raise _elsewhere(elevation)
    if not elevation.open(now):
        raise ConflictError(
            f"`{elevation.id}` waited too long for an answer", remedy="let them ask again"
        )


def _elsewhere(elevation: Elevation) -> ConflictError:
    return ConflictError(
        f"`{elevation.id}` is {elevation.stage} already",
        remedy="look again with `clawband elevate list`; nothing was changed",
    )
