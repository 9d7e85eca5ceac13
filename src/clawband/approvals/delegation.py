"""Delegation: while somebody is away, another person decides approvals for them.

What is handed over is the say in approvals, with the roles that its giver has at that moment; it
is never handed on, and never comes back to who asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.model.errors import InputError

LONGEST = timedelta(days=30)
AHEAD = timedelta(days=90)
MAX_PURPOSE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """Everybody gives one at a time; it holds from `start` to before `until`."""

    giver: str
    to: str
    start: datetime
    until: datetime
    purpose: str
    added: datetime

    def holds(self, now: datetime) -> bool:
        return self.start <= now < self.until


def check(wanted: Delegation) -> None:
    """Raises `InputError` for one that makes no sense."""
    if wanted.to == wanted.giver:
        raise InputError(
            "nobody stands in for themselves", remedy="name the person who decides meanwhile"
        )
    if wanted.until <= wanted.start or wanted.until <= wanted.added:
        raise InputError(
            "expected an end after the beginning and after now",
            remedy="say from when to when you are away",
        )
    if wanted.until - wanted.start > LONGEST or wanted.start - wanted.added > AHEAD:
        raise InputError(
            f"expected at most {LONGEST.days} days, beginning within {AHEAD.days} days",
            remedy="choose a shorter time, and renew it when it is over",
        )
    if not 0 < len(wanted.purpose) <= MAX_PURPOSE:
        raise InputError(
            f"expected a reason of 1 to {MAX_PURPOSE} characters, got {len(wanted.purpose)}",
            remedy="say why, for whoever reads the log",
        )
