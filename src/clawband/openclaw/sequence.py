"""Numbered events of one plugin start: what came twice, what never came."""

from dataclasses import dataclass, field

MAX_AHEAD = 100_000
MAX_MISSING = 10_000


@dataclass(slots=True)
class Sequence:
    """Numbers start at 1. Questions overtake each other, so a hole counts only once a heartbeat
    that was sent after it has been followed by another one.

    A server that starts later than the plugin sees the middle of its numbers. What came before
    the first one seen may still come, but nobody can say that it is lost, unless `announced`.
    """

    highest: int = 0
    missing: set[int] = field(default_factory=set)
    _due: int = 0
    _first: int = 0

    def announced(self) -> None:
        """The plugin said that it starts now: every number from 1 on is for us."""
        self._first = 1

    def see(self, number: int) -> bool:
        """Take note of a number; False when it was seen before or is absurd."""
        if number <= 0 or (self.highest and number > self.highest + MAX_AHEAD):
            return False
        self._first = self._first or number
        if number <= self.highest:
            if number not in self.missing:
                return False
            self.missing.discard(number)
            return True
        self._miss(number)
        self.highest = number
        return True

    def forget(self, number: int) -> None:
        """What carried the number was not taken after all: it may come again."""
        if number <= self.highest:
            self.missing.add(number)

    def beat(self, last: int) -> tuple[int, ...]:
        """A heartbeat says that `last` was used. Returns what is lost for good, once."""
        if last > self.highest + MAX_AHEAD and self.highest:
            return ()
        self._first = self._first or last + 1
        if self.highest < last:
            self._miss(last + 1)
            self.highest = last
        lost = tuple(
            sorted(number for number in self.missing if self._first <= number <= self._due)
        )
        self.missing.difference_update(lost)
        self._due = last
        return lost

    def _miss(self, until: int) -> None:
        """Everything between the highest and `until` is missing; the oldest are given up."""
        self.missing.update(range(max(self.highest + 1, until - MAX_MISSING), until))
        if len(self.missing) > MAX_MISSING:
            self.missing = set(sorted(self.missing)[-MAX_MISSING:])
