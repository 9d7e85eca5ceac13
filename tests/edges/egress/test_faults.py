"""Slow, half-open, lying, flooding and vanishing: what the proxy does when something goes wrong."""

import asyncio
import json
import time
from dataclasses import replace

import pytest

from tests.edges.egress.proxying import SMALL, get, proxying, story, swallow, tunnel
from tests.network.test_hello import real
from tests.service.test_faults import Lock


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
        assert not got.partition(b"\r\n\r\n")[2].endswith(b"0\r\n\r\n")
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
