"""What may be spoken in a tunnel, and for whom."""

import json

import pytest

from clawband.edges.egress.answers import DENIED
from tests.edges.egress.proxying import proxying, story
from tests.network.test_hello import extension, named, real, records, whole


async def tls(reader, writer):
    """Waits for a hello and answers with its length."""
    start = await reader.readexactly(5)
    rest = await reader.readexactly(int.from_bytes(start[3:], "big"))
    writer.write(b"%05d" % len(start + rest))
    while data := await reader.read(65_536):
        writer.write(data)


async def shouts(reader, writer):
    writer.write(b"220 mail.test ESMTP\r\n")
    await reader.read()


@story
async def test_tls_for_the_host_passes_byte_by_byte(tmp_path):
    async with proxying(tmp_path, tls) as house:
        hello = real("web.test")
        talk = await house.connect("web.test:443")
        for byte in hello:
            talk.send(bytes([byte]))
            await talk.writer.drain()
        assert await talk.exactly(5) == b"%05d" % len(hello)
        talk.send(b"x" * 300_000)
        assert await talk.exactly(300_000) == b"x" * 300_000
        talk.writer.write_eof()
        assert await talk.rest() == b""
        detail = (await house.closed()).detail
        assert detail["sent"] == len(hello) + 300_000 and detail["received"] == 300_005
        assert detail["why"] == "both sides finished"


@pytest.mark.parametrize(
    ("hello", "category"),
    [
        (real("evil.test"), "sni"),
        (real("a.web.test"), "sni"),
        (real("web.test.evil.test"), "sni"),
        (real("192.0.2.1"), "sni"),
        (records(whole(named(b"web.test"), extension(0xFE0D, b"\0"))), "ech"),
        (records(whole(named(b"web.test"), named(b"evil.test"))), "tls-malformed"),
        (b"\x16\x03\x01\x00\x00", "tls-malformed"),
    ],
)
@story
async def test_tls_for_somebody_else_is_refused_in_its_own_words(tmp_path, hello, category):
    async with proxying(tmp_path, tls) as house:
        talk = await house.connect("web.test:443")
        talk.send(hello)
        assert await talk.rest() == DENIED
        (refused,) = await house.events("egress:refuse")
        assert refused.detail["category"] == category
        closed = await house.closed()
        assert closed.cause == refused.cause and closed.detail["sent"] == 0


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (443, b"GET / HTTP/1.1\r\nHost: web.test:443\r\n\r\n"),
        (443, b"SSH-2.0-x\r\n"),
        (80, b"SSH-2.0-x\r\n"),
        (80, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (80, b"\0\0\0\0"),
    ],
)
@story
async def test_on_the_ports_of_the_web_only_the_web_is_spoken(tmp_path, port, said):
    async with proxying(tmp_path, tls) as house:
        talk = await house.connect(f"web.test:{port}")
        talk.send(said)
        got = await talk.rest()
        assert got == b"" or got.split(b" ")[1] in (b"400", b"403", b"408")
        assert (await house.closed()).detail["sent"] == 0


@story
async def test_a_port_that_policy_lists_may_speak_what_it_likes(tmp_path):
    async def line(reader, writer):
        writer.write(b"you said " + await reader.readline())

    async with proxying(tmp_path, line) as house:
        talk = await house.connect("raw.test:9999")
        talk.send(b"GETX something\n")
        assert await talk.rest() == b"you said GETX something\n"


@pytest.mark.parametrize("to", ["web.test:80", "web.test:443", "raw.test:9999"])
@story
async def test_the_server_never_speaks_first(tmp_path, to):
    async with proxying(tmp_path, shouts) as house:
        talk = await house.connect(to)
        assert await talk.rest() == b""
        assert (await house.closed()).detail["why"] == "the server spoke first"


@story
async def test_who_says_nothing_is_not_waited_for(tmp_path):
    async with proxying(tmp_path, tls) as house:
        talk = await house.connect("web.test:443")
        talk.send(real("web.test")[:40])
        assert await talk.rest() == DENIED
        silent = await house.connect("web.test:443")
        assert await silent.rest() == b""


@pytest.mark.parametrize(
    ("request_", "category"),
    [
        (b"GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n", "host-mismatch"),
        (b"GET / HTTP/1.1\r\nHost: web.test:8080\r\n\r\n", "host-mismatch"),
        (b"GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n", "host-mismatch"),
        (b"GET http://evil.test/ HTTP/1.1\r\nHost: web.test\r\n\r\n", "host-mismatch"),
        (b"GET / HTTP/1.1\r\n\r\n", "hosts"),
        (b"GET / HTTP/1.0\r\n\r\n", "version"),
        (b"CONNECT web.test:80 HTTP/1.1\r\nHost: web.test:80\r\n\r\n", "method"),
    ],
)
@story
async def test_requests_in_a_tunnel_are_for_its_host(tmp_path, request_, category):
    async with proxying(tmp_path) as house:
        talk = await house.connect("web.test:80")
        talk.send(request_)
        _, body = await talk.answer()
        assert json.loads(body)["category"] == category
        assert await talk.rest() == b""


@story
async def test_what_policy_looks_into_needs_somebody_who_can(tmp_path):
    async with proxying(tmp_path) as house:
        talk = await house.speak()
        talk.send(
            b"CONNECT seen.test:443 HTTP/1.1\r\nHost: seen.test:443\r\n", house.call(), b"\r\n"
        )
        status, body = await talk.answer()
        assert status == 503 and json.loads(body)["category"] == "interception"
        plain = await house.connect("seen.test:80")
        plain.send(b"GET / HTTP/1.1\r\nHost: seen.test\r\n\r\n")
        assert (await plain.answer())[0] == 200
        plain.send(b"POST / HTTP/1.1\r\nHost: seen.test\r\nContent-Length: 0\r\n\r\n")
        assert (await plain.answer())[0] == 403
