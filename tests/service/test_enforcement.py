"""Canaries by the clock: what they find, what is recorded, and what is cut."""

import pytest

from clawband.enforcement.canary import PARAMETER, WORDS, State
from clawband.model.access import Deny
from clawband.model.errors import NotFoundError
from tests.simulators.gateway_probe import GatewayProbe
from tests.simulators.small import small, story

AGENT = "sample/support"
ALL = ("canary:ok", "canary:fail", "enforcement:lost", "enforcement:restored")


def beat(boot="b"):
    return {"boot": boot, "seq": 0}


def guarded(house, *agents):
    """A gateway with a control address, whose plugin has just spoken."""
    probe = GatewayProbe(*agents)
    house.service.running.probes["sample"] = probe
    gateway = house.gateway
    probe.join(lambda asked: house.service.decisions.answer(asked, gateway))
    return probe


async def round_of(house):
    await house.service.enforcement.prove("sample")
    return house.service.enforcement.standings.all[AGENT]


def told(house):
    return [(str(each.tag), each.agent) for each in house.events(*ALL)]


@story
async def test_a_sound_gateway_is_governed_and_told_once(tmp_path):
    async with small(tmp_path) as house:
        guarded(house, "support", "lead")
        standing = await round_of(house)
        assert (standing.state, standing.proved) == (State.GOVERNED, house.clock.now())
        house.clock.forward(seconds=120)
        await round_of(house)
        assert told(house) == [("canary:ok", "sample/support"), ("canary:ok", "sample/lead")]
        house.clock.forward(hours=1)
        await round_of(house)
        assert len(told(house)) == 4


@story
async def test_canaries_are_nobodys_acts(tmp_path):
    async with small(tmp_path) as house:
        probe = guarded(house)
        before = {str(each.tag) for each in house.events()}
        await round_of(house)
        assert {str(each.tag) for each in house.events()} - before == {"canary:ok"}
        store = house.service.running.store
        assert store.label(f"sample/{probe.made[0].session}") is None
        assert store.calls("", AGENT, house.clock.now()) == (0, 0)
        # The end of the turn is reported like any other, and left out.
        ended = {"seq": 1, "hook": "agent_end", "event": {"runId": "canary-1"}, "ctx": {}}
        other = {"seq": 2, "hook": "agent_end", "event": {"runId": "r1"}, "ctx": {}}
        await house.service.gateways.report(house.gateway, "b", [ended, other])
        assert [each.run for each in house.events("run:finish")] == ["r1"]


@pytest.mark.parametrize(
    ("calls", "turns", "state", "why"),
    [
        ("runs", "asks", State.UNGOVERNED, "a call that must be refused went on, and we were not"),
        ("disobeys", "asks", State.UNGOVERNED, "a call that must be refused went on, although we"),
        ("blocks", "asks", State.UNGOVERNED, "a call was refused, and we were not asked"),
        ("fails", "asks", State.UNGOVERNED, "a call that we allowed did not go on: it fails"),
        ("dead", "asks", State.UNKNOWN, "a call came to nothing: it dead"),
        # What a hot restart of the plugin did to OpenClaw 2026.9.6: calls are asked, turns are not.
        ("asks", "runs", State.UNGOVERNED, "a turn that must be refused went on, and we were not"),
        ("asks", "disobeys", State.UNGOVERNED, "a turn that must be refused went on, although we"),
        (
            "asks",
            "blocks",
            State.UNGOVERNED,
            "a turn was refused, and we were not asked: it blocks",
        ),
        ("asks", "dead", State.UNKNOWN, "a turn came to nothing: it dead"),
    ],
)
@story
async def test_what_is_wrong_is_said(tmp_path, calls, turns, state, why):
    async with small(tmp_path) as house:
        probe = guarded(house)
        probe.calls, probe.turned = calls, turns
        standing = await round_of(house)
        assert standing.state is state and standing.why.startswith(why)
        lost = state is State.UNGOVERNED
        assert told(house) == (
            [("canary:fail", AGENT), ("enforcement:lost", AGENT)] if lost else []
        )
        assert house.service.enforcement.standings.governed("sample", AGENT) is not lost


@story
async def test_a_gateway_that_cannot_be_reached_is_not_proved(tmp_path):
    async with small(tmp_path) as house:
        guarded(house).reachable = False
        await house.service.enforcement.prove()
        standing = house.service.enforcement.standings.all[AGENT]
        assert (standing.state, standing.why) == (State.UNKNOWN, "the gateway does not answer")
        with pytest.raises(NotFoundError):
            await house.service.enforcement.prove("nowhere")


@story
async def test_a_gateway_without_control_address_is_not_proved(tmp_path):
    async with small(tmp_path) as house:
        standing = await round_of(house)
        assert standing.state is State.UNKNOWN and "no control address" in standing.why
        assert standing.tried is None and told(house) == []


@story
async def test_an_agent_without_one_tool_is_tried_with_the_next(tmp_path):
    async with small(tmp_path) as house:
        probe = guarded(house)
        probe.tools = {"sessions_list"}
        assert (await round_of(house)).state is State.GOVERNED
        probe.tools = set()
        standing = await round_of(house)
        assert standing.state is State.UNKNOWN and "none of the tools" in standing.why


@story
async def test_a_forged_or_repeated_canary_is_a_call_like_any_other(tmp_path):
    async with small(tmp_path) as house:
        probe = guarded(house)
        await round_of(house)
        used = probe.made[1].arguments[PARAMETER]
        for number, token in enumerate((used, "forged", used[:-4] + "AAAA")):
            decided = await house.call("agents_list", f"c{number}", {PARAMETER: token})
            assert decided.decision.reasons[0].policy != "clawband/canary"
        assert isinstance((await house.ask("run", {"prompt": WORDS + used})).decision, object)
        noted = house.events("canary:fail")
        assert [each.outcome for each in noted] == ["forged"] * 4
        assert "here before" in str(noted[0].detail["reason"])
        assert house.service.enforcement.standings.all[AGENT].state is State.GOVERNED


@story
async def test_a_canary_of_another_agent_or_tool_is_none(tmp_path):
    async with small(tmp_path) as house:
        probe = guarded(house)
        probe.calls = "dead"  # the tokens are made, and nobody has used them
        await round_of(house)
        token = probe.made[1].arguments[PARAMETER]
        for tool, agent in (("crm_read", "support"), ("agents_list", "lead")):
            session = f"agent:{agent}:main"
            decided = await house.call(
                tool, "c1", {PARAMETER: token}, agentId=agent, sessionKey=session, runId=agent
            )
            assert decided.decision.reasons[0].policy != "clawband/canary"
        decided = await house.call("agents_list", "c2", {PARAMETER: token})
        assert decided.decision.reasons[0].policy == "clawband/canary"


@story
async def test_silence_is_a_loss_and_a_stop_is_none(tmp_path):
    async with small(tmp_path) as house:
        service, gateway = house.service, house.gateway
        probe = guarded(house)
        await service.gateways.beat(gateway, beat())
        await round_of(house)
        house.clock.forward(seconds=20)
        await service.gateways.notice_silence()
        probe.reachable = False
        await service.enforcement.tick()
        standing = service.enforcement.standings.all[AGENT]
        assert (standing.state, standing.why) == (State.UNGOVERNED, "its plugin sends no heartbeat")
        await service.gateways.beat(gateway, beat("second"))
        probe.reachable = True
        assert (await round_of(house)).state is State.GOVERNED
        stop = {"seq": 9, "hook": "gateway_stop", "event": {"reason": "signal"}, "ctx": {}}
        await service.gateways.report(gateway, "second", [stop])
        house.clock.forward(seconds=20)
        await service.gateways.notice_silence()
        probe.reachable = False
        assert (await round_of(house)).state is State.STOPPED
        assert not service.enforcement.standings.governed("sample", AGENT), (
            "who is gone needs no connection"
        )
        assert [tag for tag, _ in told(house)].count("enforcement:lost") == 1


@story
async def test_silence_without_control_address_ends_with_the_next_heartbeat(tmp_path):
    async with small(tmp_path) as house:
        service, gateway = house.service, house.gateway
        await service.gateways.beat(gateway, beat())
        await service.enforcement.tick()
        house.clock.forward(seconds=20)
        await service.gateways.notice_silence()
        await service.enforcement.tick()
        assert AGENT in dict(service.enforcement.standings.lost())
        await service.gateways.beat(gateway, beat())
        assert (await round_of(house)).state is State.UNKNOWN
        assert {tag for tag, _ in told(house)} == {"enforcement:lost", "enforcement:restored"}


@story
async def test_a_new_boot_is_tried_at_once_and_then_by_the_clock(tmp_path):
    async with small(tmp_path) as house:
        service, probe = house.service, guarded(house)
        await service.gateways.beat(house.gateway, beat())
        await service.enforcement.tick()
        await service.enforcement.watched["sample"].round
        flown = len(probe.made)
        assert flown == 2
        await service.enforcement.tick()
        assert service.enforcement.watched["sample"].round.done() and len(probe.made) == flown
        await service.gateways.beat(house.gateway, beat("second"))
        await service.enforcement.tick()
        await service.enforcement.watched["sample"].round
        assert len(probe.made) == 2 * flown


@story
async def test_a_result_of_a_call_that_nobody_asked_about_is_a_loss_at_once(tmp_path):
    async with small(tmp_path) as house:
        guarded(house)
        await round_of(house)
        event = {"toolName": "crm_read", "toolCallId": "c9", "text": "it ran"}
        assert isinstance((await house.ask("result", event)).decision, Deny)
        for _ in range(50):
            if house.service.enforcement.standings.lost():
                break
            await house.service.log.seal()
        standing = house.service.enforcement.standings.all[AGENT]
        assert standing.why == "a call had a result, and we were not asked about the call"


@story
async def test_a_right_turn_lasts_a_minute_while_calls_are_right(tmp_path):
    async with small(tmp_path) as house:
        service, probe = house.service, guarded(house)

        async def ticked():
            house.clock.forward(seconds=20)
            await service.gateways.beat(house.gateway, beat())
            service.enforcement.watched["sample"].due = house.clock.now()
            await service.enforcement.tick()
            await service.enforcement.watched["sample"].round
            return len(probe.texts)

        await service.gateways.beat(house.gateway, beat())
        await service.enforcement.tick()
        await service.enforcement.watched["sample"].round
        assert [await ticked(), await ticked(), await ticked(), await ticked()] == [1, 1, 2, 2]
        probe.calls = "runs"
        assert await ticked() == 2 and house.service.enforcement.standings.lost()
        probe.calls, probe.turned = "asks", "runs"
        assert await ticked() == 3
        assert "a turn" in service.enforcement.standings.all[AGENT].why
        assert await ticked() == 4, "a wrong one does not last"
