"""Identifiers sort by time, hold exactly their entropy, and are pinned."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clawband.model.ids import ENTROPY_BYTES, new, ulid

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ENTROPY = st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES)


def test_the_layout_is_that_of_a_ulid():
    assert ulid(datetime.fromtimestamp(0, UTC), bytes(10)) == "0" * 26
    assert ulid(datetime.fromtimestamp(0, UTC), b"\xff" * 10) == "0" * 10 + "Z" * 16
    assert new("dec", AT, bytes(10)) == "dec_01M817QNM00000000000000000"


@given(ENTROPY, ENTROPY, st.integers(1, 10**9))
def test_later_sorts_after_earlier(one, two, milliseconds):
    later = AT + timedelta(milliseconds=milliseconds)
    assert ulid(AT, one) < ulid(later, two)


@given(ENTROPY, ENTROPY)
def test_other_entropy_is_another_id(one, two):
    assert (ulid(AT, one) == ulid(AT, two)) == (one == two)


@given(st.binary(min_size=10, max_size=40))
def test_more_entropy_than_needed_is_ignored(entropy):
    assert ulid(AT, entropy) == ulid(AT, entropy[:10])
