"""What happens often is told one by one at first, then as a number."""

from datetime import UTC, datetime

from clawband.service.tally import MOST, SINGLY, WINDOW, Tally

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = ("shop", "host")


def test_the_first_are_told_one_by_one_and_the_rest_as_a_number():
    tally = Tally()
    assert sum(tally.one(KEY, NOW) for _ in range(SINGLY + 7)) == SINGLY
    assert tally.counted(NOW) == []
    assert tally.counted(NOW + WINDOW) == [(KEY, 7)]
    assert tally.one(KEY, NOW + WINDOW)


def test_few_are_no_number():
    tally = Tally()
    tally.one(KEY, NOW)
    assert tally.counted(NOW + WINDOW) == []


def test_it_does_not_grow_without_end():
    tally = Tally()
    assert all(tally.one(("shop", str(each)), NOW) for each in range(MOST))
    assert not tally.one(("shop", "one more"), NOW)
