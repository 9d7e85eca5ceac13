"""Who may connect where, what explains it, and what cuts it."""

import asyncio
import base64

import pytest

from clawband.enforcement.credentials import EGRESS, MODELS
from clawband.enforcement.lease import Target
from clawband.flows.connect import Seen
from clawband.model.errors import AuthenticationError
from clawband.service.egress import Refused
from clawband.service.passages import PER_AGENT, Passage
from tests.service.test_launches import POLICIES, launcher, redeemed, started
from tests.simulators.small import small, story

HELP = Target("help.example.com", 443)
STATUS = Target("status.example.com", 80)
CHAT = Target("chat.sample.test", 80)


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def itself(house):
    egress = house.service.egress
    return egress.callers.identify(basic("gateway.sample", egress.callers.password("sample")))


async def connect(house, target, caller=None, seen=None):
    return await house.service.egress.decide(caller or itself(house), target, seen or Seen())


async def command(house, call="c1"):
    """The caller that a permitted command is, and what its launcher names itself by."""
    params = await started(house, call=call)
    _, told = await redeemed(house, params)
    caller = house.service.egress.callers.identify(basic("call", told["token"][0]))
    return caller, launcher(params, told)


async def fetching(house, call="c9"):
    await house.ask("run", {"prompt": "read https://help.example.com/a", "runId": "r1"})
    return await house.call("web_fetch", call, {"url": "https://help.example.com/a"})


def opened(house, passage):
    why = []

    def cut(reason):
        why.append(reason)

    passage.cut = cut
    house.service.egress.opened(passage, "192.0.2.1")
    return why


@story
async def test_only_known_credentials_come_in(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        egress = house.service.egress
        assert itself(house).gateway.name == "sample"
        for user, password in (
            ("gateway.sample", "x"),
            ("gateway.other", egress.callers.password("other")),
            ("gateway.sample", egress.callers.password("sample", MODELS)),
            ("call", egress.callers.password("sample", EGRESS)),
            ("nobody", "x"),
        ):
            with pytest.raises(AuthenticationError):
                egress.callers.identify(basic(user, password))


@story
async def test_what_nobody_asked_for_is_refused_and_found(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        answer = await connect(house, HELP)
        assert isinstance(answer, Refused)
        assert answer.category == "egress/missing"
        (finding,) = house.events("enforcement:missing")
        assert (finding.cause, finding.resource) == (answer.decision, "Host::help.example.com")


@story
async def test_a_permitted_call_opens_the_way_it_names_until_it_ends(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        call = await fetching(house)
        passage = await connect(house, HELP)
        assert isinstance(passage, Passage)
        assert passage.request.trace.call == "c9"
        assert passage.request.principal.id == "sample/support"
        why = opened(house, passage)
        assert isinstance(await connect(house, Target("help.example.com", 8080)), Refused)
        await house.ask("result", {"toolName": "web_fetch", "toolCallId": "c9", "text": "hi"})
        await asyncio.sleep(0.05)
        assert why == ["the call is over"]
        assert isinstance(await connect(house, HELP), Refused)
        assert call.decision.verdict == "permit"


@story
async def test_a_page_may_lead_to_another_host_of_the_list_only(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        await fetching(house)
        assert isinstance(await connect(house, Target("status.example.com", 443)), Refused)
        await connect(house, HELP)
        led = await connect(house, Target("status.example.com", 443))
        assert isinstance(led, Passage)
        assert led.request.facts.net.basis == "redirect"
        assert isinstance(await connect(house, Target("evil.example", 443)), Refused)


@story
async def test_a_command_connects_where_its_workflow_says_under_its_call(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        caller, own = await command(house)
        passage = await connect(house, STATUS, caller)
        assert isinstance(passage, Passage)
        assert passage.networks == ("127.0.0.0/8",)
        assert (passage.request.trace.run, passage.request.trace.call) == ("r1", "c1")
        assert isinstance(await connect(house, HELP, caller), Refused)
        why = opened(house, passage)
        end = {**own, "exit": ["0"], "signal": ["0"], "milliseconds": ["1"]}
        await house.service.launches.answer("end", end)
        assert why == ["the call is over"]
        with pytest.raises(AuthenticationError):
            house.service.egress.callers.identify(basic("call", own["token"][0]))


@story
async def test_a_pause_closes_what_is_open_and_refuses_what_comes(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        caller, _ = await command(house)
        chat, status = await connect(house, CHAT), await connect(house, STATUS, caller)
        reasons = opened(house, chat), opened(house, status)
        await house.service.stops.pause("agent", "support", house.signed("operator"))
        await asyncio.sleep(0.05)
        assert [len(each) for each in reasons] == [0, 1]
        assert isinstance(await connect(house, STATUS, caller), Refused)
        await house.service.stops.pause("gateway", "sample", house.signed("operator"))
        await asyncio.sleep(0.05)
        assert [len(each) > 0 for each in reasons] == [True, True]
        assert isinstance(await connect(house, CHAT), Refused)


@story
async def test_an_agent_that_is_not_governed_reaches_nothing(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        house.service.egress.governed = lambda _gateway, _agent: False
        answer = await connect(house, CHAT)
        assert answer.category == "egress/ungoverned"


@story
async def test_a_standing_lease_has_a_budget_of_bytes_and_connections(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        first = await connect(house, Target("model.sample.test", 80))
        opened(house, first)
        first.sent, first.received = 100_000_000, 400_000_000
        answer = await connect(house, Target("model.sample.test", 80))
        assert (answer.category, "bytes" in answer.reason) == ("budget", True)
        await house.service.egress.ends.closed(first, "done")
        assert (await connect(house, Target("model.sample.test", 80))).category == "budget"
        many = [await connect(house, CHAT) for _ in range(64)]
        for each in many:
            opened(house, each)
        assert (await connect(house, CHAT)).category == "limit"
        for each in many:
            await house.service.egress.ends.closed(each, "done")
        assert isinstance(await connect(house, CHAT), Passage)


@story
async def test_one_agent_cannot_take_everything(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        caller, _ = await command(house)
        for _ in range(PER_AGENT):
            opened(house, await connect(house, STATUS, caller))
        assert (await connect(house, STATUS, caller)).category == "limit"


@story
async def test_the_end_says_how_much_went_through(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        caller, _ = await command(house)
        passage = await connect(house, STATUS, caller)
        opened(house, passage)
        passage.sent, passage.received = 10, 20
        await house.service.egress.ends.closed(passage, "the client left")
        (event,) = house.events("egress:close")
        assert (event.cause, event.call) == (passage.id, "c1")
        assert (event.detail["sent"], event.detail["received"]) == (10, 20)
        assert event.detail["address"] == "192.0.2.1"


@story
async def test_what_is_seen_of_a_request_is_in_the_log(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        caller, _ = await command(house)
        seen = Seen(method="GET", route="/v1", size=3)
        passage = await connect(house, STATUS, caller, seen)
        event = house.service.running.store.leaf(passage.id).event
        assert (event.action, event.detail["method"], event.detail["route"]) == (
            "net:request", "GET", "/v1",
        )  # fmt: skip


@story
async def test_what_a_gateway_says_within_a_standing_lease_is_counted_with_its_tunnel(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        egress = house.service.egress
        tunnel = await connect(house, CHAT)
        opened(house, tunnel)
        size = house.service.running.store.size()
        for _ in range(3):
            inner = await egress.decide(
                itself(house), CHAT, Seen(method="POST", route="/poll"), within=tunnel
            )
            inner.sent, inner.received = 5, 7
            await egress.ends.closed(inner, "answered")
        assert house.service.running.store.size() == size
        await egress.ends.closed(tunnel, "done")
        (event,) = house.events("egress:close")
        assert (event.detail["sent"], event.detail["received"]) == (15, 21)


@story
async def test_a_secret_in_a_path_is_not_in_the_log(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        caller, _ = await command(house)
        secret = "AKIAZQ3DSOF5NN7EXPQ4"
        passage = await connect(house, STATUS, caller, Seen(method="GET", route=f"/{secret}/x"))
        assert secret.encode() not in house.service.running.store.leaf(passage.id).body
