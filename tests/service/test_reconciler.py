"""The ledger by the clock: each difference is told once, and what cannot be read is said."""

from dataclasses import replace
from datetime import timedelta

from clawband.enforcement.coverage import hashed
from clawband.ports.gateway import Row
from clawband.service.reconciler import SETTLE
from tests.service.test_enforcement import guarded, round_of
from tests.simulators.small import service_on, small, story


def row(house, sequence, run="r1", **more):
    said = {"agent": "support", "session": "s", "call": "", "tool": "", "status": "started"}
    return Row(sequence=sequence, at=house.clock.now(), run=run, **(said | more))


def ran(house, sequence, call="call_1", **more):
    return row(house, sequence, call=hashed(call), tool="crm_read", status="succeeded", **more)


def told(house):
    return [each.detail["reason"] for each in house.events("witness:differ")]


@story
async def test_a_difference_is_told_once_when_it_has_settled(tmp_path):
    async with small(tmp_path) as house:
        probe, reconciler = guarded(house), house.service.reconciler
        await house.ask("run", {"prompt": "hello"})
        probe.rows = [row(house, 1), ran(house, 2)]
        assert await reconciler.run() == 0, "the other half may still be on its way"
        house.clock.forward(seconds=SETTLE.total_seconds() + 1)
        assert await reconciler.run() == 1
        assert await reconciler.run() == 0
        assert told(house) == ["a call ran, and nobody asked about it"]
        looked = reconciler.looked["sample"]
        assert (looked.rows, looked.runs, looked.differences) == (2, 1, 1)


@story
async def test_a_restart_tells_nothing_twice(tmp_path):
    async with small(tmp_path / "state") as house:
        guarded(house).rows = rows = [ran(house, 1)]
        house.clock.forward(minutes=1)
        await house.service.reconciler.run()
        before = told(house)
        assert before == ["a call ran, and nobody asked about it"]
        await house.service.stop()
        house.service = service_on(tmp_path / "state", house.clock, seed="again")
        await house.service.start()
        guarded(house).rows = rows
        assert await house.service.reconciler.run() == 0 and told(house) == before


@story
async def test_what_ran_before_it_was_under_guard_is_nobodys(tmp_path):
    async with small(tmp_path) as house:
        probe = guarded(house)
        probe.rows = [replace(row(house, 1), at=house.gateway.enrolled - timedelta(seconds=1))]
        house.clock.forward(minutes=1)
        assert await house.service.reconciler.run() == 0


@story
async def test_canaries_are_no_difference(tmp_path):
    async with small(tmp_path) as house:
        probe = guarded(house)
        await round_of(house)
        probe.rows = [
            row(house, 1, run="canary-1", status="blocked"),
            row(house, 2, run="canary-1"),
        ]
        house.clock.forward(minutes=1)
        assert await house.service.reconciler.run() == 0


@story
async def test_a_ledger_that_cannot_be_read_is_said(tmp_path):
    async with small(tmp_path) as house:
        probe = guarded(house)
        assert await house.service.reconciler.run() == 0
        probe.reachable = False
        assert await house.service.reconciler.run() == 0
        assert house.service.reconciler.looked["sample"].problem == "the gateway does not answer"
