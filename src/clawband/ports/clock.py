"""Time and entropy, the two things a pure core must be given."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC time that never steps back within a process, whatever the wall clock does."""
        ...


class Entropy(Protocol):
    def bytes(self, count: int) -> bytes:
        """`count` unpredictable bytes."""
        ...
