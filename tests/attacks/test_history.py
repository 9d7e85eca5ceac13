"""Somebody with the store in their hands: cut, rolled back, rewritten, replaced."""

import shutil
import sqlite3

import pytest

from clawband.model.errors import Error, InvariantError
from tests.simulators.clocks import FixedClock
from tests.simulators.small import service_on, small, story


async def grown(folder, calls=5):
    """A sealed log in `folder`; a copy of it from before is in `folder`/old."""
    async with small(folder) as house:
        await house.service.log.seal()
        for suffix in ("", "-wal", "-shm"):
            path = folder / f"clawband.db{suffix}"
            if path.exists():
                shutil.copy(path, folder / f"old.db{suffix}")
        for number in range(calls):
            await house.call("crm_read", f"c{number}")


def start(folder):
    service = service_on(folder, FixedClock(), seed="later")
    try:
        service.log.check()
    finally:
        service.running.store.close()


def sql(folder, *statements):
    with sqlite3.connect(folder / "clawband.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def cut(folder):
    sql(folder, "DELETE FROM leaves WHERE n >= (SELECT max(n) - 3 FROM leaves)")


def roll_back(folder):
    for suffix in ("", "-wal", "-shm"):
        (folder / f"clawband.db{suffix}").unlink(missing_ok=True)
        if (folder / f"old.db{suffix}").exists():
            shutil.copy(folder / f"old.db{suffix}", folder / f"clawband.db{suffix}")


def replace(folder):
    for suffix in ("", "-wal", "-shm"):
        (folder / f"clawband.db{suffix}").unlink(missing_ok=True)


def rewrite(folder):
    sql(folder, "UPDATE leaves SET hash = zeroblob(32) WHERE n = (SELECT max(n) - 3 FROM leaves)")


def swap(folder):
    sql(
        folder,
        "CREATE TEMP TABLE t AS SELECT n, hash FROM leaves WHERE n IN (1, 2)",
        "UPDATE leaves SET hash = (SELECT hash FROM t WHERE t.n = 3 - leaves.n) WHERE n IN (1, 2)",
    )


@pytest.mark.parametrize("harm", [cut, roll_back, replace, rewrite, swap])
def test_a_log_that_does_not_extend_what_was_sealed_does_not_start(tmp_path, harm):
    @story
    async def told():
        await grown(tmp_path)
        start(tmp_path)
        harm(tmp_path)
        with pytest.raises(InvariantError) as refused:
            start(tmp_path)
        assert refused.value.remedy

    told()


@story
async def test_another_signing_key_does_not_go_on_with_the_log(tmp_path):
    await grown(tmp_path)
    text = (tmp_path / "witness").read_text()
    (tmp_path / "witness").write_text(text.replace("clawband.example/log", "somebody.else/log"))
    with pytest.raises(Error):
        start(tmp_path)


@story
async def test_a_log_that_is_rewritten_while_it_runs_is_not_signed_and_said_so(tmp_path):
    async with small(tmp_path) as house:
        assert await house.service.log.seal()
        sealed = len(house.service.running.store.checkpoints())
        rewrite(tmp_path)
        await house.call("crm_read", "c")
        assert not await house.service.log.seal()
        assert "not the ones that were sealed" in house.service.log.problem
        assert len(house.service.running.store.checkpoints()) == sealed
        with pytest.raises(InvariantError):
            await house.service.log.export(house.signed("auditor"))


@story
async def test_an_unsealed_end_is_no_fault(tmp_path):
    """A crash between a decision and the next seal: the log is longer than the witness knows."""
    async with small(tmp_path) as house:
        await house.service.log.seal()
        await house.call("crm_read", "c")
        house.service.running.store.close()
        start(tmp_path)
        house.service = service_on(tmp_path, FixedClock(), seed="again")
        assert await house.service.log.seal()
