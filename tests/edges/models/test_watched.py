"""Honeytokens at the model gateway: read in a prompt, used in an answer, whole or in pieces."""

import asyncio

from clawband.flows.honeytokens import Asked
from tests.edges.models.serving import TRACE, serving
from tests.simulators import provider as says
from tests.simulators.small import story


async def planted(desk):
    _, _, made = await desk.house.service.honeytokens.plant(
        Asked(kind="stripe", where="a wiki page"), desk.house.signed("admin")
    )
    return made.values[0]


async def uses(desk):
    """Once the first is told, which may be behind the answer."""
    for _ in range(500):
        if found := desk.events("honeytoken:use"):
            return {each.action: each for each in found}
        await asyncio.sleep(0.01)
    raise AssertionError("no use was told")


@story
async def test_a_prompt_that_holds_one_was_read_by_its_agent(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        value = await planted(desk)
        desk.provider.behave = says.says("hello")
        await desk.ask("what is this?", f"it is {value}", stream=True)
        told = (await uses(desk))["honeytoken:prompt"]
        assert (told.outcome, told.run, told.trace) == ("read", "r1", TRACE)
        assert told.agent == "sample/support"
        assert value not in str(desk.provider.bodies[0]), "it is masked like any secret"
        assert set(await uses(desk)) == {"honeytoken:prompt"}


@story
async def test_an_answer_that_holds_one_is_a_use_also_in_pieces(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        value = await planted(desk)
        desk.provider.behave = says.says("take ", value[:9], value[9:30], value[30:])
        await desk.ask("hello", stream=True)
        told, finished = (await uses(desk))["honeytoken:answer"], await desk.finished()
        assert (told.outcome, told.run, told.cause) == ("used", "r1", finished.cause)


@story
async def test_a_call_that_a_model_makes_with_one_is_a_use(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        value = await planted(desk)
        function = {"name": "mail_send", "arguments": f'{{"to": "{value}"}}'}
        call = {"tool_calls": [{"index": 0, "id": "c1", "function": function}]}
        desk.provider.behave = says.streams(says.event(call), says.event({}, "tool_calls"))
        await desk.ask("hello", stream=True)
        assert set(await uses(desk)) == {"honeytoken:answer"}
