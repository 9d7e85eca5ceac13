"""Guessing gets slower; the owner is never locked out."""

import pytest

from clawband.identity.session import Seen
from clawband.identity.throttle import (
    CROWD,
    FORGET,
    FREE,
    LONGEST,
    PATIENCE,
    REMEMBERED,
    Throttle,
    TooManyError,
    counts,
)

HERE = Seen(address="10.0.0.1", device="d" * 64)


def attempt(throttle, now, name="ana", address="10.0.0.1", known=False):
    """One wrong attempt; the seconds it had to wait."""
    under = counts(name, Seen(address=address, device="d"), known=known)
    wait = throttle.turn(under, now)
    throttle.failed(under, now + wait)
    return wait


def pair(name="ana", address="10.0.0.1"):
    return counts(name, Seen(address=address), known=False)[:1]


def test_a_few_mistakes_cost_nothing():
    throttle = Throttle()
    assert [attempt(throttle, 0.0) for _ in range(FREE)] == [0.0] * FREE


def test_then_each_waits_longer_up_to_a_limit():
    throttle, now, waits = Throttle(), 0.0, []
    for _ in range(12):
        waits.append(attempt(throttle, now))
        now += waits[-1]
    assert waits[:FREE] == [0.0] * FREE
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST


def test_many_at_once_take_turns():
    throttle = Throttle()
    for _ in range(5):
        attempt(throttle, 0.0)
    waits = []
    with pytest.raises(TooManyError, match="too many"):
        for _ in range(20):
            waits.append(throttle.turn(pair(), 100.0))
    assert len(waits) <= PATIENCE / LONGEST * 3
    assert waits == sorted(waits) and waits[-1] <= PATIENCE


def test_neither_another_address_nor_another_name_is_slowed_by_a_few():
    throttle, now = Throttle(), 0.0
    for _ in range(8):
        now += attempt(throttle, now)
    assert throttle.turn(counts("ana", Seen(address="10.0.0.2"), known=False), now) == 0.0
    assert throttle.turn(counts("bo", Seen(address="10.0.0.1"), known=False), now) == 0.0


@pytest.mark.parametrize("who", [("ana", "10.0.0.{}"), ("name{}", "10.0.0.1")])
def test_guessing_from_everywhere_and_trying_everybody_slow_down_too(who):
    throttle = Throttle()
    name, address = who
    for number in range(CROWD):
        assert attempt(throttle, 0.0, name.format(number), address.format(number)) == 0.0
    later = attempt(throttle, 0.0, name.format("x"), address.format("99"))
    assert later > 0.0


def test_the_owner_is_not_locked_out_where_they_signed_in_before():
    throttle = Throttle()
    with pytest.raises(TooManyError):
        for number in range(1_000):
            attempt(throttle, 0.0, address=f"10.0.{number % 250}.1")
    assert throttle.turn(counts("ana", HERE, known=True), 0.0) == 0.0
    with pytest.raises(TooManyError):
        throttle.turn(counts("ana", HERE, known=False), 0.0)


def test_success_and_time_forgive():
    throttle, now = Throttle(), 0.0
    for _ in range(6):
        now += attempt(throttle, now)
    assert throttle.turn(pair(), now + FORGET * 2) == 0.0
    now += FORGET * 2
    for _ in range(6):
        now += attempt(throttle, now)
    throttle.passed(pair())
    assert throttle.turn(pair(), now) == 0.0


def test_getting_in_once_does_not_forgive_the_crowd():
    throttle = Throttle()
    for number in range(CROWD + 3):
        attempt(throttle, float(number), address=f"10.0.0.{number}")
    throttle.passed(counts("ana", HERE, known=False))
    assert throttle.turn(counts("ana", HERE, known=False), CROWD + 3.0) > 0.0


def test_it_remembers_a_bounded_number():
    throttle = Throttle()
    for number in range(REMEMBERED + 100):
        under = counts(f"n{number}", Seen(address=f"10.{number}"), known=False)[:1]
        throttle.failed(under, 0.0)
    assert len(throttle._tries) == REMEMBERED
