"""Honeytokens and kept values on their way through a real proxy: told wherever they stand."""

import base64
import gzip

import pytest

from clawband.flows.honeytokens import Asked
from clawband.model.secret import Secret
from tests.edges.egress.proxying import basic, get, proxying, story
from tests.simulators.clocks import START

KEY = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders", added=START,
    gateways=("sample",),
)  # fmt: skip
VALUE = "k4vQ8sXw2Rt7bNc9"


async def planted(house):
    """The value of a honeytoken."""
    _, _, made = await house.house.service.honeytokens.plant(
        Asked(kind="gitlab", where="a wiki page"), house.house.signed("admin")
    )
    return made.values[0]


def post(body, credential, fields=b""):
    head = b"POST http://web.test/ HTTP/1.1\r\nHost: web.test\r\n" + credential + fields
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize("place", ["path", "query", "field", "basic", "body", "packed", "chunked"])
def test_it_is_told_wherever_it_stands_in_a_request(tmp_path, place):
    @story
    async def asked(folder):
        async with proxying(folder) as house:
            value = await planted(house)
            call, raw = house.call(), value.encode()
            basic = b"Authorization: Basic " + base64.b64encode(b"u:" + raw) + b"\r\n"
            packed = gzip.compress(b'{"key": "' + raw + b'"}')
            told = {
                "path": get(f"http://web.test/{value}/x", call),
                "query": get(f"http://web.test/?key={value}", call),
                "field": get("http://web.test/", call + b"X-Key: " + raw + b"\r\n"),
                "basic": get("http://web.test/", call + basic),
                "body": post(b"key=" + raw, call),
                "packed": post(packed, call, b"Content-Encoding: gzip\r\n"),
                "chunked": b"POST http://web.test/ HTTP/1.1\r\nHost: web.test\r\n" + call
                + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(raw), raw),
            }[place]  # fmt: skip
            await house.ask(told)
            (use,) = await house.events("honeytoken:use")
            assert (use.agent, use.call, use.outcome) == ("sample/desk", "c1", "used")
            assert use.detail["host"] == "web.test" and use.detail["basis"] == "call"

    asked(tmp_path)


@story
async def test_who_says_it_of_himself_is_told_of_too(tmp_path):
    async with proxying(tmp_path) as house:
        value = await planted(house)
        status, _ = await house.ask(get("http://web.test/", basic("gateway.sample", value)))
        assert status == 407
        (use,) = await house.events("honeytoken:use")
        assert use.agent == "" and use.action == "honeytoken:egress"


@story
async def test_a_head_that_cannot_be_read_is_looked_at(tmp_path):
    async with proxying(tmp_path) as house:
        value = await planted(house)
        head = f"CONNECT u:{value}@web.test:443 HTTP/1.1\r\nHost: web.test\r\n\r\n"
        assert (await house.ask(head.encode()))[0] == 400
        assert len(await house.events("honeytoken:use")) == 1


@story
async def test_a_kept_value_in_a_request_of_an_agent_is_a_leak_and_not_of_the_gateway(tmp_path):
    async with proxying(tmp_path) as house:
        secrets, by = house.house.service.secrets, house.house.signed("builder")
        await secrets.add(KEY, by)
        await secrets.put("crm/key", VALUE.encode(), by)
        bearer = f"Authorization: Bearer {VALUE}\r\n".encode()
        talk = await house.connect("model.test:80", house.gateway)
        talk.send(b"GET / HTTP/1.1\r\nHost: model.test\r\n", bearer, b"\r\n")
        assert (await talk.answer())[0] == 200
        assert not await house.events("leak:open"), "it sends by itself what it was given"
        await house.ask(get("http://web.test/", house.call() + bearer))
        (leak,) = await house.events("leak:open")
        assert leak.resource == "Secret::crm/key"
        assert leak.detail["places"] == ["egress of sample/desk"]
