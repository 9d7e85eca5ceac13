"""One spelling of where a body ends (RFC 9112 §6)."""

import pytest

from clawband.network import framing
from clawband.network.framing import CHUNKED, CLOSE, NONE, TUNNEL, Body, Kind, declared
from clawband.network.refusal import Refusal


def category(found):
    return found.category if isinstance(found, Refusal) else found


@pytest.mark.parametrize(
    ("lengths", "codings", "minor", "expected"),
    [
        ([], [], 1, None),
        ([b"0"], [], 1, Body(Kind.LENGTH, 0)),
        ([b"42"], [], 0, Body(Kind.LENGTH, 42)),
        ([b"9" * 18], [], 1, Body(Kind.LENGTH, 10**18 - 1)),
        ([], [b"chunked"], 1, CHUNKED),
        ([], [b"Chunked"], 1, CHUNKED),
        ([b"1"], [b"chunked"], 1, "length-and-chunked"),
        ([b"1", b"1"], [], 1, "lengths"),
        ([b"1, 1"], [], 1, "length"),
        ([b"+1"], [], 1, "length"),
        ([b"-1"], [], 1, "length"),
        ([b"01"], [], 1, "length"),
        ([b"0x1"], [], 1, "length"),
        ([b"1_0"], [], 1, "length"),
        ([b"\xb2"], [], 1, "length"),
        ([b""], [], 1, "length"),
        ([b"9" * 19], [], 1, "length"),
        ([], [b"gzip, chunked"], 1, "coding"),
        ([], [b"chunked", b"chunked"], 1, "coding"),
        ([], [b"identity"], 1, "coding"),
        ([], [b"xchunked"], 1, "coding"),
        ([], [b""], 1, "coding"),
        ([], [b"chunked"], 0, "coding"),
    ],
)
def test_what_two_fields_say_together(lengths, codings, minor, expected):
    assert category(declared(lengths, codings, minor)) == expected


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [
        ("GET", None, NONE),
        ("POST", Body(Kind.LENGTH, 3), Body(Kind.LENGTH, 3)),
        ("CONNECT", None, TUNNEL),
        ("CONNECT", Body(Kind.LENGTH, 0), TUNNEL),
        ("CONNECT", Body(Kind.LENGTH, 3), "needless-body"),
        ("CONNECT", CHUNKED, "needless-body"),
        ("TRACE", CHUNKED, "needless-body"),
    ],
)
def test_requests(method, body, expected):
    assert category(framing.request(method, body)) == expected


@pytest.mark.parametrize(
    ("method", "status", "body", "expected"),
    [
        ("GET", 200, None, CLOSE),
        ("GET", 200, CHUNKED, CHUNKED),
        ("GET", 200, Body(Kind.LENGTH, 3), Body(Kind.LENGTH, 3)),
        ("HEAD", 200, Body(Kind.LENGTH, 3), NONE),
        ("GET", 304, Body(Kind.LENGTH, 3), NONE),
        ("GET", 204, Body(Kind.LENGTH, 0), NONE),
        ("GET", 204, Body(Kind.LENGTH, 3), "needless-body"),
        ("GET", 204, CHUNKED, "needless-body"),
        ("GET", 100, None, NONE),
        ("GET", 103, CHUNKED, "needless-body"),
        ("GET", 101, None, TUNNEL),
        ("CONNECT", 200, None, TUNNEL),
        ("CONNECT", 407, Body(Kind.LENGTH, 3), Body(Kind.LENGTH, 3)),
    ],
)
def test_responses(method, status, body, expected):
    assert category(framing.response(method, status, body)) == expected
