"""One request and its response: framing, hop-by-hop fields, WebSocket, what is looked through."""

import asyncio
import gzip
import json

import pytest

from tests.edges.egress.proxying import SECRET, get, proxying, server, story


def answers(*parts, pause=0.0):
    """A server that answers each request with the same bytes, in pieces."""

    async def answer(reader, writer):
        while True:
            await reader.readuntil(b"\r\n\r\n")
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)

    return answer


def once(*parts):
    """The same, and then it leaves."""

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(parts)
        await writer.drain()

    return answer


def post(body, url="http://web.test/", more=b""):
    return url, b"Content-Length: %d\r\n" % len(body) + more, body


async def send(house, url, more, body):
    data = get(url, house.call(), more=more, method="POST") + body
    return await house.ask(data)


@story
async def test_what_is_for_the_proxy_goes_no_further(tmp_path):
    async with proxying(tmp_path) as house:
        more = (
            b"Connection: X-Mine, keep-alive\r\nX-Mine: 1\r\nProxy-Connection: keep-alive\r\n"
            b"Keep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\nHTTP2-Settings: a\r\nX-Yours: 2\r\n"
        )
        _, body = await house.ask(get("http://web.test/", house.call(), more=more))
        fields = dict(line.split(b": ") for line in body.lower().split(b"\r\n")[1:] if line)
        assert set(fields) == {b"host", b"x-yours", b"via"}
        assert fields[b"via"].startswith(b"1.1 clawband-")


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"


@pytest.mark.parametrize(
    ("said", "status", "body"),
    [
        ([b"HTTP/1.1 204 No Content\r\n\r\n"], 204, b""),
        ([b"HTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n"], 304, b""),
        ([EARLY, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"], 200, b"x"),
    ],
)  # fmt: skip
@story
async def test_responses_without_a_body_and_before_the_response(tmp_path, said, status, body):
    async with proxying(tmp_path, answers(*said)) as house:
        talk = await house.speak()
        for _ in range(2):
            talk.send(get("http://web.test/", house.call()))
            head = await talk.head()
            assert head.startswith(f"HTTP/1.1 {status} ".encode())
            assert await talk.exactly(len(body)) == body


@story
async def test_a_chunked_response_comes_whole_and_the_connection_is_kept(tmp_path):
    said = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"3\r\nabc\r\n0\r\n",
        b"T: 1\r\n\r\n",
    )
    async with proxying(tmp_path, answers(*said, pause=0.01)) as house:
        talk = await house.speak()
        for _ in range(2):
            talk.send(get("http://web.test/", house.call()))
            assert b"Transfer-Encoding: chunked" in await talk.head()
            assert await talk.exactly(19) == b"3\r\nabc\r\n0\r\nT: 1\r\n\r\n"
        assert house.names.questions == ["web.test"]


@story
async def test_a_response_that_ends_with_its_connection_ends_ours(tmp_path):
    async with proxying(tmp_path, once(b"HTTP/1.0 200 OK\r\n\r\n", b"all of it")) as house:
        talk = await house.speak()
        talk.send(get("http://web.test/", house.call()))
        head = await talk.head()
        assert b"Connection: close" in head and head.startswith(b"HTTP/1.1 200 ")
        assert await talk.rest() == b"all of it"


@story
async def test_the_head_of_a_response_alone(tmp_path):
    async with proxying(
        tmp_path, answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    ) as house:
        talk = await house.speak()
        for _ in range(2):
            talk.send(get("http://web.test/", house.call(), method="HEAD"))
            assert b"Content-Length: 9" in await talk.head()


@story
async def test_websocket_passes_in_both_forms_of_proxying(tmp_path):
    async def socket(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Upgrade: websocket" in head and b"Connection: Upgrade" in head
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        )
        while data := await reader.read(65_536):
            writer.write(data)

    async with proxying(tmp_path, socket) as house:
        upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n"
        absolute = await house.speak()
        absolute.send(get("http://web.test/ws", house.call(), more=upgrade), b"early")
        inside = await house.connect("web.test:80")
        inside.send(b"GET /ws HTTP/1.1\r\nHost: web.test\r\n", upgrade, b"\r\n", b"early")
        for talk in (absolute, inside):
            assert (await talk.head()).startswith(b"HTTP/1.1 101 ")
            assert await talk.exactly(5) == b"early"
            talk.send(b"\x81\x00" * 50_000)
            assert await talk.exactly(100_000) == b"\x81\x00" * 50_000


@story
async def test_nothing_changes_to_a_protocol_that_nobody_asked_for(tmp_path):
    said = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %b\r\n\r\n"
    for kind, asked in ((b"websocket", b""), (b"h2c", b"Connection: Upgrade\r\nUpgrade: h2c\r\n")):
        async with proxying(tmp_path / kind.decode(), answers(said % kind)) as house:
            status, _ = await house.ask(get("http://web.test/", house.call(), more=asked))
            assert status == 502


@story
async def test_a_body_with_a_secret_stays_here(tmp_path):
    async with proxying(tmp_path) as house:
        body = f"key={SECRET}".encode()
        assert (await send(house, *post(b"hello")))[0] == 200
        hidden = (body, gzip.compress(body))
        for data, more in zip(hidden, (b"", b"Content-Encoding: gzip\r\n"), strict=True):
            status, answer = await send(house, *post(data, more=more))
            assert status == 403, more
            assert json.loads(answer)["decision"]
        status, _ = await house.ask(get(f"http://web.test/?k={SECRET}", house.call()))
        assert status == 403
        status, _ = await house.ask(
            get("http://web.test/", house.call(), more=b"X-K: " + body + b"\r\n")
        )
        assert status == 403
        assert len(await house.events("egress:close")) == 1


@story
async def test_a_chunked_body_is_looked_through_too(tmp_path):
    async with proxying(tmp_path) as house:
        head = get(
            "http://web.test/", house.call(), more=b"Transfer-Encoding: chunked\r\n", method="POST"
        )
        cut = SECRET[:9].encode(), SECRET[9:].encode()
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in cut)
        assert (await house.ask(head + chunks + b"0\r\n\r\n"))[0] == 403


@story
async def test_what_cannot_be_looked_through_whole_must_be_small_enough_for_policy(tmp_path):
    """Of 4,096 bytes that are looked through; a chunked body may become as long as it likes."""
    async with proxying(tmp_path) as house:
        assert (await send(house, *post(b"x" * 50_000)))[0] == 200
        head = get(
            "http://web.test/", house.call(), more=b"Content-Length: 2000000\r\n", method="POST"
        )
        status, answer = await house.ask(head + b"x" * 10_000)
        assert status == 403 and json.loads(answer)["category"] == "baseline/size"


@story
async def test_who_asks_first_may_send(tmp_path):
    async with proxying(tmp_path) as house:
        talk = await house.speak()
        more = b"Content-Length: 5\r\nExpect: 100-continue\r\n"
        talk.send(get("http://web.test/", house.call(), more=more, method="PUT"))
        assert await talk.head() == b"HTTP/1.1 100 Continue\r\n\r\n"
        talk.send(b"hello")
        status, body = await talk.answer()
        assert status == 200 and body.endswith(b"hello") and b"expect" not in body.lower()


@story
async def test_an_early_answer_ends_the_upload(tmp_path):
    async def hasty(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
        await asyncio.sleep(0.3)

    async with proxying(tmp_path, hasty) as house:
        talk = await house.speak()
        more = b"Content-Length: 60000\r\n"
        talk.send(get("http://web.test/", house.call(), more=more, method="POST"), b"x" * 30_000)
        assert await talk.answer() == (413, b"no")
        assert await talk.rest() == b""


@story
async def test_a_kept_connection_never_answers_for_another_place(tmp_path):
    """The second host leads to another server: nothing of the first one may come."""
    other = once(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother")
    async with proxying(tmp_path) as house, server(other) as port:
        house.names._machine._told.update(
            house.names._machine.__class__({"b.web.test": f"127.0.0.1:{port}"})._told
        )
        talk = await house.speak()
        talk.send(get("http://web.test/", house.call()), get("http://b.web.test/", house.call()))
        assert (await talk.answer())[1].startswith(b"GET / ")
        assert await talk.answer() == (200, b"other")
