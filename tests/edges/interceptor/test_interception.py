"""Requests inside TLS, where policy looks into it: real clients, a real process and upstream."""

import asyncio
import json
import os
import signal
import ssl
from pathlib import Path

import httpx
import pytest

from clawband.edges.interceptor.tls import Tls
from clawband.model.control import ControlKind
from tests.edges.egress.proxying import story
from tests.edges.interceptor.intercepting import HOSTS, intercepting

API = "https://api.test"
GET = b"GET /v1/a HTTP/1.1\r\nHost: api.test\r\n"


def told(answer):
    code, text = answer
    assert code == 0, text
    return json.loads(text)


@pytest.mark.parametrize(
    ("arguments", "permitted"),
    [
        ((f"{API}/v1/things",), True),
        ((f"{API}/v1/things?with=query",), True),
        (("-d", "a=b", f"{API}/v1/things"), True),
        ((f"{API}/plain/x",), True),
        (("-d", "a=b", f"{API}/plain/x"), False),
        ((f"{API}/v2/things",), False),
        ((f"{API}/v1",), False),
        (("-X", "DELETE", f"{API}/v1/things"), False),
        (("https://other.test/plain/x",), True),
        (("https://other.test/v1/things",), False),
    ],
)
@story
async def test_each_request_is_decided_by_method_and_path(tmp_path, arguments, permitted):
    async with intercepting(tmp_path) as house:
        code, text = await house.curl(*arguments)
        assert code == 0
        if permitted:
            assert text.startswith(("GET /", "POST /")) and "HTTP/1.1\r\nHost: " in text
            return
        (denied,) = await house.events("decision:deny")
        assert json.loads(text)["decision"] == denied.id
        assert denied.action == "net:request"


@story
async def test_every_request_is_in_the_log_under_the_ids_of_the_call(tmp_path):
    async with intercepting(tmp_path) as house:
        proxy = f"http://call:{house.egress.callers.mint.make(house.claims())}@127.0.0.1"
        trust = ssl.create_default_context(cafile=str(house.authority))
        async with httpx.AsyncClient(
            proxy=f"{proxy}:{house.proxy.port}", verify=trust, http2=False
        ) as client:
            for number in range(3):
                answer = await client.post(f"{API}/v1/{number}", content=b"x" * number)
                assert answer.status_code == 200 and answer.text.endswith("x" * number)
        decided = await house.events("decision:permit")
        assert [each.action for each in decided] == ["net:connect", *["net:request"] * 3]
        assert {(each.run, each.call, each.agent) for each in decided} == {
            ("r1", "c1", "sample/desk")
        }
        assert {each.detail["basis"] for each in decided} == {"call"}
        closed = await house.events("egress:close")
        assert sorted(each.cause for each in closed) == sorted(each.id for each in decided)


@story
async def test_what_policy_does_not_look_into_stays_closed_to_us(tmp_path):
    async with intercepting(tmp_path, started=False) as house:
        code, text = await house.curl("https://pass.test/")
        assert code == 60, text  # curl trusts us, and this is not our certificate.
        assert house.interception.process == 0


@pytest.mark.parametrize(
    ("changes", "url", "category"),
    [
        ({}, "https://wrong.test/plain/x", "upstream-certificate"),
        ({"days": -1}, f"{API}/v1/a", "upstream-certificate"),
        ({"trusted": False}, f"{API}/v1/a", "upstream-certificate"),
        ({"hosts": ("*.test",)}, f"{API}/v1/a", "upstream-certificate"),
    ],
)
@story
async def test_an_upstream_with_a_wrong_certificate_is_sent_nothing(
    tmp_path, changes, url, category
):
    heard = []

    async def listens(reader, writer):
        heard.append(await reader.read(65_536))

    hosts = changes.get("hosts", HOSTS)
    if hosts == ("*.test",):
        hosts = ("elsewhere.test",)
    async with intercepting(tmp_path, listens, **{**changes, "hosts": hosts}) as house:
        answer = told(await house.curl(url))
        assert (answer["status"], answer["category"]) == (502, category)
        assert heard == [] and await house.events("decision:permit")
        (refused,) = await house.events("egress:refuse")
        assert refused.detail["category"] == category


@story
async def test_an_upstream_without_tls_is_sent_nothing(tmp_path):
    plain = await asyncio.start_server(lambda _, writer: writer.write(b"220 x\r\n"), "127.0.0.1")
    async with plain:
        port = plain.sockets[0].getsockname()[1]
        async with intercepting(tmp_path, places={"api.test": f"127.0.0.1:{port}"}) as house:
            assert (await house.curl(f"{API}/v1/a"))[0] in (0, 35)
            (refused,) = await house.events("egress:refuse")
            assert refused.detail["category"] == "upstream-tls"


@story
async def test_a_client_that_asks_for_another_name_or_does_not_trust_us_gets_nothing(tmp_path):
    async with intercepting(tmp_path) as house:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await house.inside("api.test", "other.test")
        (refused,) = await house.events("egress:refuse")
        assert refused.detail["category"] == "sni"
        other = str(tmp_path / "upstream-authority.pem")
        code, _ = await house.curl(f"{API}/v1/a", "--cacert", other)
        assert code == 60
        (_, refused) = await house.events("egress:refuse")
        assert refused.detail["category"] == "client-tls"
        assert not [e for e in await house.events("decision:permit") if e.action == "net:request"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (GET + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (GET + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400),
        (GET + b"Transfer-Encoding: xchunked\r\n\r\n", 400),
        (GET + b"Transfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\n\r\n", 400),
        (GET + b"Host: other.test\r\n\r\n", 400),
        (GET + b" folded: 1\r\n\r\n", 400),
        (b"GET /v1/a HTTP/1.1\nHost: api.test\n\n", 400),
        (b"GET /v1/../v2 HTTP/1.1\r\nHost: api.test\r\n\r\n", 400),
        (b"GET /v1/a HTTP/1.1\r\nHost: other.test\r\n\r\n", 421),
        (b"GET /v1/a HTTP/1.1\r\nHost: api.test:8443\r\n\r\n", 421),
        (b"GET https://other.test/v1/a HTTP/1.1\r\nHost: other.test\r\n\r\n", 421),
        (b"CONNECT other.test:443 HTTP/1.1\r\nHost: other.test:443\r\n\r\n", 421),
        (b"TRACE /v1/a HTTP/1.1\r\nHost: api.test\r\n\r\n", 405),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    ],
)
@story
async def test_what_has_two_readings_or_leads_elsewhere_ends_the_tunnel(tmp_path, sent, status):
    heard = []

    async def listens(reader, writer):
        heard.append(await reader.read(65_536))

    async with intercepting(tmp_path, listens) as house:
        talk = await house.inside("api.test")
        assert talk.writer.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"
        talk.send(sent, GET, b"\r\n")
        assert (await talk.answer())[0] == status
        assert await talk.rest() == b""
        assert heard in ([], [b""])


@story
async def test_a_websocket_passes_after_its_request_was_decided(tmp_path):
    async def socket(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        asked = b"upgrade: websocket" in head.lower()
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n")
        writer.write(b"Upgrade: websocket\r\n\r\nearly" if asked else b"\r\n")
        while data := await reader.read(65_536):
            writer.write(data)

    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    async with intercepting(tmp_path, socket) as house:
        refused = await house.inside("api.test")
        refused.send(b"GET /no HTTP/1.1\r\nHost: api.test\r\n", upgrade)
        assert (await refused.answer())[0] == 403
        talk = await house.inside("api.test")
        talk.send(b"GET /ws HTTP/1.1\r\nHost: api.test\r\n", upgrade)
        assert (await talk.head()).startswith(b"HTTP/1.1 101 ")
        assert await talk.exactly(5) == b"early"
        talk.send(b"\x81\x00" * 200_000)
        assert await talk.exactly(400_000) == b"\x81\x00" * 200_000


@story
async def test_much_passes_unchanged_in_both_directions(tmp_path):
    sent, answered = os.urandom(1_000_000), os.urandom(8_000_000)
    heard = []

    async def answers(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        heard.append(await reader.readexactly(len(sent)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answered) + answered)
        await writer.drain()

    async with intercepting(tmp_path, answers) as house:
        body, out = tmp_path / "body", tmp_path / "answer"
        body.write_bytes(sent)
        told = await house.curl("--data-binary", f"@{body}", "-o", str(out), f"{API}/v1/much")
        assert told == (0, "") and heard == [sent] and out.read_bytes() == answered


@pytest.mark.parametrize("cut", [True, False])
@story
async def test_what_the_upstream_cut_off_does_not_look_whole(tmp_path, cut):
    async def answers(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf of")
        await writer.drain()
        await asyncio.sleep(0.1)
        if cut:
            writer.transport.abort()

    async with intercepting(tmp_path, answers) as house:
        talk = await house.connect("api.test:443")
        trust = ssl.create_default_context(cafile=str(house.authority))
        tls = Tls(trust, talk.reader, talk.writer, upstream="api.test")
        await tls.shake()
        await tls.write(GET + b"\r\n")
        got = b""
        while data := await tls.read():
            got += data
        assert got.endswith(b"half of") and tls.broken is cut
        await tls.close(politely=True)


@story
async def test_tunnels_end_with_the_process_and_new_ones_wait_until_it_is_back(tmp_path):
    async with intercepting(tmp_path) as house:
        talk = await house.inside("api.test")
        talk.send(GET, b"\r\n")
        assert (await talk.answer())[0] == 200
        first = house.interception.process
        os.kill(first, signal.SIGKILL)
        assert await talk.rest() == b""
        code, text = await house.curl(f"{API}/v1/a")
        assert code == 35, text  # Refused in the words of TLS.
        (refused,) = await house.events("egress:refuse")
        assert refused.detail["category"] == "interception"
        async with asyncio.timeout(20):
            while house.interception.process in (0, first):
                await asyncio.sleep(0.05)
        assert (await house.curl(f"{API}/v1/a"))[0] == 0


@story
async def test_a_process_that_cannot_start_opens_nothing(tmp_path):
    async with intercepting(tmp_path, started=False) as house:
        (tmp_path / "keys" / "interception.pem").chmod(0o644)
        code, _ = await house.curl(f"{API}/v1/a")
        assert code == 35 and house.interception.process == 0


@story
async def test_a_pause_ends_what_goes_through(tmp_path):
    async with intercepting(tmp_path) as house:
        talk = await house.inside("api.test")
        talk.send(GET, b"\r\n")
        assert (await talk.answer())[0] == 200
        by = house.house.signed("operator")
        await house.house.service.stops.pause(ControlKind.AGENT, "desk", by)
        assert await asyncio.wait_for(talk.rest(), 1) == b""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="this system has no /proc to look in")
@story
async def test_the_process_has_nothing_of_our_environment(tmp_path):
    """A master key and values of secrets may be there."""
    os.environ["CLAWBAND_TEST_MASTER"] = "sealed"
    try:
        async with intercepting(tmp_path) as house:
            await house.curl(f"{API}/v1/a")
            theirs = Path(f"/proc/{house.interception.process}/environ").read_bytes()
    finally:
        del os.environ["CLAWBAND_TEST_MASTER"]
    assert b"PATH=" in theirs
    assert b"CLAWBAND" not in theirs


@story
async def test_the_process_ends_with_the_server(tmp_path):
    async with intercepting(tmp_path) as house:
        await house.curl(f"{API}/v1/a")
        process = house.interception.process
        await house.interception.close()
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
