"""Slow guessing at the sign-in: delays, never a lock.

Failures are counted for a name with an address, for a name and for an address. A browser that its
owner signed in with before counts on its own, and a passkey cannot be guessed and is not slowed:
so nobody elsewhere can keep an owner out. Attempts under one count take turns, so guessing in
parallel gains nothing. In memory: a restart forgets, which costs an attacker who cannot restart us
nothing.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clawband.identity.session import Seen, stored
from clawband.model.errors import UnavailableError

FREE: Final = 3
"""Failures without a delay: people mistype."""
CROWD: Final = 30
"""The same for a name from everywhere, and for an address with every name."""
LONGEST: Final = 8.0
PATIENCE: Final = 30.0
"""Somebody who would wait longer is asked to come back later."""
REMEMBERED: Final = 20_000
FORGET: Final = 900.0
"""Seconds after which an old failure no longer counts."""


class TooManyError(UnavailableError):
    """Too many wrong attempts; it says nothing about whether this one was right."""


@dataclass(frozen=True, slots=True)
class Count:
    """What failures are counted under, and how many are free."""

    key: tuple[str, ...]
    free: int = FREE


@dataclass(slots=True)
class _Tries:
    failed: int = 0
    free_at: float = 0.0
    """When the next attempt may be checked."""
    last: float = 0.0


def counts(name: str, seen: Seen, *, known: bool) -> tuple[Count, ...]:
    """What an attempt counts under. `known`: its browser is one that the owner used before."""
    if known:
        return (Count(("device", name, stored(seen.device))),)
    return (
        Count(("pair", name, seen.address)),
        Count(("name", name), CROWD),
        Count(("address", seen.address), CROWD),
    )


class Throttle:
    """Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._tries: OrderedDict[tuple[str, ...], _Tries] = OrderedDict()

    def turn(self, under: Sequence[Count], now: float) -> float:
        """Seconds until this attempt may be checked. Raises `TooManyError` when those are more
        than anybody should wait."""
        found = [(each, self._of(each.key, now)) for each in under]
        wait = max(max(0.0, tries.free_at - now) for _, tries in found)
        if wait > PATIENCE:
            raise TooManyError(
                "too many wrong attempts", remedy="wait a minute, then try again, or use a passkey"
            )
        for each, tries in found:
            tries.free_at = now + wait + _delay(tries.failed, each.free)
        return wait

    def failed(self, under: Sequence[Count], now: float) -> None:
        for each in under:
            tries = self._of(each.key, now)
            tries.failed += 1
            tries.last = now
            tries.free_at = max(tries.free_at, now + _delay(tries.failed, each.free))

    def passed(self, under: Sequence[Count]) -> None:
        """Forget the failures of whoever got in; those of a crowd stay."""
        for each in under:
            if each.free == FREE:
                self._tries.pop(each.key, None)

    def _of(self, key: tuple[str, ...], now: float) -> _Tries:
        tries = self._tries.setdefault(key, _Tries())
        if tries.failed and now - tries.last > FORGET:
            tries.failed, tries.free_at = 0, 0.0
        self._tries.move_to_end(key)
        if len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)
        return tries


def _delay(failed: int, free: int) -> float:
    over = failed - free
    return min(LONGEST, float(2 ** min(over, 10))) if over >= 0 else 0.0
