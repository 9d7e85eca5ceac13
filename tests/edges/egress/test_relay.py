"""Tunnels that carry on: half open, idle, too long, over budget, and with a slow reader."""

import asyncio
import json
from dataclasses import replace

from tests.edges.egress.proxying import SMALL, get, proxying, story, swallow, tunnel
from tests.network.test_hello import real


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
async def test_last_words_are_heard_also_by_who_is_slow(tmp_path):
    body = b"x" * 12_000_000

    async def pours(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + body)
        await writer.drain()

    async with proxying(tmp_path, pours, limits=replace(SMALL, idle=30)) as house:
        talk = await house.speak()
        talk.send(get("http://web.test/", house.call()))
        await talk.head()
        await asyncio.sleep(2.5)
        assert await talk.rest() == body
