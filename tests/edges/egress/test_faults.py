"""Slow, half-open, lying, flooding and vanishing: what the proxy does when something goes wrong."""

import asyncio
import json
import time
from dataclasses import replace

import pytest

from clawband.model.errors import UnavailableError
from tests.edges.egress.proxying import SMALL, get, proxying, story, tunnel
from tests.network.test_hello import real
from tests.service.test_faults import Lock


async def swallow(reader, writer):
    await reader.read()


def once(said, pause=0.0):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        await asyncio.sleep(pause)

    return answer


@story
async def test_a_head_that_drips_in_is_not_waited_for(tmp_path):
    async with proxying(tmp_path) as house:
        silent, dripping = await house.speak(), await house.speak()
        began = time.monotonic()
        dripping.send(b"GET http://web.test/ HTTP/1.1\r\n")

        async def drip():
            for _ in range(100):
                dripping.send(b"X-A: b\r\n")
                await asyncio.sleep(0.05)

        dripper = asyncio.ensure_future(drip())
        assert await silent.rest() == b""
        assert (await dripping.head()).startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - began < 4 * SMALL.head
        dripper.cancel()


@story
async def test_a_body_that_drips_in_is_not_waited_for(tmp_path):
    async with proxying(tmp_path) as house:
        talk = await house.speak()
        talk.send(get("http://web.test/", house.call(), more=b"Content-Length: 100\r\n"), b"x")
        assert (await talk.answer())[0] == 408
        assert house.names.questions == []


@story
async def test_a_kept_connection_is_not_kept_for_ever(tmp_path):
    async with proxying(tmp_path) as house:
        talk = await house.speak()
        talk.send(get("http://web.test/", house.call()))
        await talk.answer()
        assert await talk.rest() == b""


@story
async def test_a_head_that_is_too_large_is_refused(tmp_path):
    async with proxying(tmp_path) as house:
        lines = b"".join(b"X-%d: %b\r\n" % (n, b"y" * 4_000) for n in range(9))
        status, body = await house.ask(
            b"GET http://web.test/ HTTP/1.1\r\nHost: web.test\r\n" + lines
        )
        assert (status, json.loads(body)["category"]) == (400, "long-head")
        status, body = await house.ask(b"GET http://web.test/" + b"a" * 9_000)
        assert (status, json.loads(body)["category"]) == (400, "long-line")


@story
async def test_a_body_beyond_the_limit_ends_the_request(tmp_path):
    async with proxying(tmp_path, swallow) as house:
        talk = await house.speak()
        more = b"Transfer-Encoding: chunked\r\n"
        talk.send(get("http://web.test/", house.call(), more=more, method="POST"))
        chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
        talk.send(chunk)
        while not house.egress.traffic.open:
            await asyncio.sleep(0.01)
        talk.send(chunk * 2)
        await talk.rest()
        assert "body-size" in (await house.closed()).detail["why"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "less than it said"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "less than it said"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk-size"),
    ],
)
@story
async def test_a_server_that_stops_short_is_not_covered_for(tmp_path, said, why):
    async with proxying(tmp_path, once(said)) as house:
        talk = await house.speak()
        talk.send(get("http://web.test/", house.call()))
        got = await talk.rest()
        assert not got.endswith(b"0\r\n\r\n")
        assert why in (await house.closed()).detail["why"]


@story
async def test_what_a_server_says_beyond_its_length_is_nobodys_answer(tmp_path):
    evil = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
    async with proxying(tmp_path, once(said + evil, pause=1)) as house:
        for where in ("http://web.test/", "/"):
            inside = where == "/"
            talk = await (house.connect("web.test:80") if inside else house.speak())
            ask = get("http://web.test/", house.call()).replace(b"http://web.test/", where.encode())
            talk.send(ask, ask)
            assert await talk.answer() == (200, b"good")
            if inside:
                assert await talk.rest() == b""
            else:
                assert await talk.answer() == (200, b"good")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"SSH-2.0-OpenSSH\r\n\r\n", 502),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 502),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 502),
        (b"HTTP/1.1 200 OK\r\nA: b\n\r\n\r\n", 502),
        (b"HTTP/1.1 200 OK\r\nConnection: content-length\r\nContent-Length: 0\r\n\r\n", 502),
        (b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", 502),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 40_000, 502),
        (b"", 502),
    ],
)
@story
async def test_an_answer_that_is_none_is_not_passed_on(tmp_path, said, status):
    async with proxying(tmp_path, once(said)) as house:
        assert (await house.ask(get("http://web.test/", house.call())))[0] == status


@story
async def test_a_server_that_never_answers(tmp_path):
    async with proxying(tmp_path, swallow) as house:
        assert (await house.ask(get("http://web.test/", house.call())))[0] == 504


@story
async def test_half_open_tunnels_end(tmp_path):
    async def finishes(reader, writer):
        await reader.readexactly(10)
        writer.write_eof()
        await reader.read()

    async with proxying(tmp_path, finishes) as house:
        talk = await house.connect("web.test:443")
        talk.send(real("web.test"))
        assert await talk.rest() == b""
        talk.send(b"still here")
        assert (await house.closed()).detail["why"] == "the server had finished long ago"


@story
async def test_an_idle_tunnel_ends(tmp_path):
    async with proxying(tmp_path, swallow, limits=replace(SMALL, idle=0.3)) as house:
        talk = await house.connect("web.test:443")
        talk.send(real("web.test"))
        assert await talk.rest() == b""
        assert "too long" in (await house.closed()).detail["why"]


@story
async def test_a_busy_tunnel_ends_with_its_time(tmp_path):
    async def talks(reader, writer):
        await reader.read(10)
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.05)

    async with proxying(tmp_path, talks, limits=replace(SMALL, lifetime=0.5)) as house:
        talk = await house.connect("web.test:443")
        talk.send(real("web.test"))
        assert set(await talk.rest()) == set(b"x")
        assert (await house.closed()).detail["why"] == "it was open for too long"


@story
async def test_a_client_that_vanishes_ends_the_request(tmp_path):
    gone = asyncio.Event()

    async def slow(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        try:
            await reader.read()
        finally:
            gone.set()

    async with proxying(tmp_path, slow, limits=replace(SMALL, response=60, idle=60)) as house:
        talk = await house.speak()
        talk.send(get("http://web.test/", house.call()))
        await asyncio.sleep(0.3)
        talk.writer.transport.abort()
        await asyncio.wait_for(gone.wait(), 5)
        assert (await house.closed()).detail["why"] == "the client left"


@story
async def test_when_nothing_can_be_recorded_nothing_goes_out(tmp_path):
    async with proxying(tmp_path) as house:
        with Lock(house.house.folder):
            for data in (
                tunnel("web.test:80", house.call()),
                get("http://web.test/", house.call()),
            ):
                status, body = await house.ask(data)
                assert status == 503 and "cannot" in json.loads(body)["detail"]
            assert not house.egress.traffic.open
        assert house.names.questions == []
        assert (await house.ask(get("http://web.test/", house.call())))[0] == 200


@story
async def test_a_pause_cuts_what_is_open_within_a_second(tmp_path):
    async with proxying(tmp_path, swallow) as house:
        talk = await house.connect("web.test:443")
        talk.send(real("web.test"))
        waiting = await house.speak()
        waiting.send(get("http://web.test/", house.call()))
        while len(house.egress.traffic.open) < 2:
            await asyncio.sleep(0.01)
        began = time.monotonic()
        admin = house.house.signed("admin")
        await house.house.service.stops.pause("agent", "sample/desk", admin)
        assert await talk.rest() == b"" and await waiting.rest() == b""
        assert time.monotonic() - began < 1
        assert (await house.ask(tunnel("web.test:443", house.call())))[0] == 403
        for closed in await house.events("egress:close"):
            assert closed.detail["why"].startswith("control:pause")


@story
async def test_a_budget_is_the_last_byte(tmp_path):
    async def pours(reader, writer):
        await reader.read(10)
        while True:
            writer.write(b"x" * 16_384)
            await writer.drain()

    async with proxying(tmp_path, pours) as house:
        talk = await house.connect("model.test:443", house.gateway)
        talk.send(real("model.test"))
        await talk.rest()
        closed = await house.closed()
        assert closed.detail["why"] == "its byte budget is used up"
        carried = closed.detail["sent"] + closed.detail["received"]
        assert 400_000 <= carried < 400_000 + 300_000
        status, body = await house.ask(tunnel("model.test:443", house.gateway))
        assert (status, json.loads(body)["category"]) == (429, "budget")


@story
async def test_one_slow_reader_holds_nobody_up_and_fills_no_memory(tmp_path):
    sent = 0

    async def pours(reader, writer):
        nonlocal sent
        await reader.read(10)
        while sent < 200_000_000:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536

    async with proxying(tmp_path, pours) as house:
        slow = await house.connect("web.test:443")
        slow.send(real("web.test"))
        before = -1
        while before != sent:
            before = sent
            await asyncio.sleep(0.3)
        # What the two pairs of sockets and our own buffers hold: it stopped long before the end.
        assert 0 < sent < 50_000_000
        assert (await house.ask(get("http://evil.test/", house.call())))[0] == 403


@story
async def test_names_that_nobody_finds_in_time_or_at_all(tmp_path):
    async def lost(host):
        raise UnavailableError(f"nobody says in time where `{host}` is")

    async with proxying(tmp_path, asked=lost) as house:
        status, body = await house.ask(tunnel("web.test:443", house.call()))
        assert (status, json.loads(body)["category"]) == (502, "name")
        (refused,) = await house.events("egress:refuse")
        assert refused.detail["category"] == "name" and not house.egress.traffic.open


@pytest.mark.parametrize(
    ("answers", "category"),
    [
        ([f"1.1.{n // 250}.{n % 250}" for n in range(1_000)], "many-addresses"),
        (["169.254.169.254"], "metadata"),
        (["1.1.1.1", "10.0.0.1"], "private"),
        (["fe80::1"], "link-local"),
        (["::ffff:169.254.169.254"], "metadata"),
        (["0.0.0.0"], "unspecified"),
        ([], "no-address"),
        (["not an address"], "malformed"),
    ],
)
@story
async def test_one_bad_address_refuses_them_all(tmp_path, answers, category):
    async def told(_):
        return answers

    async with proxying(tmp_path, asked=told) as house:
        status, body = await house.ask(tunnel("web.test:443", house.call()))
        assert status == 403, body
        assert json.loads(body)["category"] == category
        (refused,) = await house.events("egress:refuse")
        assert refused.cause.startswith("dec_") and refused.agent == "sample/desk"


@story
async def test_a_name_is_asked_once_and_its_checked_address_is_the_one(tmp_path):
    """Rebinding: the first answer is fine, every later one would lead inside."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"], ["10.0.0.1"]])

    async def rebinds(_):
        return next(answers)

    async with proxying(tmp_path, asked=rebinds) as house:
        status, _ = await house.ask(tunnel("web.test:80", house.call()))
        assert status == 502  # nothing listens there; nobody looked a second time
        assert house.names.questions == ["web.test"]
        status, body = await house.ask(tunnel("web.test:80", house.call()))
        assert (status, json.loads(body)["category"]) == (403, "metadata")
