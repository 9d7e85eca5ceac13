"""Server-sent events: the same ones however the stream is cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.edges.models.events import MOST, Splitter, data_of, written
from clawband.model.errors import UnavailableError

STREAM = (
    b'data: {"a":1}\n\n: a comment\n\nevent: x\r\ndata: b\r\ndata:c\r\n\r\ndata: [DONE]\n\nrest'
)
EVENTS = [
    b'data: {"a":1}\n\n', b": a comment\n\n", b"event: x\r\ndata: b\r\ndata:c\r\n\r\n",
    b"data: [DONE]\n\n",
]  # fmt: skip


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_any_pieces_give_the_same_events(cuts):
    ends = [0, *sorted(cuts), len(STREAM)]
    splitter = Splitter()
    found = [each for a, b in pairwise(ends) for each in splitter.feed(STREAM[a:b])]
    assert found == EVENTS
    assert splitter.end() == b"rest"


def test_the_data_of_an_event():
    assert [data_of(event) for event in EVENTS] == [b'{"a":1}', b"", b"b\nc", b"[DONE]"]
    assert data_of(written(b"x")) == b"x"


def test_an_event_that_does_not_end_is_refused():
    splitter = Splitter()
    with pytest.raises(UnavailableError):
        for _ in range(MOST // 1_000_000 + 2):
            list(splitter.feed(b"x" * 1_000_000))
