"""The truth in one sentence, and what holds each path."""

from clawband.enforcement.canary import State
from clawband.model.person import Operator, Role, SignedIn
from tests.service.test_enforcement import beat, guarded
from tests.simulators.clocks import START
from tests.simulators.small import small, story

VIEWER = Operator(name="vi", roles=frozenset({Role.VIEWER}), added=START)


async def truth(house):
    who = SignedIn(operator=VIEWER, assurance=1, session="s")
    return await house.service.truths.now(who)


@story
async def test_one_sentence_says_it(tmp_path):
    async with small(tmp_path) as house:
        assert (await truth(house)).sentence == "Not proved: no agent of `sample` was tried yet."
        probe = guarded(house, "support", "lead")
        prove = house.service.enforcement.prove
        await prove()
        assert (await truth(house)).sentence == "Yes: 2 agents are governed."
        probe.calls = "dead"
        await prove()
        assert (await truth(house)).sentence == "Not proved: nothing is known of 2 of 2 agents."
        probe.calls = "runs"
        await prove()
        assert (await truth(house)).sentence == "No: 2 of 2 agents are ungoverned."
        probe.calls, probe.names = "asks", ["support"]
        await prove()
        assert (await truth(house)).sentence == "Yes: 1 agent is governed."
        await house.service.gateways.enroll("other", "dev", "setup")
        assert "no agent of `other`" in (await truth(house)).sentence


@story
async def test_a_house_without_gateways_says_so(tmp_path):
    async with small(tmp_path, bare=True) as house:
        assert (await truth(house)).sentence == "No gateway is under guard yet."


@story
async def test_a_stopped_gateway_is_no_loss(tmp_path):
    async with small(tmp_path) as house:
        probe = guarded(house)
        await house.service.gateways.beat(house.gateway, beat())
        await house.service.enforcement.prove()
        stop = {"seq": 1, "hook": "gateway_stop", "event": {}, "ctx": {}}
        await house.service.gateways.report(house.gateway, "b", [stop])
        house.clock.forward(seconds=20)
        await house.service.gateways.notice_silence()
        probe.reachable = False
        await house.service.enforcement.prove()
        told = await truth(house)
        assert told.sentence == "Every gateway is stopped."
        assert told.gateways[0].state is State.STOPPED


@story
async def test_each_path_says_what_holds_it_and_when_it_was_asked(tmp_path):
    async with small(tmp_path) as house:
        await house.ask("run", {"prompt": "hello"})
        await house.call("crm_read", "c1", {"customer": "5"})
        (gateway,) = (await truth(house)).gateways
        ways = {used.way.name: used for used in gateway.ways}
        asked = {name for name, used in ways.items() if used.asked}
        assert asked == {"messages in", "tool calls", "file tools"}
        assert "no command was started yet" in ways["commands"].detail
        assert ways["tool calls"].way.proof == "canary calls"
        assert "over HTTP" in ways["replies in chat"].detail
        assert gateway.cut and not gateway.control and not gateway.alive


@story
async def test_what_was_missed_lately_is_listed(tmp_path):
    async with small(tmp_path) as house:
        guarded(house).calls = "runs"
        await house.service.enforcement.prove()
        assert [str(leaf.event.tag) for leaf in (await truth(house)).findings] == [
            "enforcement:lost"
        ]
        house.clock.forward(days=2)
        assert (await truth(house)).findings == []
