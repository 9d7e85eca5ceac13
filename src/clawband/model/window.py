"""What was used up in the last stretch of time, in a few numbers.

A stretch is a length, not a date: a day is the last 24 hours, so nothing is free at midnight.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter

PARTS = 48
"""A stretch is kept in about so many parts. A part leaves when its newest use is old enough, so
that in no stretch more counts than this knows of; the oldest use of a part leaves late by at most
a 48th of the stretch."""


@dataclass(frozen=True, slots=True)
class Window:
    """Uses of the same thing: `parts` are (second of the newest use, amount), oldest first."""

    parts: tuple[tuple[int, int], ...] = ()

    def used(self, now: datetime, seconds: int) -> int:
        """What counts in the `seconds` before `now`. What was used in the future counts too: a
        clock that steps back frees nothing."""
        return sum(amount for _, amount in self._recent(now, seconds))

    def plus(self, amount: int, now: datetime, seconds: int) -> "Window":
        """With this use, and without what no longer counts."""
        kept, at = self._recent(now, seconds), math.ceil(now.timestamp())
        step = max(1, seconds // PARTS)
        if kept and kept[-1][0] // step >= at // step:
            last, before = kept[-1]
            return Window((*kept[:-1], (max(last, at), before + amount)))
        return Window((*kept, (at, amount)))

    def free(self, amount: int, most: int, now: datetime, seconds: int) -> datetime | None:
        """When so much fits under `most`, if nothing else is used; None for never."""
        kept = self._recent(now, seconds)
        used = sum(part for _, part in kept)
        for at, part in kept:
            if used + amount <= most:
                break
            used -= part
            now = datetime.fromtimestamp(at + seconds, UTC)
        return now if used + amount <= most else None

    def over(self, now: datetime, seconds: int) -> bool:
        """Whether nothing of it counts any more."""
        return not self._recent(now, seconds)

    def _recent(self, now: datetime, seconds: int) -> tuple[tuple[int, int], ...]:
        since = now.timestamp() - seconds
        return self.parts[bisect_right(self.parts, since, key=itemgetter(0)) :]
