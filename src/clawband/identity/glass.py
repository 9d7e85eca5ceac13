"""Broken glass: the role admin in an emergency, taken by two people with sealed codes.

Half broken by one person, broken by another, over after an hour, reviewed by a third within three
days. The codes are made in advance and kept in envelopes; one seal is good for one emergency.
"""

from base64 import b32encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from clawband.identity.second import names, refuse_program, refuse_same
from clawband.identity.session import stored
from clawband.model.errors import AuthenticationError, ConflictError, InputError
from clawband.model.person import Role, SignedIn

LENT = Role.ADMIN
WAITS = timedelta(minutes=15)
"""For the second person."""
LASTS = timedelta(minutes=60)
REVIEW = timedelta(hours=72)
CODES = range(2, 7)
CODE_BYTES = 15
MAX_TEXT = 500


class Stage(StrEnum):
    HALF = "half"
    BROKEN = "broken"
    OVER = "over"
    """It no longer lends anything and waits for its review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The SHA-256 (hex) of each code that is still in its envelope."""

    codes: tuple[str, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Glass:
    """One emergency. `name` has the role, `second` stood beside them."""

    id: str
    name: str
    names: frozenset[str]
    purpose: str
    code: str
    """The digest of the first code, which is not good for the second person."""
    begun: datetime
    stage: Stage = Stage.HALF
    second: str = ""
    others: frozenset[str] = frozenset()
    """Every name of the second person."""
    broken: datetime | None = None
    ended: datetime | None = None
    overdue: bool = False
    """It was said that its review is overdue."""

    @property
    def until(self) -> datetime:
        """When it is over by itself."""
        return self.broken + LASTS if self.broken else self.begun + WAITS

    @property
    def due(self) -> datetime:
        """When it must be reviewed."""
        return (self.broken or self.begun) + REVIEW

    def holds(self, now: datetime) -> bool:
        """Whether the role is lent at `now`; a clock before it was broken counts as over."""
        broken = self.stage is Stage.BROKEN and self.broken is not None
        return broken and (self.broken or now) <= now < self.until


def code(entropy: bytes) -> str:
    """A code for an envelope: 24 letters and digits in groups of four, 120 bits."""
    letters = b32encode(entropy[:CODE_BYTES]).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def digest(typed: str) -> str:
    """What is kept of a code, however it was typed."""
    return stored("".join(each for each in typed.lower() if each.isalnum()))


def begin(
    id: str, typed: str, purpose: str, by: SignedIn, seal: Seal | None, *, now: datetime
) -> Glass:
    """The first person. Raises `InputError`, and `AuthenticationError` for a wrong code."""
    refuse_program(by, "break the glass")
    if not 0 < len(purpose) <= MAX_TEXT:
        raise InputError(
            f"expected a purpose of 1 to {MAX_TEXT} characters, got {len(purpose)}",
            remedy="say what the emergency is, for who reviews it",
        )
    given = _known(typed, seal)
    return Glass(
        id=id, name=by.name, names=names(by.operator), purpose=purpose, code=given, begun=now
    )


def second(glass: Glass, typed: str, by: SignedIn, seal: Seal | None, *, now: datetime) -> Glass:
    """The second person, with another code: the role is lent from `now` on."""
    if glass.stage is not Stage.HALF or not glass.begun <= now < glass.until:
        raise ConflictError(
            f"`{glass.id}` waits for nobody", remedy="begin anew with `clawband break-glass first`"
        )
    refuse_same(glass.names, by, "be the second person")
    given = _known(typed, seal)
    if given == glass.code:
        raise AuthenticationError("the first person used this code", remedy="open another envelope")
    return replace(glass, stage=Stage.BROKEN, second=by.name, others=names(by.operator), broken=now)


def end(glass: Glass, *, now: datetime) -> Glass:
    """Nothing is lent any more."""
    if glass.stage is not Stage.BROKEN:
        raise ConflictError(f"`{glass.id}` is {glass.stage}", remedy="nothing has to be ended")
    return replace(glass, stage=Stage.OVER, ended=now)


def alerted(glass: Glass) -> Glass:
    return replace(glass, overdue=True)


def refuse_reviewer(glass: Glass, by: SignedIn) -> None:
    """Raises what keeps `by` from reviewing it: being one of the two, or that it still holds."""
    refuse_same(glass.names | glass.others, by, "review it")
    if glass.stage is not Stage.OVER:
        raise ConflictError(
            f"`{glass.id}` is not over yet", remedy="end it first, then look at what was done"
        )


def _known(typed: str, seal: Seal | None) -> str:
    given = digest(typed)
    if seal is None or given not in seal.codes:
        raise AuthenticationError(
            "the code is not one of those that are sealed",
            remedy="open the newest envelope; an administrator seals new ones",
        )
    return given
