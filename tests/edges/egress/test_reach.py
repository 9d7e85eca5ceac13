"""Names and addresses: one lookup, every answer checked, one checked address connected to."""

import asyncio
import json
from dataclasses import replace

import pytest

from clawband.model.errors import UnavailableError
from tests.edges.egress.proxying import basic, get, proxying, story, tunnel


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


@story
async def test_who_waits_for_silent_name_servers_holds_up_nobody_else(tmp_path):
    silent = asyncio.Event()

    async def answers(host):
        if host.endswith("web.test"):
            await silent.wait()
        return ["127.0.0.1"]

    async with proxying(tmp_path, asked=answers) as house:
        talks = [await house.speak() for _ in range(8)]
        for number, talk in enumerate(talks):
            talk.send(tunnel(f"a{number}.web.test:443", house.call()))
        while len(house.names.questions) < 8:
            await asyncio.sleep(0.01)
        status, body = await house.ask(tunnel("b.web.test:443", house.call()))
        assert (status, json.loads(body)["category"]) == (429, "limit")
        status, body = await house.ask(get("http://model.test/", house.gateway))
        assert (status, json.loads(body)["category"]) == (502, "unreachable")
        silent.set()
        assert [(await talk.answer())[0] for talk in talks] == [502] * 8


@pytest.mark.parametrize(
    ("host", "category"),
    [("127.0.0.1", "loopback"), ("169.254.169.254", "metadata"), ("[::1]", "loopback")],
)
@story
async def test_an_address_that_policy_permits_is_checked_all_the_same(tmp_path, host, category):
    async with proxying(tmp_path) as house:
        for number, ask in enumerate((tunnel(f"{host}:80"), get(f"http://{host}/"))):
            claims = house.claims(number=number)
            single = replace(claims, aud="egress", dst=f"{host.strip('[]')}:80")
            credential = basic("action", house.egress.callers.mint.make(single))
            status, body = await house.ask(ask.removesuffix(b"\r\n") + credential + b"\r\n")
            assert (status, json.loads(body)["category"]) == (403, category)
        assert house.names.questions == []
