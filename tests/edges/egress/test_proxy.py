"""What passes the proxy, who is let in, and what is recorded of it."""

import json
from dataclasses import replace

import pytest

from tests.edges.egress.proxying import basic, get, proxying, story, tunnel


@story
async def test_a_request_goes_to_its_host_and_is_recorded(tmp_path):
    async with proxying(tmp_path) as house:
        status, body = await house.ask(get("http://web.test/a?b=c", house.call()))
        assert status == 200
        lines = body.split(b"\r\n")
        assert lines[0] == b"GET /a?b=c HTTP/1.1" and b"Host: web.test" in lines
        (permit,) = await house.events("decision:permit")
        assert (permit.agent, permit.action, permit.call) == ("sample/desk", "net:request", "c1")
        closed = await house.closed()
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
        permits = await house.events("decision:permit")
        assert [event.action for event in permits] == ["net:connect", "net:request", "net:request"]
        assert [event.detail["route"] for event in permits[1:]] == ["/one", "/two"]


@story
async def test_a_connection_is_kept_and_each_request_is_decided(tmp_path):
    async with proxying(tmp_path) as house:
        talk = await house.speak()
        for host in ("web.test", "web.test", "a.web.test"):
            talk.send(get(f"http://{host}/", house.call()))
            status, body = await talk.answer()
            assert status == 200 and f"Host: {host}\r\n".encode() in body
        talk.send(get("http://evil.test/", house.call()))
        assert (await talk.answer())[0] == 403
        assert house.names.questions == ["web.test", "a.web.test"]
        assert len(await house.events("decision:permit")) == 3


@story
async def test_who_is_not_known_is_not_heard(tmp_path):
    async with proxying(tmp_path) as house:
        stolen = basic("gateway.other", house.egress.callers.password("sample"))
        guessed = basic("gateway.sample", "a" * 52)
        models = basic("gateway.sample", house.egress.callers.password("sample", "models"))
        bearer = b"Proxy-Authorization: Bearer x\r\n"
        twice = house.gateway + house.gateway
        for credential in (b"", stolen, guessed, models, bearer, twice):
            for data in (tunnel("model.test:80", credential), get("http://web.test/", credential)):
                status, body = await house.ask(data)
                assert status == 407, credential
                assert json.loads(body)["category"] == "identity"
        assert house.names.questions == []
        # Who sends none at first, as many clients do, is not worth a record.
        told = await house.events("egress:refuse")
        assert len(told) == 10 and {event.detail["category"] for event in told} == {"identity"}


@story
async def test_the_gateway_itself_reaches_its_standing_leases_only(tmp_path):
    async with proxying(tmp_path) as house:
        status, _ = await house.ask(get("http://model.test/v1", house.gateway))
        assert status == 200
        status, body = await house.ask(get("http://web.test/", house.gateway))
        told = json.loads(body)
        assert status == 403 and told["category"] == "egress/missing"
        (finding,) = await house.events("enforcement:missing")
        assert finding.cause == told["decision"]


@story
async def test_an_action_token_is_good_once_and_for_its_place(tmp_path):
    async with proxying(tmp_path) as house:

        def token(number, to="web.test:80"):
            claims = replace(house.claims(number=number), aud="egress", dst=to)
            return basic("action", house.egress.callers.mint.make(claims))

        first = token(1)
        assert (await house.ask(get("http://web.test/", first)))[0] == 200
        assert (await house.ask(get("http://web.test/", first)))[0] == 407
        assert (await house.ask(get("http://a.web.test/", token(2))))[0] == 403
        assert (await house.ask(get("http://web.test:81/", token(3))))[0] == 403


@story
async def test_a_credential_ends_with_its_call_and_with_its_time(tmp_path):
    async with proxying(tmp_path) as house:
        talk = await house.connect("web.test:80")
        house.egress.revoke(house.claims())
        assert await talk.rest() == b""
        assert (await house.ask(tunnel("web.test:80", house.call())))[0] == 407
        late = house.call(number=2, seconds=60)
        house.house.clock.forward(seconds=60)
        assert (await house.ask(tunnel("web.test:80", late)))[0] == 407
        assert (await house.closed()).detail["why"] == "the call is over"


@story
async def test_the_launcher_speaks_at_the_same_port(tmp_path):
    async with proxying(tmp_path) as house:
        heard = []

        async def launch(what, fields):
            heard.append((what, fields))
            return (200, [("command", "echo 'ü\n'"), ("read", "/usr"), ("read", "/bin")])

        head = b"POST /launch/v1/redeem HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n"
        body = b"ticket a%20b\nread 1\nread 2\n"
        assert (await house.ask(head % len(body) + body))[0] == 400
        house.proxy.launch = launch
        status, answer = await house.ask(head % len(body) + body)
        assert heard == [("redeem", {"ticket": ["a b"], "read": ["1", "2"]})]
        assert (status, answer) == (
            200,
            b"command echo%20%27%C3%BC%0A%27\nread %2Fusr\nread %2Fbin\n",
        )
        for wrong in (b"ticket", b" x\n", b"ticket %ff\n", "ticket ü\n".encode()):
            assert (await house.ask(head % len(wrong) + wrong))[0] == 400, wrong


@pytest.mark.parametrize("target", ["/", "/console", "/launch/v2/redeem", "*"])
@story
async def test_nothing_else_is_served(tmp_path, target):
    async with proxying(tmp_path) as house:
        head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:8621\r\n\r\n".encode()
        assert (await house.ask(head))[0] == 400


@story
async def test_open_tunnels_end_with_the_proxy_and_are_recorded(tmp_path):
    async with proxying(tmp_path) as house:
        talk = await house.connect("web.test:80")
        await house.proxy.end()
        assert await talk.rest() == b""
        assert (await house.closed()).detail["why"] == "the connection was lost"
        assert not house.egress.traffic.open
