"""Slow guessing at the sign-in: delays, never a lock.

Failures are counted for a name together with an address, so nobody elsewhere can slow down the
owner. Attempts for one such pair take turns, so guessing in parallel gains nothing. In memory: a
restart forgets, which costs an attacker who cannot restart us nothing.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

FREE: Final = 3
"""Failures without a delay: people mistype."""
LONGEST: Final = 8.0
PATIENCE: Final = 30.0
"""Somebody who would wait longer is asked to come back later."""
REMEMBERED: Final = 2_000
FORGET: Final = 900.0
"""Seconds after which an old failure no longer counts."""


@dataclass(slots=True)
class _Tries:
    failed: int = 0
    free_at: float = 0.0
    """When the next attempt may be checked."""
    last: float = 0.0


class Throttle:
    """Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()

    def turn(self, name: str, address: str, now: float) -> float:
        """Seconds until this attempt may be checked. More than `PATIENCE`: it has no turn."""
        tries = self._of(name, address, now)
        wait = max(0.0, tries.free_at - now)
        if wait <= PATIENCE:
            tries.free_at = now + wait + self._delay(tries.failed)
        return wait

    def failed(self, name: str, address: str, now: float) -> None:
        tries = self._of(name, address, now)
        tries.failed += 1
        tries.last = now
        tries.free_at = max(tries.free_at, now + self._delay(tries.failed))

    def passed(self, name: str, address: str) -> None:
        self._tries.pop((name, address), None)

    def _delay(self, failed: int) -> float:
        over = failed - FREE
        return min(LONGEST, float(2 ** min(over, 10))) if over >= 0 else 0.0

    def _of(self, name: str, address: str, now: float) -> _Tries:
        key = (name, address)
        tries = self._tries.setdefault(key, _Tries())
        if tries.failed and now - tries.last > FORGET:
            tries.failed, tries.free_at = 0, 0.0
        self._tries.move_to_end(key)
        if len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)
        return tries
