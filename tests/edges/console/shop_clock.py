"""The time of the shop: told while its day is told, and running afterwards."""

from datetime import UTC, datetime, timedelta


class ShopClock:
    """Implements `ports.clock.Clock`: stands where it is put while the day is told, then runs."""

    def __init__(self, start: datetime) -> None:
        self._now: datetime | None = start
        self._ahead = timedelta()

    def now(self) -> datetime:
        return self._now or datetime.now(UTC) + self._ahead

    def forward(self, **amount: float) -> None:
        if self._now:
            self._now += timedelta(**amount)

    def skip(self, **amount: float) -> None:
        """Run on from later."""
        self._ahead += timedelta(**amount)

    def run(self) -> None:
        self._now = None
