"""Known values are found exactly, in any text and in whatever number."""

import base64
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clawband.labels.known import NOTHING, Known, Passing, plain

KEY = "4Jq8Zt2WmXv7Lr3NcHd6"
LETTERS = some.text('ab-_9Z /\n"', max_size=30)


@given(LETTERS, LETTERS)
def test_it_is_masked_where_it_stands_and_nothing_else_is(before, after):
    known = Known([("crm/key", KEY.encode())])
    assert known.masked(f"{before}{KEY}{after}") == f"{before}[secret: crm/key]{after}"
    assert known.masked(before + after) == before + after
    assert known.masked_bytes(f"{before}{KEY}".encode()) == f"{before}[secret: crm/key]".encode()


def test_places_count_characters():
    (found,) = Known([("crm/key", KEY.encode())]).found(f"é\U0001f511 {KEY} é")
    assert (found.start, found.end, found.kind, found.tag) == (3, 23, "crm/key", "secret")


def test_one_that_is_part_of_another_is_masked_as_what_is_there():
    known = Known([("password", b"Hx9fj2kLmQ7w"), ("url", b"postgresql://app:Hx9fj2kLmQ7w@db/x")])
    assert known.masked("psql postgresql://app:Hx9fj2kLmQ7w@db/x") == "psql [secret: url]"
    assert known.masked("PGPASSWORD=Hx9fj2kLmQ7w") == "PGPASSWORD=[secret: password]"
    assert "Hx9" not in known.masked("Hx9fj2kLmQ7w://app:Hx9fj2kLmQ7w@db/xHx9fj2kLmQ7w")


@pytest.mark.parametrize("value", [b"!!##$$%%^^&&", "пароль-ключ".encode(), b"aAaAbBbBcCcC" * 5])
def test_any_value_is_found_also_when_it_repeats_itself(value):
    known, text = Known([("odd", value)]), value.decode()
    assert known.masked(f"x {text} y {text}") == "x [secret: odd] y [secret: odd]"
    assert known.masked(json.dumps([text])) == '["[secret: odd]"]'


@given(some.lists(some.tuples(some.sampled_from("abc"), some.integers(0, 50)), max_size=90))
def test_values_come_one_at_a_time(added):
    known = NOTHING
    for name, number in added:
        known = known.and_(name, f"{KEY}{number:03}".encode())
    for number in range(51):
        names = {f"[secret: {name}]" for name, each in added if each == number}
        assert known.masked(f"{KEY}{number:03}") in (names or {f"{KEY}{number:03}"})


def test_a_thousand_are_found_like_one():
    values = {f"s{at}": base64.b64encode(f"{at:08} value {at}".encode()) for at in range(1000)}
    known = Known(values.items())
    for name in ("s0", "s500", "s999"):
        assert known.masked(f"<{values[name].decode()}>") == f"<[secret: {name}]>"


def test_every_text_inside_is_cleaned():
    known = Known([("crm/key", KEY.encode())])
    value = {"a": [KEY, 1, None, {"b": f"Bearer {KEY}"}], KEY: True}
    masked = "[secret: crm/key]"
    assert known.cleaned(value) == {"a": [masked, 1, None, {"b": f"Bearer {masked}"}], masked: True}
    assert NOTHING.cleaned(value) is value


@pytest.mark.parametrize("value", [b"short", b"production", b"Production\n", b"aabbaabbaabb", b""])
def test_what_could_be_any_word_is_not_looked_for(value):
    assert plain(value)
    assert not Known([("plain", value)])
    assert not NOTHING.and_("plain", value)


@pytest.mark.parametrize("value", [b"abcdefghijklmnopqrst", b"k3y-of-8", KEY.encode()])
def test_what_is_like_no_word_is(value):
    assert not plain(value)


@given(some.lists(some.integers(0, 90), max_size=5), some.booleans())
def test_pieces_of_a_stream_hide_what_the_whole_would(cuts, encoded):
    known = Known([("crm/key", KEY.encode())])
    value = base64.b64encode(f"user:{KEY}!".encode()).decode() if encoded else KEY
    raw, passing = f"data: {value} and {value}\n\nend".encode(), Passing(known)
    ends = [0, *sorted(cuts), len(raw)]
    pieces = [raw[a:b] for a, b in pairwise(ends)]
    assert b"".join(map(passing.feed, pieces)) + passing.end() == known.masked_bytes(raw)


def test_it_shows_no_value():
    assert KEY not in repr(Known([("crm/key", KEY.encode())]))


@given(some.binary(max_size=200))
def test_any_bytes_are_read(raw):
    known = Known([("crm/key", KEY.encode()), ("bin", bytes(range(150, 180)))])
    assert known.masked_bytes(raw) == raw
    # A sign that escapes what follows is a part of it.
    before = raw.rstrip(b"\\")
    assert known.masked_bytes(before + bytes(range(150, 180))) == before + b"[secret: bin]"
