"""The model gateway's service: what the second witness records, and what was spent."""

import asyncio

from clawband.enforcement.witness import KEPT, WAIT
from clawband.service.spending import spent
from tests.edges.models.serving import TRACE, serving
from tests.simulators import provider as says
from tests.simulators.small import story

TOOLS = [{"type": "function", "function": {"name": "ticket_summary", "parameters": {}}}]


def calls(*names):
    made = [
        says.event({"tool_calls": [{"index": n, "id": name, "function": {
            "name": "ticket_summary", "arguments": '{"ticket": "3"}'}}]})
        for n, name in enumerate(names)
    ]  # fmt: skip
    return says.streams(*made, says.event({}, "tool_calls"), b"data: [DONE]\n\n")


async def a_turn(desk, *names):
    await desk.admit()
    desk.provider.behave = calls(*names)
    await desk.ask("summarise ticket 3", stream=True, tools=TOOLS)
    await desk.finished()


async def check(desk):
    await asyncio.sleep(0.05)  # what is durable is told a moment later
    desk.house.clock.forward(seconds=WAIT.total_seconds() + 1)
    await desk.house.service.models.witness.check()


def shown(name, text):
    return [
        {"role": "assistant", "tool_calls": [{"id": name}]},
        {"role": "tool", "tool_call_id": name, "content": text},
    ]


@story
async def test_a_call_that_is_asked_about_leaves_no_doubt(tmp_path):
    async with serving(tmp_path) as desk:
        await a_turn(desk, "call_1")
        await desk.house.call("ticket_summary", "call_1", {"ticket": "3"})
        await check(desk)
        assert desk.events("witness:differ", "enforcement:missing") == []
        (call,) = desk.house.service.models.witness.calls("sample")
        assert (call.id, call.run, call.verdict) == ("call_1", "r1", "permit")


@story
async def test_a_call_that_nobody_asks_about_is_recorded_once(tmp_path):
    async with serving(tmp_path) as desk:
        await a_turn(desk, "call_1", "call_2")
        await desk.house.call("ticket_summary", "call_1", {"ticket": "3"})
        await check(desk)
        await check(desk)
        (event,) = desk.events("witness:differ")
        assert (event.agent, event.run, event.call) == ("sample/support", "r1", "call_2")
        assert (event.resource, event.outcome) == ("Tool::ticket_summary", "unasked")
        desk.house.clock.forward(seconds=KEPT.total_seconds())
        await check(desk)
        assert desk.house.service.models.witness.calls() == ()


@story
async def test_a_result_of_a_call_that_nobody_asked_about_is_missing_enforcement(tmp_path):
    async with serving(tmp_path) as desk:
        await a_turn(desk, "call_1")
        body = {"model": "rules", "messages": shown("call1", "the parcel is lost")}
        await desk.post("/lab/v1/chat/completions", body)
        (event,) = desk.events("enforcement:missing")
        assert (event.agent, event.call, event.trace) == ("sample/support", "call_1", TRACE)


@story
async def test_a_call_that_no_model_made_is_recorded(tmp_path):
    async with serving(tmp_path) as desk:
        await a_turn(desk, "call_1")
        await desk.house.call("ticket_summary", "call_7", {"ticket": "3"})
        await check(desk)
        assert {event.outcome for event in desk.events("witness:differ")} == {"unseen", "unasked"}


@story
async def test_what_was_spent_is_summed_by_agent_and_model(tmp_path):
    async with serving(tmp_path) as desk:
        since = desk.house.clock.now()
        await desk.admit()
        for count in range(1, 4):
            await desk.ask("hello", stream=True)
            await desk.finished(count)
        await desk.ask("hello", model="other")
        allowed, refused = await spent(desk.house.service.running, since)
        assert (allowed.agent, allowed.model) == ("sample/support", "lab/rules")
        assert (allowed.calls, allowed.usage.input, allowed.usage.output) == (3, 30, 15)
        assert allowed.cost == 3 * (6 * 300 + 4 * 30 + 5 * 1500)
        assert (refused.model, refused.calls, refused.refused) == ("lab/other", 0, 1)
        desk.house.clock.forward(days=1)
        assert await spent(desk.house.service.running, desk.house.clock.now()) == []
