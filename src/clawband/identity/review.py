"""An access review: everybody's access asked about one by one, kept or revoked, by a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

EVERY = timedelta(days=30)
"""From the opening of one review to the next."""
LIFE_DAYS = 14
MAX_LIFE_DAYS = 60
REMIND = timedelta(days=3)
"""Before it is due."""
AGAIN = timedelta(days=1)
"""Between two reminders that it is overdue."""
UNUSED = timedelta(days=90)
"""Access that nobody used for so long is shown first."""
KEPT = timedelta(days=400)
"""A closed review is forgotten after this; its decisions stay in the log."""


class Subject(StrEnum):
    PERSON = "person"
    ROLE = "role"
    ACCOUNT = "account"
    KEY = "key"


class Verdict(StrEnum):
    KEEP = "keep"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`items` is how many there were when it was opened."""

    opened: datetime
    by: str
    """Who opened it; empty when its time had come."""
    due: datetime
    items: int
    closed: datetime | None = None
    closed_by: str = ""
    told: datetime | None = None
    """When somebody was last reminded of it."""

    def overdue(self, now: datetime) -> bool:
        return self.closed is None and now >= self.due

    def to_remind(self, now: datetime) -> bool:
        """Once when it is nearly due, then every day that it is overdue."""
        if self.closed:
            return False
        if self.told is None:
            return now >= self.due - REMIND
        return now >= self.due and now - self.told >= AGAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One access that somebody has, as it was when the review was opened."""

    kind: Subject
    name: str
    """The operator, the service account, or the id of the key."""
    role: str = ""
    of: str
    """The person whose access it is; they never review it."""
    about: str = ""
    """What it gives: roles, a purpose, acts."""
    since: datetime
    used: datetime | None = None
    """When it was last used, as far as is known."""
    verdict: Verdict | None = None
    by: str = ""
    at: datetime | None = None
    note: str = ""
    event: str = ""
    """The decision in the log."""

    @property
    def id(self) -> str:
        return ":".join(filter(None, (self.kind, self.name, self.role)))

    def unused(self, now: datetime) -> bool:
        return now - (self.used or self.since) >= UNUSED

    def becomes(self, verdict: Verdict) -> bool:
        """Decided once; what was kept may still be revoked."""
        return self.verdict is None or (self.verdict, verdict) == (Verdict.KEEP, Verdict.REVOKE)
