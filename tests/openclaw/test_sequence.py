"""Numbers that come twice, late, never, or absurd."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.openclaw.sequence import MAX_AHEAD, MAX_MISSING, Sequence


@given(st.permutations(range(1, 30)))
def test_each_number_counts_once_in_any_order(numbers):
    sequence = Sequence()
    assert all(sequence.see(number) for number in numbers)
    assert not any(sequence.see(number) for number in numbers)
    assert sequence.beat(29) == () == sequence.beat(29)


@given(st.sets(st.integers(2, 40)), st.data())
def test_what_never_came_is_lost_once(absent, data):
    sequence = Sequence()
    here = [number for number in range(1, 42) if number not in absent]
    for number in data.draw(st.permutations(here)):
        sequence.see(number)
    sequence.announced()
    assert sequence.beat(41) == (), "it may still be on its way"
    assert sequence.beat(41) == tuple(sorted(absent))
    assert sequence.beat(41) == ()


def test_what_comes_late_is_not_lost():
    sequence = Sequence()
    assert sequence.see(1) and sequence.see(3)
    assert sequence.beat(3) == ()
    assert sequence.see(2)
    assert sequence.beat(3) == ()


def test_a_server_that_starts_later_calls_nothing_lost_that_came_before_it():
    sequence = Sequence()
    assert sequence.see(5_000) and sequence.beat(5_001) == () and sequence.see(4_999)
    assert sequence.beat(5_001) == (5_001,)


def test_the_last_numbers_are_missed_too():
    sequence = Sequence()
    sequence.see(1)
    assert sequence.beat(3) == ()
    assert sequence.beat(3) == (2, 3)


def test_what_was_not_taken_may_come_again():
    sequence = Sequence()
    sequence.see(1)
    sequence.see(2)
    sequence.forget(2)
    assert sequence.see(2) and not sequence.see(2)


@pytest.mark.parametrize("number", [0, -1, -(10**30), 10**30, 2 + MAX_AHEAD])
def test_an_absurd_number_is_refused(number):
    sequence = Sequence()
    sequence.see(1)
    assert not sequence.see(number)
    assert sequence.highest == 1
    assert sequence.beat(number) == ()
    assert sequence.beat(1) == ()


def test_a_jump_costs_little_and_is_bounded():
    sequence = Sequence()
    sequence.see(1)
    start = perf_counter()
    for jump in range(1, 20):
        sequence.see(1 + jump * MAX_AHEAD)
    assert perf_counter() - start < 5
    assert len(sequence.missing) <= MAX_MISSING
