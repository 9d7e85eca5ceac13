"""Chunked bodies, in every piece they may come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.network.chunks import Chunks, Fed
from clawband.network.refusal import Refusal


def fed(data, size=1):
    """Everything of a body, in pieces of a size: what it holds and whether it has ended."""
    chunks, body, used = Chunks(), b"", 0
    for at in range(0, len(data), size):
        found = chunks.feed(data[at : at + size])
        if isinstance(found, Refusal):
            return found.category
        body += found.body
        used += found.used
        if found.done:
            return body, used, chunks.trailers
    return body, used, None


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.integers(1, 50), st.binary())
def test_a_body_comes_out_as_it_went_in(parts, size, behind):
    frame = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    assert fed(frame + behind, size) == (b"".join(parts), len(frame), ())


@given(st.lists(st.sampled_from(list(b"0123af\r\n;: xX")), max_size=30).map(bytes))
def test_pieces_make_no_difference(data):
    """But for the category: which line is refused first depends on what is there."""
    whole = fed(data, len(data) or 1)
    for size in (1, 3):
        found = fed(data, size)
        assert found == whole or (isinstance(found, str) and isinstance(whole, str))


@pytest.mark.parametrize(
    ("expected", "data"),
    [
        ("chunk-extension", b"5;a=b\r\nhello\r\n"),
        ("chunk-extension", b"5;\r\nhello\r\n"),
        ("chunk-size", b"5 \r\nhello\r\n"),
        ("chunk-size", b" 5\r\nhello\r\n"),
        ("chunk-size", b"0x5\r\nhello\r\n"),
        ("chunk-size", b"+5\r\nhello\r\n"),
        ("chunk-size", b"-1\r\n"),
        ("chunk-size", b"\r\n"),
        ("chunk-size", b"\n"),
        ("chunk-size", b"5\nhello\n"),
        ("chunk-size", b"5\r\r\nhello\r\n"),
        ("chunk-size", b"1_0\r\n"),
        ("chunk-size", b"000000005\r\nhello"),
        ("chunk-size", b"fffffffff\r\n"),
        ("chunk-size", b"\xb2\r\n"),
        ("chunk-end", b"5\r\nhello!\r\n"),
        ("chunk-end", b"5\r\nhello\n"),
        ("chunk-end", b"5\r\nhello0\r\n"),
        ("chunk-end", b"5\r\nhello\r0"),
        ("trailer", b"0\r\nX: y\n"),
        ("trailer", b"0\r\n\n"),
        ("trailer", b"0\r\nContent-Length: 3\r\n"),
        ("trailer", b"0\r\nTransfer-Encoding: chunked\r\n"),
        ("trailer", b"0\r\nHost: b.example\r\n"),
        ("space-before-colon", b"0\r\nX : y\r\n"),
        ("folded", b"0\r\nX: y\r\n z\r\n"),
        ("control", b"0\r\nX: \x00\r\n"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_frames_that_are_refused(expected, data, size):
    assert fed(data, size) == expected


def test_trailers_are_kept_and_bounded():
    assert fed(b"0\r\nX-Sum: 1\r\nY: 2\r\n\r\n")[2] == ((b"X-Sum", b"1"), (b"Y", b"2"))
    assert fed(b"0\r\n" + b"X: y\r\n" * 2_000, 64) == "trailer"
    assert fed(b"0\r\nX: " + b"y" * 9_000, 64) == "long-trailers"


def test_what_follows_a_body_is_left():
    assert Chunks().feed(b"0\r\n\r\nGET /") == Fed(5, b"", True)
