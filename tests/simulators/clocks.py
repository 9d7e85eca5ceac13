"""Time and entropy that a test holds in its hand."""

import hashlib
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 9, tzinfo=UTC)


class FixedClock:
    """Implements `ports.clock.Clock`: stands still until it is moved, and never back."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def forward(self, **how: float) -> None:
        self._now += abs(timedelta(**how))


class CountedEntropy:
    """Implements `ports.clock.Entropy`: unpredictable to the code, repeatable for the test."""

    def __init__(self, seed: str = "seed") -> None:
        self._seed = seed
        self._count = 0

    def bytes(self, count: int) -> bytes:
        self._count += 1
        return hashlib.shake_256(f"{self._seed}/{self._count}".encode()).digest(count)


class ScriptedWall:
    """A wall clock and an uptime that a test sets apart from each other."""

    def __init__(self, now: datetime = START) -> None:
        self.now, self.up = now, 100.0

    def pass_(self, seconds: float) -> None:
        """Time goes on, on both."""
        self.now += timedelta(seconds=seconds)
        self.up += seconds

    def step(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self.now += timedelta(seconds=seconds)

    def wall(self) -> datetime:
        return self.now

    def uptime(self) -> float:
        return self.up
