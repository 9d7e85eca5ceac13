"""WebSocket frames: what passes is what came, and nothing passes that could be read two ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.network.frames import POLICY, Frames, Passed, close
from clawband.network.refusal import Refusal

KEY = b"\x01\x02\x03\x04"


def frame(code=1, body=b"hi", *, fin=True, masked=True, rsv=0):
    size, mask = len(body), 0x80 if masked else 0
    length = (
        bytes([mask | size]) if size < 126
        else bytes([mask | 126]) + size.to_bytes(2) if size < 1 << 16
        else bytes([mask | 127]) + size.to_bytes(8)
    )  # fmt: skip
    return bytes([(0x80 if fin else 0) | rsv | code]) + length + (KEY if masked else b"") + body


def fed(data, *, masked=True, most=1 << 20, size=None):
    frames, out, begun = Frames(masked=masked, most=most), b"", 0
    step = size or len(data) or 1
    for at in range(0, len(data), step):
        found = frames.feed(data[at : at + step])
        if isinstance(found, Refusal):
            return found.category
        out += found.data
        begun += found.begun
    return out, begun


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(1, 50), st.booleans())
def test_what_passes_is_what_came(bodies, size, masked):
    sent = b"".join(frame(2, body, masked=masked) for body in bodies)
    assert fed(sent, masked=masked, size=size) == (sent, len(bodies))


@pytest.mark.parametrize("size", [125, 126, 65_535, 65_536])
def test_every_form_of_a_length(size):
    sent = frame(2, b"a" * size)
    assert fed(sent, size=7) == (sent, 1)


def test_a_message_in_parts_with_a_ping_between():
    sent = frame(1, fin=False) + frame(9) + frame(0, fin=False) + frame(0)
    assert fed(sent, size=3) == (sent, 4)


@pytest.mark.parametrize(
    ("sent", "category"),
    [
        (frame(masked=False), "mask"),
        (frame(rsv=0x40), "frame"),
        (frame(3), "frame"),
        (frame(11), "frame"),
        (b"\x81\xfe\x00\x05" + KEY + b"hello", "frame-length"),
        (b"\x81\xff" + (5).to_bytes(8) + KEY + b"hello", "frame-length"),
        (b"\x81\xff" + (1 << 63).to_bytes(8) + KEY, "message-size"),
        (frame(9, b"a" * 126), "control"),
        (frame(9, fin=False), "control"),
        (frame(0), "fragment"),
        (frame(1, fin=False) + frame(1), "fragment"),
        (frame(8, b"") + frame(), "after-close"),
        (frame(2, b"a" * 101), "message-size"),
        (frame(2, b"a" * 60, fin=False) + frame(0, b"a" * 60), "message-size"),
    ],
)
def test_what_is_refused(sent, category):
    assert fed(sent, most=100, size=1) == category


def test_a_server_does_not_mask():
    assert fed(frame(masked=True), masked=False) == "mask"


def test_it_knows_where_a_word_of_ours_fits():
    frames = Frames(masked=True, most=100)
    assert frames.between
    assert frames.feed(frame()[:1]) == Passed(b"", 0)
    assert not frames.between
    frames.feed(frame()[1:-1])
    assert not frames.between
    frames.feed(frame()[-1:])
    assert frames.between


def test_the_last_word_says_why():
    assert fed(close(POLICY), masked=False) == (b"\x88\x02\x03\xf0", 1)
