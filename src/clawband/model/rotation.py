"""Rotation: one exchange of a secret's value for another, in steps that are each durable.

The record says how far it came, so that whoever comes after a crash goes on there. Never a value:
versions by number, as in `model.secret`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

BY_HAND = "by-hand"
"""The driver of what only a person can replace: the calendar reminds, and begins nothing."""


class Step(StrEnum):
    CREATE = "create"
    """A value is made, and kept as pending."""
    PLACE = "place"
    """The issuer accepts it."""
    PROVE = "prove"
    """It was seen to work."""
    SWITCH = "switch"
    """It is the current one."""
    TELL = "tell"
    """Every gateway that has the value has taken the current one."""
    OVERLAP = "overlap"
    """The other value stays alive for a while."""
    REVOKE = "revoke"
    """The other value is ended where it was issued."""
    BURY = "bury"
    """The other value was seen to be refused there."""


class Shape(StrEnum):
    """How many values an issuer accepts at a time, and who brings it the new one."""

    TWO = "two"
    """The old and the new one, so nobody ever has a dead one."""
    ONE = "one"
    """What is placed replaces what was."""
    TAKES = "takes"
    """One, and it fetches what is current when it is told to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """A step that was done, and when. `words`: what was seen, such as the answer of the issuer."""

    step: Step
    began: datetime
    ended: datetime
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    secret: str
    environment: str
    driver: str
    shape: Shape
    by: str
    """Empty: the calendar."""
    begun: datetime
    was: int
    """The version that was current."""
    old: tuple[int, ...]
    """Every version that was alive; `was` is the last."""
    rehearsal: bool = False
    """The new value is ended again, and nobody is given it."""
    at_once: bool = False
    """Without overlap: the old value leaked."""
    back: bool = False
    """On its way back: the new value goes, the old one stays."""
    overlap_minutes: int = 0
    left: tuple[Step, ...] = ()
    """The steps that are not behind it; the first one is the present one."""
    new: int = 0
    """The version that was made; 0 before that."""
    switched: bool = False
    """The new version is the current one."""
    took: tuple[Took, ...] = ()
    at: datetime | None = None
    """When the present step began."""
    until: datetime | None = None
    """Nothing is to be done before: the overlap, or a pause after a failure."""
    problem: str = ""
    """Why the present step did not succeed yet."""
    tries: int = 0
    """How often it did not."""
    ended: datetime | None = None
    outcome: str = ""
    """`rotated`, `rehearsed` or `rolled back`, once it has ended."""

    @property
    def step(self) -> Step | None:
        """The present one; None when all are done."""
        return self.left[0] if self.left else None

    @property
    def returnable(self) -> bool:
        """Whether the old value is untouched, so that it can be gone back to."""
        if self.ended or self.back or self.step is None:
            return False
        return self.rehearsal or self.step not in (Step.REVOKE, Step.BURY)

    @property
    def placing(self) -> int:
        """The version that is to work in the end."""
        return self.was if self.back else self.new

    @property
    def ending(self) -> tuple[int, ...]:
        """The versions that are to be dead in the end."""
        if self.back or self.rehearsal:
            return (self.new,) if self.new else ()
        return self.old


_REHEARSAL = (Step.CREATE, Step.PLACE, Step.PROVE, Step.REVOKE, Step.BURY)
_FORWARD = {
    Shape.TWO: (
        Step.CREATE, Step.PLACE, Step.PROVE, Step.SWITCH, Step.TELL, Step.OVERLAP, Step.REVOKE,
        Step.BURY,
    ),
    Shape.ONE: (Step.CREATE, Step.PLACE, Step.PROVE, Step.SWITCH, Step.TELL, Step.BURY),
    Shape.TAKES: (Step.CREATE, Step.SWITCH, Step.PLACE, Step.PROVE, Step.TELL, Step.BURY),
}  # fmt: skip


def forth(shape: Shape, *, rehearsal: bool) -> tuple[Step, ...]:
    """All steps of a rotation."""
    return _REHEARSAL if rehearsal else _FORWARD[shape]


def back(rotation: Rotation) -> tuple[Step, ...]:
    """The steps that undo what it has done so far."""
    if not rotation.new:
        return ()
    again = (Step.SWITCH, Step.TELL) if rotation.switched else ()
    if rotation.shape is Shape.TWO:
        return (*again, Step.REVOKE, Step.BURY)
    if rotation.shape is Shape.ONE:
        return (Step.PLACE, Step.PROVE, *again, Step.BURY)
    return (*again[:1], Step.PLACE, Step.PROVE, *again[1:], Step.BURY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotations:
    """Those of one secret."""

    running: str = ""
    """The id of the one that has not ended."""
    past: tuple[str, ...] = ()
    """Ids, newest first."""
    told: datetime | None = None
    """When it was said that the calendar wanted one; empty again after the next."""


class Stand(StrEnum):
    """How a secret stands in the calendar."""

    NEVER = "no date"
    """It has no plan, or one without days."""
    LATER = "in time"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A line of the calendar."""

    secret: str
    environment: str
    owner: str
    driver: str
    every_days: int
    last: datetime | None
    """When the current value was made."""
    due: datetime | None
    stand: Stand
    running: str = ""
    """The rotation under way."""
    problem: str = ""
    """What keeps it."""
