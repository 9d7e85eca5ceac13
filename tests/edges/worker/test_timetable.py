"""What happens by the clock, and goes on happening whatever went wrong once."""

import asyncio
import logging
from contextlib import asynccontextmanager

from clawband.edges.worker import timetable
from clawband.model.errors import UnavailableError
from tests.simulators.small import SESSION, small, story

PACE = 0.002


@asynccontextmanager
async def at_work(house, clock_step=lambda: 0.0):
    running = [
        asyncio.ensure_future(job) for job in timetable.jobs(house.service, clock_step, PACE)
    ]
    try:
        yield running
    finally:
        for job in running:
            job.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def until(true):
    for _ in range(400):
        if true():
            return
        await asyncio.sleep(0.01)
    assert true()


@story
async def test_the_log_is_sealed_and_only_when_it_moved(tmp_path):
    async with small(tmp_path) as house:
        store = house.service.running.store
        async with at_work(house):
            await until(lambda: [each.size for each in store.checkpoints()] == [store.size()])
            await asyncio.sleep(0.1)
            assert len(store.checkpoints()) == 1
            await house.call("crm_read", "c")
            await until(lambda: len(store.checkpoints()) == 2)


@story
async def test_approvals_expire_and_silence_is_noticed(tmp_path):
    async with small(tmp_path) as house:
        held = await house.call("refund", "c", {"amount": 1}, sessionKey=SESSION)
        async with at_work(house):
            house.clock.forward(hours=8)
            await until(lambda: house.events("approval:expire"))
            await until(lambda: house.events("gateway:silent"))
        approval = house.service.running.store.approval(held.decision.approval)
        assert approval.state == "expired" and approval.closed == house.clock.now()


@story
async def test_more_approvals_than_a_page_holds_expire(tmp_path):
    async with small(tmp_path) as house:
        for number in range(230):
            await house.call("refund", f"c{number}", {"amount": number + 1}, runId=f"r{number}")
        assert len(house.events("approval:open")) == 230
        house.clock.forward(hours=8)
        assert await house.service.approvals.expire() == 230


@story
async def test_a_clock_that_stepped_back_is_recorded_once(tmp_path):
    async with small(tmp_path) as house:
        steps = [0.0, 3600.0]
        async with at_work(house, lambda: steps.pop() if steps else 0.0):
            await until(lambda: not steps)
            await asyncio.sleep(0.1)
        (event,) = house.events("clock:step")
        assert event.outcome == "back 3600.000 s"


@story
async def test_a_job_that_fails_is_done_again(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    problems = [ZeroDivisionError("secret"), UnavailableError("no disk")]

    async with small(tmp_path) as house:

        def step():
            if problems:
                raise problems.pop()
            return 1.0

        async with at_work(house, step) as running:
            await until(lambda: house.events("clock:step"))
            assert not any(job.done() for job in running)
        assert "the job `clock` failed: no disk" in caplog.text
        assert "the job `clock` has a defect: ZeroDivisionError" in caplog.text
        assert "secret" not in caplog.text
