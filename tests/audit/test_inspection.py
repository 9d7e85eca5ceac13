"""The verifier of a store: every kind of damage is found, and said where."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clawband.audit.inspection import inspect
from clawband.audit.merkle import leaf_hash
from clawband.audit.report import Kind, Report
from clawband.model.errors import InputError
from tests.audit.small_log import KEY, Holder, SmallLog, leaf
from tests.audit.stored_log import StoredLog, row

SIZE = 600
SEALED = [100, 256, 500, 590]
EDITED = leaf(300, "no")
LATE = leaf(580, "no")
"""After the last full tile: only its hash and the roots know of it."""


@pytest.fixture
def log() -> SmallLog:
    return SmallLog.of(SIZE)


@pytest.fixture
def stored(log: SmallLog) -> StoredLog:
    return StoredLog.of(log, SEALED)


def found(report: Report) -> list[tuple[str, int | None]]:
    return [(str(problem.kind), problem.leaf) for problem in report.problems]


def test_a_store_as_written_is_whole(stored: StoredLog) -> None:
    report = stored.inspected()
    assert report.problems == ()
    assert (report.size, report.proven, report.checkpoints) == (SIZE, 590, len(SEALED))
    assert report.pinned


def test_the_writer_may_be_ahead_and_the_witness_too(stored: StoredLog) -> None:
    stored.notes.pop()  # the server stopped between witness and commit
    report = stored.inspected()
    assert (report.ok, report.proven) == (True, 590)


def test_an_edited_body_is_named(stored: StoredLog) -> None:
    stored.edit(300, body=EDITED)
    report = stored.inspected()
    assert ("edited", 300) in found(report)
    assert "leaf 300: the body was edited after it was signed" in texts(report)
    assert report.proven == 256


def test_an_edited_hash_is_told_from_an_edited_body(stored: StoredLog) -> None:
    stored.edit(300, hash=b"\0" * 32)
    report = stored.inspected()
    assert texts(report) == [
        "leaf 300: the hash beside it was changed; the body is what was signed"
    ]
    assert report.proven == 590  # the bodies are what people read, and they hold


def test_outside_the_tiles_the_roots_tell(stored: StoredLog) -> None:
    stored.edit(580, body=LATE)
    assert "leaf 580: the body was edited after it was signed" in texts(stored.inspected())
    stored.edit(580, body=leaf(580), hash=b"\0" * 32)
    assert texts(stored.inspected()) == [
        "leaf 580: the hash beside it was changed; the body is what was signed"
    ]


def test_body_and_hash_edited_together_meet_the_tile(stored: StoredLog) -> None:
    stored.edit(300, body=EDITED, hash=leaf_hash(EDITED))
    said = texts(stored.inspected())
    assert "leaf 300: the body and the hash beside it was edited after it was signed" in said


def test_body_hash_and_tile_edited_together_meet_the_signature(stored: StoredLog) -> None:
    stored.edit(300, body=EDITED, hash=leaf_hash(EDITED))
    stored.edit_tile(0, 1, 300 - 256, leaf_hash(EDITED))
    report = stored.inspected()
    assert report.proven == 256
    assert ("edited", 256) in found(report)
    assert any("it is in leaves 256 to 499" in text for text in texts(report))


def test_an_edited_tile_is_named(stored: StoredLog) -> None:
    stored.edit_tile(0, 1, 44, b"\0" * 32)
    said = texts(stored.inspected())
    assert "leaf 300: its hash in the tile was changed; the body is what was signed" in said


def test_an_edited_column_misleads_searches(stored: StoredLog) -> None:
    old = stored.rows[7]
    stored.rows[7] = replace(old, columns={**old.columns, "outcome": "no"})
    report = stored.inspected()
    assert found(report) == [("edited", 7)]
    assert "`outcome`" in texts(report)[0]


def test_a_dropped_row_is_named_and_the_rest_still_judged(stored: StoredLog) -> None:
    del stored.rows[300]
    stored.edit(400, hash=b"\0" * 32)  # now leaf 401
    report = stored.inspected()
    assert found(report) == [("missing", 300), ("edited", 401)]
    assert report.size == SIZE


def test_rows_dropped_with_their_hashes_end_the_proof(stored: StoredLog) -> None:
    del stored.rows[550:560]
    report = stored.inspected()
    assert ("missing", 550) in found(report)
    assert report.proven == 500


def test_renumbered_rows_say_who_they_were(stored: StoredLog) -> None:
    del stored.rows[550]
    stored.rows = [replace(each, number=n) for n, each in enumerate(stored.rows)]
    kinds = {str(problem.kind) for problem in stored.inspected().problems}
    assert {"moved", "edited"} <= kinds


def test_an_inserted_row_is_found(stored: StoredLog) -> None:
    stored.rows.insert(0, replace(stored.rows[0], number=-1))
    assert ("format", -1) in found(stored.inspected())
    stored.rows[0] = row(0, leaf(0))
    stored.rows.append(replace(row(10**12, leaf(10**12))))
    assert ("missing", SIZE) in found(stored.inspected())


def test_a_cut_store_keeps_checkpoints_that_it_cannot_meet(stored: StoredLog) -> None:
    del stored.rows[550:]
    assert ("truncated", 550) in found(stored.inspected())


def test_a_store_cut_with_its_checkpoints_meets_the_witness(log: SmallLog) -> None:
    cut = StoredLog.of(SmallLog(log.leaves[:400]), [100, 256])
    cut.witness = [log.head(size) for size in SEALED]
    report = cut.inspected()
    assert found(report) == [("replayed", 400)]
    assert "590 leaves were sealed, the store ends after 400" in texts(report)[0]


def test_another_history_under_the_same_key_is_a_fork(log: SmallLog, stored: StoredLog) -> None:
    other = SmallLog([*log.leaves[:300], EDITED, *log.leaves[301:]])
    forked = StoredLog.of(other, SEALED)
    assert forked.inspected().ok
    forked.witness = stored.witness
    report = forked.inspected()
    assert [problem.kind for problem in report.problems] == [Kind.FORKED]
    assert report.problems[0].leaf == 256


def test_a_rewritten_store_without_checkpoints_is_not_ok(log: SmallLog) -> None:
    bare = StoredLog.of(log, [])
    assert [str(problem.kind) for problem in bare.inspected().problems] == ["checkpoint"]
    assert StoredLog.of(SmallLog(), []).inspected().ok  # nothing to seal


def test_a_checkpoint_of_another_key_is_not_believed(log: SmallLog, stored: StoredLog) -> None:
    mallory = SmallLog(log.leaves, Holder(seed=b"\x02" * 32))
    stored.notes.append((SIZE, mallory.head(SIZE)))
    stored.witness.append("scribble")
    report = stored.inspected()
    assert [problem.kind for problem in report.problems] == [Kind.CHECKPOINT, Kind.CHECKPOINT]


def missing(stored: StoredLog) -> None:
    del stored.tiled[0, 1]


def short(stored: StoredLog) -> None:
    stored.tiled[0, 1] = stored.tiled[0, 1][:-1]


def empty(stored: StoredLog) -> None:
    stored.tiled[0, 1] = b""


def beyond(stored: StoredLog) -> None:
    stored.tiled[0, 2] = stored.tiled[0, 1]


def odd(stored: StoredLog) -> None:
    stored.tiled[3, 0] = b"\0" * 32


def above(stored: StoredLog) -> None:
    stored.edit_tile(8, 0, 1, b"\0" * 32)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (missing, "tile 0/1 is not stored"),
        (short, "tile 0/1 is not a tile"),
        (empty, "tile 0/1 is not a tile"),
        (beyond, "tile 0/2 covers leaves that are not here"),
        (odd, "tile 3/0 is not a tile"),
        (above, "tile 8/0 does not hold the hash of leaves 256 to 511"),
    ],
)
def test_a_damaged_tile_is_named(
    stored: StoredLog, damage: Callable[[StoredLog], None], said: str
) -> None:
    damage(stored)
    assert any(text.startswith(said) for text in texts(stored.inspected()))


def test_a_body_that_is_no_leaf_is_said(stored: StoredLog) -> None:
    stored.edit(7, body=b"\xff")
    assert ("format", 7) in found(stored.inspected())


def test_a_key_that_is_none_is_refused(stored: StoredLog) -> None:
    with pytest.raises(InputError):
        inspect(stored, [], key="x", pinned=True)
    assert KEY


def texts(report: Report) -> list[str]:
    return [problem.what for problem in report.problems]
