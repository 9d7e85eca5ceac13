"""Gateways: known by their credential, missed when they are silent, heard in full."""

import asyncio

import pytest

from clawband.enforcement.lease import Target
from clawband.flows.connect import Seen
from clawband.model.errors import (
    AuthenticationError,
    InputError,
    NotFoundError,
    UnavailableError,
)
from clawband.service.callers import Caller
from clawband.service.passages import Passage
from clawband.service.standings import SILENT, Standings
from tests.service.test_faults import Lock
from tests.simulators.small import small, story

GATEWAY = """
gateway = "sample"
owner = "ops"
purpose = "the gateway"
environment = "dev"

[[standing]]
name = "chat"
purpose = "the chat network"
hosts = ["chat.example"]
"""


def beat(seq=0, **more):
    return {"boot": "b", "seq": seq, **more}


def report(seq, hook="message_received", **event):
    return {"seq": seq, "hook": hook, "event": event, "ctx": {}}


@story
async def test_a_new_enrolment_ends_the_old_credential_at_once(tmp_path):
    async with small(tmp_path) as house:
        gateways = house.service.gateways
        new, _ = await gateways.enroll("sample", "dev", "setup")
        assert gateways.authenticate(f"bearer {new}").name == "sample"
        for wrong in (f"Bearer {house.credential}", new, "Bearer", "", f"Bearer {new}x"):
            with pytest.raises(AuthenticationError):
                gateways.authenticate(wrong)


@story
async def test_a_gateway_that_is_removed_opens_nothing_from_that_moment_on(tmp_path):
    async with small(tmp_path) as house:
        gateways, callers = house.service.gateways, house.service.egress.callers
        lost = {"sample/support": SILENT, "other/support": SILENT}
        await house.service.enforcement.standings.settle(lost)
        password = callers.password("sample")
        assert callers.gateway("sample", password, "egress").name == "sample"
        await gateways.remove("sample", "the shop closes", house.signed("admin"))
        for known in (
            lambda: gateways.authenticate(f"Bearer {house.credential}"),
            lambda: callers.gateway("sample", password, "egress"),
            lambda: house.service.models.gateway(
                f"Bearer {house.service.models.password('sample')}"
            ),
        ):
            with pytest.raises(AuthenticationError):
                known()
        (told,) = house.events("gateway:remove")
        assert told.who == "admin" and told.detail["reason"] == "the shop closes"
        assert told.detail["agents"] and told.detail["environment"] == "dev"
        standings = house.service.enforcement.standings
        async with asyncio.timeout(5):  # what is durable is told a moment later
            while "sample/support" in dict(standings.lost()):
                await asyncio.sleep(0.001)
        assert [name for name, _ in standings.lost()] == ["other/support"], "a loss on purpose"
        again = Standings(house.service.running, house.service.policies)
        again.load()
        assert [name for name, _ in again.lost()] == ["other/support"], "nor after a restart"
        with pytest.raises(NotFoundError):
            await gateways.remove("sample", "twice", house.signed("admin"))
        for role in ("operator", "builder", "approver", "auditor", "viewer"):
            with pytest.raises(AuthenticationError):
                await gateways.remove("sample", "mine", house.signed(role))


@story
async def test_what_a_removed_gateway_had_open_is_cut(tmp_path):
    async with small(tmp_path) as house:
        egress = house.service.egress
        caller = Caller(house.gateway)
        await house.service.policies.publish_as({"gateway.toml": GATEWAY}, "setup", "chat")
        passage = await egress.decide(caller, Target("chat.example", 443), Seen())
        assert isinstance(passage, Passage), passage
        ended = []
        passage.cut = ended.append
        await house.service.gateways.remove("sample", "it moves", house.signed("admin"))
        async with asyncio.timeout(5):  # what is durable is told a moment later
            while not ended:
                await asyncio.sleep(0.001)
        assert ended == ["its gateway was removed"]


@story
async def test_silence_is_noticed_once_and_again_after_life(tmp_path):
    async with small(tmp_path) as house:
        gateways, gateway = house.service.gateways, house.gateway
        assert await gateways.notice_silence() == []
        await gateways.beat(gateway, beat())
        assert gateways.alive("sample")
        house.clock.forward(seconds=14)
        assert gateways.alive("sample") and await gateways.notice_silence() == []
        house.clock.forward(seconds=1)
        assert await gateways.notice_silence() == ["sample"] and not gateways.alive("sample")
        assert await gateways.notice_silence() == []
        await gateways.beat(gateway, beat())
        house.clock.forward(seconds=20)
        assert await gateways.notice_silence() == ["sample"]
        assert [event.detail["seconds"] for event in house.events("gateway:silent")] == [15, 20]


@story
async def test_silence_that_could_not_be_recorded_is_noticed_again(tmp_path):
    async with small(tmp_path) as house:
        house.clock.forward(seconds=200)
        with Lock(tmp_path), pytest.raises(UnavailableError):
            await house.service.gateways.notice_silence()
        assert await house.service.gateways.notice_silence() == ["sample"]


@story
async def test_who_was_just_enrolled_is_not_silent_yet(tmp_path):
    async with small(tmp_path) as house:
        house.clock.forward(hours=1)
        await house.service.gateways.enroll("late", "dev", "setup")
        assert await house.service.gateways.notice_silence() == ["sample"]


POISON = [{"seq": "x"}, {"seq": []}, {"tool": "ex\u202eec"}, {"why": "x" * 999}, {"agent": 1}]


@story
async def test_one_bad_entry_does_not_keep_back_the_backlog(tmp_path):
    async with small(tmp_path) as house:
        good = {"seq": 1, "tool": "exec", "agent": "support", "why": "deadline", "at": 5}
        await house.service.gateways.beat(house.gateway, beat(refused=[*POISON, good]))
        (refusal,) = house.events("enforcement:refuse")[-1:]
        assert (refusal.resource, refusal.detail["why"]) == ("Tool::exec", "deadline")
        told = [str(event.detail["problem"]) for event in house.events("request:refuse")]
        assert len(told) == 3 and all(each.isprintable() for each in told)
        assert house.service.gateways.alive("sample")


@story
async def test_a_report_that_comes_twice_counts_once(tmp_path):
    async with small(tmp_path) as house:
        reports = [report(number) for number in (1, 2, 3)]
        for _ in range(2):
            await house.service.gateways.report(house.gateway, "b", reports)
        assert len(house.events("message:receive")) == 3


@story
async def test_a_report_that_could_not_be_recorded_comes_again(tmp_path):
    async with small(tmp_path) as house:
        with Lock(tmp_path), pytest.raises(UnavailableError):
            await house.service.gateways.report(house.gateway, "b", [report(1)])
        await house.service.gateways.report(house.gateway, "b", [report(1)])
        assert len(house.events("message:receive")) == 1


@story
async def test_more_than_can_be_recorded_is_refused_not_dropped(tmp_path):
    async with small(tmp_path) as house:
        many = [report(number) for number in range(1, 1_002)]
        with pytest.raises(InputError, match="at most 1000"):
            await house.service.gateways.report(house.gateway, "b", many)
        assert house.events("message:receive") == []


@story
async def test_after_a_restart_of_the_server_nothing_is_called_lost(tmp_path):
    async with small(tmp_path) as house:
        gateways = house.service.gateways
        await gateways.report(house.gateway, "b", [report(500)])
        for _ in range(3):
            await gateways.beat(house.gateway, beat(500))
        assert house.events("gateway:gap") == []
        await gateways.report(house.gateway, "new", [report(2, "gateway_start"), report(4)])
        for _ in range(2):
            await gateways.beat(house.gateway, {**beat(4), "boot": "new"})
        (gap,) = house.events("gateway:gap")
        assert (gap.detail["first"], gap.detail["last"]) == (1, 3)


@story
async def test_a_call_that_was_never_permitted_is_a_finding(tmp_path):
    async with small(tmp_path) as house:
        await house.call("crm_read", "c1")
        for call in ("c1", "c9"):
            done = report(1, "after_tool_call", toolName="crm_read", toolCallId=call, runId="r1")
            await house.service.gateways.report(house.gateway, call, [done])
        (unreported,) = house.events("call:unreported")
        assert unreported.call == "c9"
        assert [bool(event.cause) for event in house.events("call:finish")] == [True, False]
