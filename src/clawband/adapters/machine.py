"""Time and entropy of this machine."""

import os
from datetime import UTC, datetime, timedelta
from threading import Lock


DRAWN_BYTES = 4_096


class MachineClock:
    """Implements `ports.clock.Clock`. A wall clock that steps back is held, and said so."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = datetime.min.replace(tzinfo=UTC)
        self.stepped_back = timedelta()
        """The largest step back that was held since it was last asked for."""

    def now(self) -> datetime:
        with self._lock:
            wall = datetime.now(UTC)
            if wall < self._last:
                self.stepped_back = max(self.stepped_back, self._last - wall)
                return self._last
            self._last = wall
            return wall

    def take_step(self) -> timedelta:
        """The step back to report, once."""
        with self._lock:
            step, self.stepped_back = self.stepped_back, timedelta()
            return step


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
