"""The running service when the store, the disk or the clock fails under it."""

import asyncio
import sqlite3

import pytest

from clawband.flows.decide import Decided
from clawband.model.access import Permit
from clawband.model.errors import UnavailableError
from clawband.ports.unit import Unit
from tests.contracts.writing import event
from tests.simulators.small import small, story


class Lock:
    """Another program holds the store."""

    def __init__(self, folder):
        self._held = sqlite3.connect(folder / "clawband.db", isolation_level=None)

    def __enter__(self):
        self._held.execute("BEGIN IMMEDIATE")

    def __exit__(self, *_):
        self._held.execute("ROLLBACK")
        self._held.close()


@story
async def test_what_cannot_be_recorded_is_not_answered_and_the_next_question_is(tmp_path):
    async with small(tmp_path) as house:
        size = house.service.running.store.size()
        with Lock(tmp_path), pytest.raises(UnavailableError):
            await house.call("crm_read", "c1")
        assert house.service.running.store.size() == size
        decided = await house.call("crm_read", "c2")
        assert isinstance(decided, Decided) and isinstance(decided.decision, Permit)


@story
async def test_sealing_goes_on_after_the_lock(tmp_path):
    async with small(tmp_path) as house:
        with Lock(tmp_path):
            assert not await house.service.log.seal()
            assert "cannot write" in house.service.log.problem
        await house.call("crm_read", "c2")
        assert await house.service.log.seal() and house.service.log.problem == ""


@story
async def test_sealing_goes_on_after_the_disk_of_the_witness_comes_back(tmp_path):
    async with small(tmp_path) as house:
        (tmp_path / "witness").unlink(missing_ok=True)
        (tmp_path / "witness").mkdir()
        assert not await house.service.log.seal()
        assert "witness" in house.service.log.problem
        (tmp_path / "witness").rmdir()
        assert await house.service.log.seal()


@story
async def test_it_stops_also_when_nothing_can_be_written(tmp_path):
    async with small(tmp_path, bare=True) as house:
        with Lock(tmp_path):
            await asyncio.wait_for(house.service.stop(), 10)
            assert "cannot write" in house.service.log.problem
        with pytest.raises(UnavailableError):
            await house.service.running.commit(Unit([event()]))
        house.service = _Stopped()


@story
async def test_who_leaves_before_the_answer_does_not_stop_the_others(tmp_path):
    async with small(tmp_path) as house:
        asks = [asyncio.ensure_future(house.call("crm_read", f"c{n}")) for n in range(20)]
        await asyncio.sleep(0)
        for ask in asks[::2]:
            ask.cancel()
        done = await asyncio.gather(*asks, return_exceptions=True)
        assert all(isinstance(each, Decided) for each in done[1::2])
        assert isinstance(await house.call("crm_read", "last"), Decided)


class _Stopped:
    """What is left to stop of a service that stopped."""

    async def stop(self) -> None:
        return None
