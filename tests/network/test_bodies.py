"""Bodies of every framing: where they end, and what is too much."""

import pytest

from clawband.network.bodies import Framed
from clawband.network.framing import CHUNKED, CLOSE, NONE, Body, Kind
from clawband.network.refusal import Refusal


def fed(body, data, most=100):
    framed = Framed(body, most)
    found = framed.feed(data)
    return found.category if isinstance(found, Refusal) else (found.used, found.body, framed.done)


@pytest.mark.parametrize(
    ("body", "data", "told"),
    [
        (Body(Kind.LENGTH, 3), b"abcGET", (3, b"abc", True)),
        (Body(Kind.LENGTH, 5), b"abc", (3, b"abc", False)),
        (CHUNKED, b"3\r\nabc\r\n0\r\n\r\nGET", (13, b"abc", True)),
        (CHUNKED, b"3;a=b\r\nabc\r\n", "chunk-extension"),
        (CLOSE, b"abc", (3, b"abc", False)),
        (Body(Kind.LENGTH, 200), b"a" * 101, "body-size"),
        (CHUNKED, b"65\r\n" + b"a" * 101, "body-size"),
    ],
)
def test_where_a_body_ends(body, data, told):
    assert fed(body, data) == told


@pytest.mark.parametrize("body", [NONE, Body(Kind.LENGTH, 0)])
def test_none_has_ended(body):
    assert Framed(body, 0).done
