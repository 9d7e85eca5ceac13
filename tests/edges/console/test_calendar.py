"""The drawn calendar: what is late is said so, and everything stays inside."""

from datetime import UTC, datetime, timedelta

import pytest

from clawband.edges.console import calendar
from clawband.edges.console.wording import Tone
from clawband.model.rotation import Planned, Stand

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DRAW = pytest.mark.parametrize("draw", [calendar.lying, calendar.standing])


def line(name, age, every, stand=Stand.LATER):
    last = NOW - timedelta(days=age)
    return Planned(
        secret=name, environment="dev", owner="o", driver="d", every_days=every, last=last,
        due=last + timedelta(days=every) if every else None, stand=stand,
    )  # fmt: skip


LINES = [
    line("late", 400, 90, Stand.OVERDUE), line("due", 90, 90, Stand.DUE), line("soon", 60, 90),
    line("far", 1, 3_650), line("new", 0, 95), line("undated", 9, 0, Stand.NEVER),
]  # fmt: skip


@DRAW
def test_all_with_a_date_are_drawn_inside(draw):
    drawing = draw(LINES, NOW)
    assert [each.name for each in drawing.bars] == ["late", "due", "soon", "far", "new"]
    for bar in drawing.bars:
        assert drawing.names <= bar.left <= bar.right <= drawing.width
        assert bar.y + 17 <= drawing.height
        assert 0 < bar.said_at < drawing.width
    assert all(drawing.names <= at < drawing.width for at, _ in drawing.months)
    assert [name for _, name in drawing.months][:2] == ["November", "December"]


@DRAW
def test_what_is_late_ends_now_and_in_red(draw):
    late, due, soon, *_ = draw(LINES, NOW).bars
    drawing = draw(LINES, NOW)
    assert late.right == due.right == drawing.now < soon.right
    assert (late.tone, due.tone, soon.tone) == (Tone.REFUSED, Tone.WAITING, Tone.PLAIN)
    assert (late.says, soon.says) == ("due 310 d ago", "due in 30 d")


@DRAW
def test_the_first_of_many_and_none_at_all(draw):
    many = draw([line("n" * 80, 5, 90)] * 50, NOW)
    assert len(many.bars) == calendar.MOST
    assert all(len(each.name) < 50 for each in many.bars)
    assert draw([], NOW).bars == ()
