"""Raw bytes against the egress proxy: who tries to get past it, through it or at it."""

import asyncio
import json
from dataclasses import replace

import pytest

from clawband.edges.egress.limits import Limits
from tests.edges.egress.proxying import SMALL, basic, get, proxying, story, tunnel
from tests.network.test_hello import named, records, whole

HEAD = b"POST http://web.test/ HTTP/1.1\r\nHost: web.test\r\n"
GET = b"GET http://web.test/ HTTP/1.1\r\nHost: web.test\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
FORMS = {
    # Two readers would end the body in different places (RFC 9112 §6.3).
    "both lengths": HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "same length twice": HEAD + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
    "list of lengths": HEAD + b"Content-Length: 4, 4\r\n\r\nabcd",
    "signed length": HEAD + b"Content-Length: +4\r\n\r\nabcd",
    "negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "hexadecimal length": HEAD + b"Content-Length: 0x4\r\n\r\nabcd",
    "other coding": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "hidden coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": HEAD + CHUNKED + CHUNKED + b"\r\n0\r\n\r\n",
    "coding with a space": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "coding with a tab": HEAD + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "folded coding": HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "lookalike": HEAD + b"Content_Length: 4\r\n\r\nabcd",
    "bare line feeds": b"GET http://web.test/ HTTP/1.1\nHost: web.test\n\n",
    "a bare carriage return": HEAD + b"X: a\rTransfer-Encoding: chunked\r\n\r\n",
    "a zero byte": HEAD + b"X: a\0b\r\n\r\n",
    "length by connection": HEAD + b"Connection: Content-Length\r\nContent-Length: 4\r\n\r\nabcd",
    "chunk extension": HEAD + CHUNKED + b"\r\n4;a=b\r\nabcd\r\n0\r\n\r\n",
    "chunk size with a sign": HEAD + CHUNKED + b"\r\n+4\r\nabcd\r\n0\r\n\r\n",
    "chunk ended by a line feed": HEAD + CHUNKED + b"\r\n4\nabcd\r\n0\r\n\r\n",
    "trailer with a length": HEAD + CHUNKED + b"\r\n0\r\nContent-Length: 9\r\n\r\n",
    # Two readers would go to different places.
    "other host field": b"GET http://web.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "two host fields": GET + b"Host: evil.test\r\n\r\n",
    "no host field": b"GET http://web.test/ HTTP/1.1\r\n\r\n",
    "name and password": b"GET http://u:p@web.test/ HTTP/1.1\r\nHost: web.test\r\n\r\n",
    "another host before": b"GET http://web.test@evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "backslash": b"GET http://web.test\\@evil.test/ HTTP/1.1\r\nHost: web.test\r\n\r\n",
    "fragment": b"GET http://web.test#@evil.test/ HTTP/1.1\r\nHost: web.test\r\n\r\n",
    "dots": b"GET http://web.test/a/../../b HTTP/1.1\r\nHost: web.test\r\n\r\n",
    "hidden dots": b"GET http://web.test/a/%252e%252e/b HTTP/1.1\r\nHost: web.test\r\n\r\n",
    "file": b"GET file:///etc/passwd HTTP/1.1\r\nHost: web.test\r\n\r\n",
    "gopher": b"GET gopher://web.test/ HTTP/1.1\r\nHost: web.test\r\n\r\n",
    "https in the clear": b"GET https://web.test/ HTTP/1.1\r\nHost: web.test\r\n\r\n",
    "version two": b"GET http://web.test/ HTTP/2.0\r\nHost: web.test\r\n\r\n",
    "old version": b"GET http://web.test/ HTTP/1.0\r\nHost: web.test\r\n\r\n",
    "trace": b"TRACE http://web.test/ HTTP/1.1\r\nHost: web.test\r\n\r\n",
    "preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls": records(whole(named(b"web.test"))),
    "socks": b"\x05\x01\x00\r\n\r\n",
    "nothing": b"\r\n\r\n\r\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("egress")


@story
async def test_what_has_two_readings_never_reaches_a_server(folder):
    async with proxying(folder / "forms") as house:
        for what, data in FORMS.items():
            head, end, body = data.partition(b"\r\n\r\n")
            talk = await house.speak()
            talk.send(head, b"\r\n", house.call().removesuffix(b"\r\n"), end, body)
            status, answer = await talk.answer()
            assert 400 <= status < 600 and json.loads(answer)["category"], what
            assert await talk.rest() == b"", what
        assert house.names.questions == []


PLACES = (
    "127.0.0.1:80", "127.1:80", "2130706433:80", "0x7f.0.0.1:80", "0177.0.0.1:80", "0:80",
    "[::1]:80", "[::ffff:127.0.0.1]:80", "[::ffff:7f00:1]:80", "[64:ff9b::7f00:1]:80",
    "[fe80::1%25lo]:80", "169.254.169.254:80", "[fd00:ec2::254]:80", "100.64.0.1:80",
    "10.0.0.1:80", "192.168.0.1:443", "224.0.0.1:80", "255.255.255.255:80", "localhost:80",
    "web.test.:81", "web.test:22", "web.test:0", "web.test:65536", "web.test:80:80", "web.test:+80",
    "WEB.TEST:8080", "ｗeb.test:80", "web。test:80", "xn--.test:80", "-web.test:80",
    "evil.test:80", "xweb.test:80", "web.test.evil.test:443", "test:443", "*.web.test:443",
    "web.test", ":80", "web.test:", "http://web.test:80", "web.test:80/a", "u@web.test:80",
)  # fmt: skip


@story
async def test_no_place_but_the_listed_ones_is_even_looked_up(folder):
    async with proxying(folder / "places") as house:
        for place in PLACES:
            if house.proxy.gate.telling:
                await asyncio.sleep(0)
            talk = await house.speak()
            talk.send(tunnel(place, house.call()))
            status, _ = await talk.answer()
            assert status in (400, 403), place
        assert house.names.questions == []


@story
async def test_a_listed_name_may_be_written_in_other_ways_and_is_the_same(folder):
    async with proxying(folder / "same") as house:
        for place in ("WEB.test:80", "web.test.:80"):
            talk = await house.connect(place)
            talk.send(b"GET / HTTP/1.1\r\nHost: web.test\r\n\r\n")
            assert (await talk.answer())[0] == 200
        assert set(house.names.questions) == {"web.test"}


@story
async def test_one_request_hides_no_other(folder):
    """What stands behind a body is a request of its own, with its own identity and decision."""
    async with proxying(folder / "hidden") as house:
        smuggled = get("http://evil.test/", method="DELETE")
        more = b"Content-Length: 4\r\n"
        talk = await house.speak()
        talk.send(
            get("http://web.test/", house.call(), more=more, method="POST"), b"abcd", smuggled
        )
        assert (await talk.answer())[0] == 200
        assert (await talk.answer())[0] == 407
        assert house.names.questions == ["web.test"]


@story
async def test_a_loop_is_ended_at_its_first_turn(folder):
    async with proxying(folder / "loop") as house:
        name = house.proxy.gate.name
        more = f"Via: 1.1 other, 1.1 {name}\r\n".encode()
        status, body = await house.ask(get("http://web.test/", house.call(), more=more))
        assert (status, json.loads(body)["category"]) == (508, "loop")
        house.names._machine._told.clear()
        port = house.proxy.port

        async def here(_):
            return ["127.0.0.1"]

        house.names._asked = here
        places = [f"a.web.test:{port}"]
        for place in places:
            status, _ = await house.ask(tunnel(place, house.call()))
            assert status == 403


@story
async def test_our_own_door_is_no_place_whatever_policy_lists(folder):
    async with proxying(folder / "door") as house:
        own = next(iter(house.proxy.gate.own))
        house.names._machine._told["web.test"] = own
        for data in (tunnel("web.test:80", house.call()), get("http://web.test/", house.call())):
            status, body = await house.ask(data)
            assert (status, json.loads(body)["category"]) == (508, "loop")


@story
async def test_identity_that_a_client_claims_means_nothing(folder):
    async with proxying(folder / "claims") as house:
        more = (
            b"X-Forwarded-User: admin\r\nForwarded: for=10.0.0.1\r\nX-Clawband-Agent: sample/a\r\n"
        )
        assert (await house.ask(get("http://web.test/", more=more)))[0] == 407
        other = house.call(tool="web_fetch")
        assert (await house.ask(get("http://web.test/", other, more=more)))[0] == 403
        (refused,) = await house.events("decision:deny")
        assert refused.agent == "sample/desk"


@story
async def test_tokens_that_are_not_ours_open_nothing(folder):
    async with proxying(folder / "tokens") as house:
        good = house.egress.callers.mint.make(house.claims())
        head, body, signature = good.split(".")
        none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
        forged = [
            f"{none}.{body}.", f"{none}.{body}.{signature}", f"{head}.{body}.", f"{head}.{body}",
            f"{head}.{body[:-4]}AAAA.{signature}", good + "=", good + ".", " " + good, "",
        ]  # fmt: skip
        early = replace(house.claims(), iat=house.claims().iat + 60)
        forged.append(house.egress.callers.mint.make(early))
        forged.append(house.egress.callers.mint.make(replace(house.claims(), aud="egress")))
        for each in forged:
            assert (await house.ask(tunnel("web.test:80", basic("call", each))))[0] == 407, each
        assert (await house.ask(get("http://web.test/", basic("action", good))))[0] == 407
        assert (await house.ask(get("http://web.test/", basic("gateway.sample", good))))[0] == 407
        assert house.names.questions == []


@story
async def test_tokens_end_with_the_server_that_made_them(folder):
    async with proxying(folder / "first") as first:
        old = first.call()
        async with proxying(folder / "second") as second:
            second.egress.callers.mint.__init__(b"another start of the server....!")
            assert (await second.ask(get("http://web.test/", old)))[0] == 407


@story
async def test_a_flood_of_refusals_is_counted_and_hinders_no_permit(folder):
    few = replace(SMALL, refusals=3, window=600, per_second=10_000, burst=10_000)
    async with proxying(folder / "flood", limits=few) as house:
        for number in range(30):
            assert (await house.ask(tunnel(f"evil{number}.test:443", house.call())))[0] == 403
        assert (await house.ask(get("http://web.test/", house.call())))[0] == 200
        assert len(await house.events("decision:deny")) == 3
        for _ in range(30):
            assert (await house.ask(tunnel("web.test:80", basic("call", "guess"))))[0] == 407
        await house.proxy.gate.settle()
        told = [event.detail for event in await house.events("egress:refuse")]
        counts = {each["category"]: each["count"] for each in told if each["count"] > 1}
        assert counts == {"flood": 27}
        assert [each["category"] for each in told].count("identity") == 3
        assert [each["category"] for each in told].count("flood") == 2


@story
async def test_nobody_takes_all_connections(folder):
    few = replace(SMALL, per_caller=3, per_second=1, burst=5, connections=20, head=5)
    async with proxying(folder / "many", limits=few) as house:
        for _ in range(3):
            await house.connect("web.test:80")
        status, body = await house.ask(tunnel("web.test:80", house.call()))
        assert (status, json.loads(body)["category"]) == (429, "limit")
        assert (await house.ask(get("http://model.test/", house.gateway)))[0] == 200
        for _ in range(3):
            status, body = await house.ask(get("http://model.test/", house.gateway))
        assert status == 200
        for _ in range(3):
            status, body = await house.ask(get("http://model.test/", house.gateway))
        assert (status, json.loads(body)["category"]) == (429, "rate")
        held = [await house.speak() for _ in range(20)]
        late = await house.speak()
        assert await late.rest() == b""
        assert len(held) == 20


@story
async def test_garbage_ends_and_leaves_nothing_behind(folder):
    limits = Limits(head=0.3, waiting=0.3)
    async with proxying(folder / "garbage", limits=limits) as house:
        for seed in range(40):
            talk = await house.speak()
            talk.send(bytes((seed * 37 + n * n * 101) % 256 for n in range(seed * 50 + 1)))
            talk.writer.write_eof()
            await talk.rest()
        await asyncio.sleep(0.5)
        assert not house.egress.traffic.open and not house.proxy.open
        assert (await house.ask(get("http://web.test/", house.call())))[0] == 200
