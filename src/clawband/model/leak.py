"""Leak: a kept secret that somebody has who should not, and what is done until its value is dead.

A run of steps with an owner, a time and a result each. Nothing here is a value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TIMEBOX: Final = timedelta(minutes=60)
MOST_COPIES: Final = 500


class Step(StrEnum):
    """In the order in which they help most."""

    CONTAIN = "contain"
    """Nobody is lent the value any more, or it was ended where it was issued."""
    NOTIFY = "notify"
    """Its owner and who can carry the run on know of it."""
    REVIEW = "review"
    """What was done with it lately, by the log."""
    TRACE = "trace"
    """How it got there, by the log."""
    COPIES = "copies"
    """Where it stands in plain text."""
    ROTATE = "rotate"
    """Another value is current."""
    PROVE = "prove"
    """The leaked value was refused where it was issued."""


BY_ITSELF: Final = frozenset({Step.NOTIFY, Step.REVIEW, Step.TRACE, Step.COPIES})
"""Taken without anybody; everybody can have them taken again."""


class Result(StrEnum):
    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A step of one run. `evidence` are ids of events, or places."""

    step: Step
    owner: str
    """Who answers for it; empty for Clawband itself."""
    result: Result = Result.OPEN
    says: str = ""
    """What came of it, in words."""
    evidence: tuple[str, ...] = ()
    by: str = ""
    began: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A place in which the value stands, or stood."""

    where: str
    """A path with its line, or a boundary with who was seen there."""
    seen: datetime
    trail: str = ""
    """What a walk follows from there: an event, a call or a run; empty for a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """`versions` are those that leaked: when it is not known which, all that were alive."""

    secret: str
    environment: str
    versions: tuple[int, ...]
    how: str
    """What was known of it when it was opened, in words."""
    by: str
    """Who opened it; empty when Clawband saw the value itself."""
    opened: datetime
    due: datetime
    tasks: tuple[Task, ...]
    copies: tuple[Copy, ...] = ()
    folders: tuple[str, ...] = ()
    """Where copies are looked for, besides the state of the gateways."""
    rotation: str = ""
    closed: datetime | None = None
    closed_by: str = ""
    accepted: str = ""
    """Why it was closed although nobody saw the value dead; empty when somebody did."""

    def task(self, step: Step) -> Task:
        return next(each for each in self.tasks if each.step is step)

    @property
    def left(self) -> Sequence[Task]:
        return [each for each in self.tasks if each.result is not Result.DONE]

    def overdue(self, now: datetime) -> bool:
        return self.closed is None and now > self.due
