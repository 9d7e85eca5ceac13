"""Behind a proxy: the client is who the proxy saw, never who a request says it is."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.edges.forwarded import Forwarded

PROXY, CLIENT = "127.0.0.1", "203.0.113.7"


def seen(*values, peer=PROXY, trusted=("127.0.0.0/8", "10.1.0.0/16"), header="x-forwarded-for",
         name="", kind="http"):  # fmt: skip
    """The client that an app is told of."""
    told = []

    async def app(scope, _receive, _send):
        told.append(scope["client"])

    headers = [((name or header).encode(), value.encode("latin-1")) for value in values]
    scope = {"type": kind, "client": (peer, 4711) if peer else None, "headers": headers}
    asyncio.run(Forwarded(app, trusted, header)(scope, None, None))
    return told[0][0] if told[0] else None


@pytest.mark.parametrize(
    ("values", "client"),
    [
        ((), PROXY),
        ((CLIENT,), CLIENT),
        ((f"198.51.100.1, {CLIENT}",), CLIENT),
        (("198.51.100.1", CLIENT), CLIENT),
        ((f"{CLIENT}, 10.1.2.3",), CLIENT),
        ((f"127.0.0.1, {CLIENT}",), CLIENT),
        (("127.0.0.1, 10.1.2.3",), PROXY),
        ((f"{CLIENT}, rubbish",), PROXY),
        ((f"{CLIENT}, rubbish, 10.1.2.3",), "10.1.2.3"),
        ((f"{CLIENT}:51000",), CLIENT),
        (("2001:DB8::7",), "2001:db8::7"),
        (("[2001:db8::7]:51000",), "2001:db8::7"),
        ((f"::ffff:{CLIENT}",), CLIENT),
        (("unknown",), PROXY),
        (("",), PROXY),
        ((",".join([CLIENT] * 200),), CLIENT),
        (("\xff\x00",), PROXY),
    ],
)
def test_it_is_read_from_the_right_as_far_as_proxies_are_ours(values, client):
    assert seen(*values) == client


@pytest.mark.parametrize(
    ("values", "client"),
    [
        ((f"for={CLIENT}",), CLIENT),
        ((f'For="{CLIENT}:80";proto=https;by=10.1.0.1',), CLIENT),
        (('for="[2001:db8::7]:4711"',), "2001:db8::7"),
        ((f"for=198.51.100.1, for={CLIENT}",), CLIENT),
        ((f"for={CLIENT}, for=unknown",), PROXY),
        ((f"for={CLIENT}, for=_hidden",), PROXY),
        ((f"by={CLIENT}",), PROXY),
    ],
)
def test_the_header_of_the_standard_is_understood(values, client):
    assert seen(*values, header="forwarded") == client


def test_nobody_else_says_who_they_are():
    assert seen(CLIENT, peer="192.0.2.9") == "192.0.2.9", "not a proxy of ours"
    assert seen(CLIENT, trusted=()) == PROXY
    assert seen(f"for={CLIENT}", name="forwarded") == PROXY, "the header that the proxy rewrites"
    assert seen(CLIENT, header="forwarded", name="x-forwarded-for") == PROXY
    assert seen(CLIENT, peer="") is None, "the unix socket"
    assert seen(CLIENT, kind="lifespan") == PROXY


@given(st.lists(st.text(st.characters(max_codepoint=255), max_size=30), max_size=4))
def test_whatever_came_with_the_request_the_last_hop_counts(before):
    assert seen(*before, CLIENT) == CLIENT
