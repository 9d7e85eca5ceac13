"""Numbered events of one plugin start: what came twice, what never came."""

from dataclasses import dataclass, field

MAX_AHEAD = 100_000
MAX_MISSING = 10_000


@dataclass(slots=True)
class Sequence:
    """Numbers start at 1. Questions overtake each other, so a hole counts only once a heartbeat
    that was sent after it has been followed by another one."""

    highest: int = 0
    missing: set[int] = field(default_factory=set)
    _due: int = 0

    def see(self, number: int) -> bool:
        """Take note of a number; False when it was seen before or is absurd."""
        if number <= 0 or number > self.highest + MAX_AHEAD:
            return False
        if number <= self.highest:
            if number not in self.missing:
                return False
            self.missing.discard(number)
            return True
        self.missing.update(range(self.highest + 1, number))
        while len(self.missing) > MAX_MISSING:
            self.missing.discard(min(self.missing))
        self.highest = number
        return True

    def beat(self, last: int) -> tuple[int, ...]:
        """A heartbeat says that `last` was used. Returns what is lost for good, once."""
        if self.highest < last <= self.highest + MAX_AHEAD:
            self.missing.update(range(self.highest + 1, last + 1))
            self.highest = last
        lost = tuple(sorted(number for number in self.missing if number <= self._due))
        self.missing.difference_update(lost)
        self._due = last
        return lost
