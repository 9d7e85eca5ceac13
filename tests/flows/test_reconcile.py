"""The gateway's ledger beside our log, over a real store."""

from datetime import timedelta

from clawband.enforcement.coverage import By, hashed
from clawband.flows import reconcile
from clawband.model.event import Tag
from clawband.ports.gateway import Row
from tests.simulators.small import small, story

SESSION = "agent:support:telegram:direct:4242"


def row(house, sequence, status, call="", tool="", run="r1"):
    return Row(
        sequence=sequence, at=house.clock.now(), agent="support", session=SESSION, run=run,
        call=hashed(call), tool=tool, status=status,
    )  # fmt: skip


def found(house, rows, gateway="sample"):
    return list(reconcile.differences(gateway, rows, house.service.running.store))


async def turn(house):
    """A message and a call that were asked about, as the ledger has them."""
    await house.ask("run", {"prompt": "look up customer 5"})
    await house.call("crm_read", "call_1", {"customer": "5"})
    return [
        row(house, 1, "started"),
        row(house, 2, "started", "call_1", "crm_read"),
        row(house, 3, "succeeded", "call_1", "crm_read"),
        row(house, 4, "succeeded"),
    ]


@story
async def test_what_was_asked_about_is_no_difference(tmp_path):
    async with small(tmp_path) as house:
        assert found(house, await turn(house)) == []


@story
async def test_a_call_and_a_turn_that_nobody_asked_about(tmp_path):
    async with small(tmp_path) as house:
        rows = await turn(house)
        rows += [row(house, 5, "succeeded", "call_2", "crm_delete")]
        rows += [row(house, 6, "started", run="r2"), row(house, 7, "succeeded", run="r2")]
        told = found(house, rows)
        assert [(each.what, each.seen.run) for each in told] == [
            ("a call ran, and nobody asked about it", "r1"),
            ("a turn began, and nobody asked about it", "r2"),
        ]
        now = house.clock.now() + timedelta(seconds=1)
        event = reconcile.noticed(told[0], now=now, entropy=b"e" * 32)
        assert (event.tag, event.agent, event.resource) == (
            Tag.WITNESS_DIFFER, "sample/support", "Tool::crm_delete",
        )  # fmt: skip
        assert event.detail["by"] == By.LEDGER and event.detail["missed"] == By.HOOK
        assert event.detail["key"] == told[0].key


@story
async def test_what_another_gateway_asked_about_explains_nothing_here(tmp_path):
    async with small(tmp_path) as house:
        rows = await turn(house)
        assert len(found(house, rows, "other")) == 2


@story
async def test_what_the_plugin_blocked_alone_was_seen(tmp_path):
    async with small(tmp_path) as house:
        refused = [
            {"seq": 1, "hook": "run", "agent": "support", "run": "r9", "why": "deadline"},
            {"seq": 2, "hook": "tool", "agent": "support", "run": "r8", "call": "c", "tool": "x"},
        ]
        beat = {"boot": "b", "seq": 2, "refused": refused}
        await house.service.gateways.beat(house.gateway, beat)
        rows = [row(house, 1, "started", run="r9"), row(house, 2, "blocked", run="r9")]
        assert found(house, rows) == []
        went = [row(house, 3, "succeeded", "c", "x", run="r8")]
        assert [each.what for each in found(house, went)] == ["a call succeeded that was refused"]
