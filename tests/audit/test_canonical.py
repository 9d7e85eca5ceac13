"""One spelling a line: what is read back is what was written, and nothing else is read."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.canonical import decode, encode
from clawband.audit.entry import encode as encode_event
from clawband.model.errors import InputError
from clawband.model.event import Event, Tag
from tests.audit.small_log import START

texts = st.text(st.characters(exclude_categories=["Cs"]))
integers = st.integers(-(2**53) + 1, 2**53 - 1)
values = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", max_size=4), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abcé"), values))
def test_it_is_rfc_8785_and_is_read_back(value):
    assert encode(value) == rfc8785.dumps(value)
    assert decode(encode(value)) == value


def test_an_event_is_written_in_this_form():
    event = Event(id="evt_1", at=START, tag=Tag.SERVER_START, who="Zoë", detail={"b": [1], "a": {}})
    body = encode_event(event, 7)
    assert encode(decode(body)) == body


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"a":1 }', "not canonical"),
        (b'{"b":1,"a":2}', "not canonical"),
        (b'{"a":1,"a":1}', "not canonical"),
        (b'{"a":"\\u0041"}', "not canonical"),
        (b'{"a":"\\/"}', "not canonical"),
        (b'{"a":1}\r', "not canonical"),
        (b'{"a":-0}', "not canonical"),
        (b'{"a":1.0}', "without fractions"),
        (b'{"a":1e3}', "without fractions"),
        (b'{"a":NaN}', "without fractions"),
        (b'{"a":"\\ud800"}', "without fractions"),
        (b'{"a":' + b"9" * 5000 + b"}", "without fractions"),
        (b"", "without fractions"),
        (b"\xef\xbb\xbf{}", "without fractions"),
        (b'{"a":"\xff"}', "byte 6 is not UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "byte 6 is not UTF-8"),
        (b'{"a":' + b"[" * 100_000, "nested too deeply"),
        (b"[]", "not a JSON object"),
    ],
)
def test_a_second_spelling_is_refused_by_name(line, said):
    with pytest.raises(InputError, match=said):
        decode(line)


@given(st.binary())
def test_anything_is_read_or_refused(line):
    try:
        assert encode(decode(line)) == line
    except InputError as error:
        assert error.remedy
