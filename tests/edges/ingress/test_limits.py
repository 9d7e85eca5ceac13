"""Those who ask too much, too long or too slowly, one by one and many at once."""

import asyncio
import base64
import time
from dataclasses import replace

import pytest

from clawband.edges.ingress.house import Door, Guest, House
from clawband.edges.ingress.limits import LIMITS
from clawband.edges.ingress.line import Line
from clawband.edges.ingress.rates import BURST, MOST, Rates, place
from clawband.edges.ingress.session import Session
from clawband.identity.session import stored
from tests.edges.ingress.fronting import fronted, head_of
from tests.simulators.behind import Behind

RATE = 5


def test_a_bucket_fills_by_the_second():
    rates = Rates(10)
    assert not any(rates.take("ada", 0) for _ in range(10 * BURST))
    assert rates.take("ada", 0) == pytest.approx(0.1)
    assert not rates.take("bob", 0)
    assert not rates.take("ada", 0.11)
    assert rates.take("ada", 0.11, 2) == pytest.approx(0.19)


def test_the_buckets_do_not_grow_without_end():
    rates = Rates(1)
    for number in range(MOST + 5):
        rates.take(str(number), 0)
    assert len(rates._buckets) == MOST


def test_a_network_of_the_sixth_version_counts_as_one():
    assert place("2001:db8::1") == place("2001:db8::ffff:1:2:3") == "2001:db8::/64"
    assert place("2001:db8:0:1::1") != place("2001:db8::1")
    assert place("fe80::1%eth0") == "fe80::/64"
    assert place("203.0.113.9") == "203.0.113.9"


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    with fronted(tmp_path_factory.mktemp("door"), per_second=RATE, body_bytes=1_000) as found:
        yield found


def test_too_many_requests_are_turned_away_by_person(front):
    cookie = f"Cookie: {front.came()[0]}"
    seen = [front.request("GET / HTTP/1.1", cookie).split(b" ")[1] for _ in range(RATE * BURST + 4)]
    assert seen[0] == b"200" and seen[-1] == b"429"
    assert RATE * BURST <= seen.count(b"200") <= RATE * BURST + 2
    time.sleep(1)
    assert front.request("GET / HTTP/1.1", cookie).split(b" ")[1] == b"200"


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (["Content-Length: 1001"], b""),
        (["Transfer-Encoding: chunked"], b"3e9\r\n" + b"a" * 1001),
    ],
)
def test_a_body_that_is_too_long_is_turned_away(front, fields, body):
    time.sleep(0.5)
    own = (f"Cookie: {front.came()[0]}", f"Origin: {front.door.origin}")
    answer = front.request("POST / HTTP/1.1", *own, *fields, body=body)
    assert answer.split(b" ")[1] == b"413"


def test_too_much_in_a_websocket_waits(front):
    time.sleep(0.5)
    with front.upgrade("/ws", f"Cookie: {front.came('viewer')[0]}") as client:
        head_of(client)
        client.sendall(b"\x81\x80\x00\x00\x00\x00" * (RATE * BURST + 2))
        began, found = time.monotonic(), b""
        while len(found) < 2 * (RATE * BURST + 2):
            found += client.recv(1_000)
        assert 0.2 < time.monotonic() - began < 5


class Quiet:
    """A server that hears of refusals and answers nothing."""

    def __init__(self):
        self.told = []

    def tell(self, what, words):
        self.told.append((what, words["category"]))


def door(behind):
    return Door.of({
        "name": "shop", "origin": "http://shop.localhost:1", "header": "x-clawband-s",
        "console": "http://localhost:1", "host": "127.0.0.1", "port": behind, "sockets": 4,
        "body_bytes": 1 << 20, "message_bytes": 1 << 20, "per_second": 1_000,
    })  # fmt: skip


async def spoken(limits, *pieces, pause=0.0, guest=True):
    """What a session with these limits answers to pieces with pauses between; what it told."""
    house, behind = House(limits), await Behind().start()
    house.channel = quiet = Quiet()
    if guest:
        house._guests[stored("s")] = Guest(stored("s"), "shop", "ada", ())

    async def serve(reader, writer):
        await Session(house, door(behind.port), Line(reader, writer), "127.0.0.1").run()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    reading = asyncio.ensure_future(reader.read())
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(pause)
    found = await asyncio.wait_for(reading, 5)
    server.close()
    behind.stop()
    writer.close()
    return found, quiet.told


HOST = b"Host: shop.localhost:1\r\nCookie: clawband-door=s\r\n"
POST = b"POST / HTTP/1.1\r\nOrigin: http://shop.localhost:1\r\n" + HOST


def test_a_slow_head_is_not_waited_for():
    limits = replace(LIMITS, head=0.3)
    pieces = [b"GET / HTTP/1.1\r\n", *([b"X: y\r\n"] * 4)]
    answer, told = asyncio.run(spoken(limits, *pieces, pause=0.1))
    assert answer.split(b" ")[1] == b"408" and told == [("refused", "slow")]


def test_who_says_nothing_is_let_go_of():
    assert asyncio.run(spoken(replace(LIMITS, waiting=0.1))) == (b"", [])


def test_a_body_that_stops_is_not_waited_for():
    limits = replace(LIMITS, piece=0.2)
    answer, _ = asyncio.run(spoken(limits, POST + b"Content-Length: 9\r\n\r\nhalf", pause=0.4))
    assert answer.split(b" ")[1] == b"408"


def test_a_body_that_drips_is_not_waited_for():
    limits = replace(LIMITS, grace=0.2, slowest=100)
    pieces = [POST + b"Content-Length: 99\r\n\r\n", *([b"a"] * 6)]
    answer, _ = asyncio.run(spoken(limits, *pieces, pause=0.1))
    assert answer.split(b" ")[1] == b"408"


def test_a_gateway_that_says_nothing_is_not_waited_for():
    limits = replace(LIMITS, response=0.2)
    answer, told = asyncio.run(spoken(limits, b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n"))
    assert answer.split(b" ")[1] == b"504" and told == [("refused", "gateway")]


def test_a_websocket_that_nobody_uses_ends():
    key = base64.b64encode(bytes(16))
    asked = (
        b"GET /ws HTTP/1.1\r\n" + HOST + b"Origin: http://shop.localhost:1\r\n"
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: " + key + b"\r\n\r\n"
    )
    answer, _ = asyncio.run(spoken(replace(LIMITS, idle=0.2), asked))
    assert b" 101 " in answer


def test_a_gateway_that_is_away_is_said_so():
    async def away():
        house, answers = House(), []
        house.channel = Quiet()
        house._guests[stored("s")] = Guest(stored("s"), "shop", "ada", ())

        async def serve(reader, writer):
            await Session(house, door(1), Line(reader, writer), "127.0.0.1").run()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        answers.append(await reader.read())
        writer.close()
        server.close()
        return answers[0]

    assert asyncio.run(away()).split(b" ")[1] == b"502"
