"""Challenges: for one purpose, for a time, by one key."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from clawband.identity.challenge import LIFE, issue, valid
from tests.simulators.clocks import START

KEY = b"k" * 32
MADE = issue(KEY, "sign-in", START, b"e" * 16)


def test_it_is_good_for_its_purpose_until_its_end():
    assert valid(KEY, "sign-in", MADE, START)
    assert valid(KEY, "sign-in", MADE, START + LIFE - timedelta(seconds=1))
    assert not valid(KEY, "sign-in", MADE, START + LIFE)
    assert not valid(KEY, "step-up x", MADE, START)
    assert not valid(b"o" * 32, "sign-in", MADE, START)


def test_no_two_are_equal():
    assert issue(KEY, "sign-in", START, b"f" * 16) != MADE


@given(st.integers(0, len(MADE) - 1), st.integers(1, 255))
def test_a_changed_one_is_not_ours(at, by):
    forged = bytearray(MADE)
    forged[at] ^= by
    assert not valid(KEY, "sign-in", bytes(forged), START)


@given(st.binary(max_size=80))
def test_neither_is_anything_else(made):
    assert not valid(KEY, "sign-in", made, START)
    assert not valid(KEY, "sign-in", MADE[:-1], START)
