"""Versions of a far vault, remembered for a short time."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from clawband.ports.vault import NEWEST, Vault

MOST = 1024


class RememberedVault:
    """Implements `ports.vault.Vault` before another one. A version that was read is not asked for
    again for `seconds`, not even when the vault is out of reach; the newest is always asked for.
    Dropping a version here forgets it before the vault is told."""

    def __init__(
        self, vault: Vault, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._vault, self._seconds, self._clock = vault, seconds, clock
        self._known: OrderedDict[tuple[str, int], tuple[float, bytes]] = OrderedDict()
        self._dropped = 0
        self._lock = Lock()

    def reach(self) -> None:
        self._vault.reach()

    def read(self, place: str, version: int) -> bytes:
        if version == NEWEST:
            return self._vault.read(place, version)
        with self._lock:
            until, value = self._known.get((place, version), (0.0, b""))
            if self._clock() < until:
                return value
            dropped = self._dropped
        asked = self._clock()
        value = self._vault.read(place, version)
        with self._lock:
            # One that was dropped while it was on its way here must not be kept.
            if dropped == self._dropped:
                self._known[place, version] = (asked + self._seconds, value)
                self._known.move_to_end((place, version))
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return value

    def newest(self, place: str) -> int:
        return self._vault.newest(place)

    def write(self, place: str, value: bytes) -> int:
        return self._vault.write(place, value)

    def drop(self, place: str, version: int) -> None:
        self._forget(place, version)
        try:
            self._vault.drop(place, version)
        finally:
            self._forget(place, version)

    def close(self) -> None:
        with self._lock:
            self._known.clear()
        self._vault.close()

    def _forget(self, place: str, version: int) -> None:
        with self._lock:
            self._dropped += 1
            self._known.pop((place, version), None)
