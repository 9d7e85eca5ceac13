"""Time and entropy of this machine."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic

DRAWN_BYTES = 4_096


NOTEWORTHY = timedelta(milliseconds=100)
"""A smaller step back is the ordinary work of a time service."""


def _wall() -> datetime:
    return datetime.now(UTC)


class MachineClock:
    """Implements `ports.clock.Clock`.

    When the wall clock steps back, time goes on at the pace of the machine's uptime until the
    wall has caught up: it neither repeats nor stands still, or approvals would live longer and a
    silent gateway would not be noticed.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = _wall,
        uptime: Callable[[], float] = monotonic,
    ) -> None:
        self._wall, self._uptime = wall, uptime
        self._lock = Lock()
        self._last, self._up = wall(), uptime()
        self._behind = timedelta()
        self._step = timedelta()

    def now(self) -> datetime:
        with self._lock:
            wall, up = self._wall(), self._uptime()
            went = self._last + timedelta(seconds=max(0.0, up - self._up))
            if wall < self._last:
                # Only what this step adds to earlier ones is news.
                self._step = max(self._step, went - wall - self._behind)
                self._behind = max(self._behind, went - wall)
            else:
                self._behind = timedelta()
            self._last, self._up = (went if self._behind else wall), up
            return self._last

    def take_step(self) -> timedelta:
        """The step back to report, once."""
        with self._lock:
            step, self._step = self._step, timedelta()
            return step if step >= NOTEWORTHY else timedelta()


class MachineEntropy:
    """Implements `ports.clock.Entropy`: drawn from the kernel by the page, handed out once.

    Every draw lets go of the interpreter lock, which costs more than the bytes do.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._drawn = b""

    def bytes(self, count: int) -> bytes:
        with self._lock:
            if len(self._drawn) < count:
                self._drawn = os.urandom(max(DRAWN_BYTES, count))
            taken, self._drawn = self._drawn[:count], self._drawn[count:]
            return taken
