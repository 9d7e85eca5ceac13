"""The drawn calendar of rotations: since when each value is there, and when it is to be replaced.

What is due first stands at the top, with a line for now. Once lying, for wide screens, and once
standing, for phones; the list on the page says the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.edges.console.bands import fit
from clawband.edges.console.when import ago
from clawband.edges.console.wording import Tone
from clawband.model.rotation import Planned, Stand

MOST = 12
BEFORE, AFTER = timedelta(days=30), timedelta(days=90)
"""What is shown around now."""
TONES = {
    Stand.NEVER: Tone.PLAIN,
    Stand.LATER: Tone.PLAIN,
    Stand.DUE: Tone.WAITING,
    Stand.OVERDUE: Tone.REFUSED,
}
ROW, TOP = 30, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """From when the value was made to when it is to be replaced."""

    name: str
    y: int
    left: float
    right: float
    """Where it is due, or now for what is late."""
    says: str
    said_at: float
    before: bool
    """The words end at `said_at`: there is no room after it."""
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """In SVG user units. `months` are where each begins, with its name."""

    width: int
    height: int
    names: int
    """How wide the column of names is; 0 where they stand above their bars."""
    now: float
    bars: tuple[Bar, ...]
    months: tuple[tuple[float, str], ...]


def lying(lines: Sequence[Planned], now: datetime) -> Drawing:
    return _drawn(lines, now, width=860, names=210, row=ROW)


def standing(lines: Sequence[Planned], now: datetime) -> Drawing:
    return _drawn(lines, now, width=350, names=0, row=ROW + 16)


def _drawn(lines: Sequence[Planned], now: datetime, *, width: int, names: int, row: int) -> Drawing:
    dated = [each for each in lines if each.due and each.last][:MOST]
    scale = (width - names) / (BEFORE + AFTER).total_seconds()

    def x(at: datetime) -> float:
        seconds = (at - now + BEFORE).total_seconds()
        return round(names + min(max(0.0, seconds * scale), width - names), 1)

    bars = tuple(
        _bar(each, x, now, TOP + number * row + (16 if not names else 0), names, width)
        for number, each in enumerate(dated)
    )
    height = TOP + len(dated) * row
    months = tuple((x(at), at.strftime("%B")) for at in _months(now))
    return Drawing(
        width=width, height=height, names=names, now=x(now), bars=bars,
        months=tuple((at, name) for at, name in months if at < width - 64),
    )  # fmt: skip


def _bar(
    line: Planned, x: Callable[[datetime], float], now: datetime, y: int, names: int, width: int
) -> Bar:
    assert line.last and line.due
    late = line.due <= now
    right = x(now) if late else x(line.due)
    says = f"due {ago(line.due, now)}"
    before = right > width - 90
    return Bar(
        name=fit(line.secret, 27 if names else 42),
        y=y,
        left=x(line.last),
        right=right,
        says=says,
        said_at=right - 8 if before else right + 8,
        before=before,
        tone=TONES[line.stand],
    )


def _months(now: datetime) -> Iterator[datetime]:
    """The first days of the months that are shown."""
    at = (now - BEFORE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while at <= now + AFTER:
        if at >= now - BEFORE:
            yield at
        at = (at + timedelta(days=32)).replace(day=1)
