"""How much somebody may do: a bucket that fills by the second."""

from collections import OrderedDict
from ipaddress import IPv6Address, IPv6Network, ip_address

BURST = 8
"""Seconds' worth that may come at once."""
MOST = 10_000
NET = 64
"""Bits: whoever has one address of the sixth version has all of its network (RFC 4291 §2.5.4)."""


def place(address: str) -> str:
    """For what an address counts where addresses are limited: of the sixth version its network."""
    found = ip_address(address)
    if not isinstance(found, IPv6Address):
        return address
    return str(IPv6Network((int(found), NET), strict=False))


class Rates:
    """One bucket for each key. `now` is any clock that only goes forward, in seconds."""

    def __init__(self, per_second: float) -> None:
        self._rate, self._full = per_second, per_second * BURST
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float, many: int = 1) -> float:
        """Seconds until there is enough; 0 when there was, and only then it is taken."""
        level, at = self._buckets.pop(key, (self._full, now))
        level = min(self._full, level + (now - at) * self._rate)
        wait = max(0.0, (many - level) / self._rate)
        self._buckets[key] = (level if wait else level - many, now)
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        return wait
