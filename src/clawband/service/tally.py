"""What happens so often that it is told one by one only at first."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(seconds=10)
SINGLY = 20
MOST = 1_000
Key = tuple[str, str]


class Tally:
    """Counts by key. In each window the first few are told, the rest when it is over."""

    def __init__(self) -> None:
        self._counts: dict[Key, tuple[datetime, int]] = {}

    def one(self, key: Key, now: datetime) -> bool:
        """Count one more; whether it is told by itself."""
        begun, count = self._counts.get(key, (now, 0))
        if not count and len(self._counts) >= MOST:
            return False
        self._counts[key] = (begun, count + 1)
        return count < SINGLY

    def counted(self, now: datetime) -> Sequence[tuple[Key, int]]:
        """Windows that are over, with how many were not told; they begin anew."""
        over = [(key, count) for key, (begun, count) in self._counts.items()
                if now - begun >= WINDOW]  # fmt: skip
        for key, _ in over:
            del self._counts[key]
        return [(key, count - SINGLY) for key, count in over if count > SINGLY]
