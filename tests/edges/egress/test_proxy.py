"""What passes the proxy, and how."""

import json

from tests.edges.egress.proxying import get, proxying, tunnel
from tests.simulators.small import story


@story
async def test_a_request_goes_to_its_host_and_is_recorded(tmp_path):
    async with proxying(tmp_path) as house:
        status, body = await house.ask(get("http://web.test/a?b=c", house.call()))
        assert status == 200
        lines = body.split(b"\r\n")
        assert lines[0] == b"GET /a?b=c HTTP/1.1" and b"Host: web.test" in lines
        assert b"proxy-authorization" not in body.lower()
        (permit,) = await house.events("decision:permit")
        assert (permit.agent, permit.action, permit.call) == ("sample/desk", "net:request", "c1")
        (closed,) = await house.events("egress:close")
        assert closed.cause == permit.id and closed.detail["address"] == "127.0.0.1"
        assert closed.detail["received"] > len(body) and closed.detail["why"] == "answered"


@story
async def test_a_tunnel_with_plain_http_is_decided_request_by_request(tmp_path):
    async with proxying(tmp_path) as house:
        talk = await house.connect("web.test:80")
        for path in (b"/one", b"/two"):
            talk.send(b"GET ", path, b" HTTP/1.1\r\nHost: web.test\r\n\r\n")
            status, body = await talk.answer()
            assert status == 200 and body.startswith(b"GET " + path)
        talk.writer.close()
        permits = await house.events("decision:permit")
        assert [event.action for event in permits] == ["net:connect", "net:request", "net:request"]


@story
async def test_without_an_identity_nothing_is_asked(tmp_path):
    async with proxying(tmp_path) as house:
        for data in (tunnel("web.test:80"), get("http://web.test/")):
            status, body = await house.ask(data)
            assert status == 407 and json.loads(body)["category"] == "identity"
        assert house.names.questions == []


@story
async def test_what_policy_refuses_is_never_looked_up(tmp_path):
    async with proxying(tmp_path) as house:
        status, body = await house.ask(tunnel("evil.test:443", house.call()))
        told = json.loads(body)
        assert status == 403 and told["decision"].startswith("dec_")
        assert house.names.questions == []
