"""Following the leaves of a store: any single edit of any copy of any leaf is found."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.merkle import Frontier, leaf_hash
from clawband.audit.report import Findings
from clawband.audit.stored import COLUMNS, Leaves, check_tiles
from tests.audit.small_log import SmallLog
from tests.audit.stored_log import StoredLog

SIZE = 300
LOG = SmallLog.of(SIZE)


def test_the_roots_are_those_of_the_tree() -> None:
    findings = Findings()
    leaves = Leaves(StoredLog.of(LOG, []), frozenset({1, 256, SIZE}), findings)
    for row in StoredLog.of(LOG, []).leaves():
        leaves.follow(row)
    for size in (1, 256, SIZE):
        root = Frontier().extend(map(leaf_hash, LOG.leaves[:size])).root()
        assert leaves.roots[size] == (root, root)
    assert leaves.root() == root
    assert findings.problems == []


@given(st.integers(0, SIZE - 1), st.sampled_from([*COLUMNS, "body", "hash", "tile", "row"]))
def test_any_single_edit_is_found(number: int, what: str) -> None:
    stored = StoredLog.of(LOG, [SIZE])
    old = stored.rows[number]
    if what == "body":
        stored.edit(number, body=old.body.replace(b"yes", b"yet"))
    elif what == "hash":
        stored.edit(number, hash=bytes(32))
    elif what == "tile":
        stored.edit_tile(0, 0, number % 256, bytes(32))
    elif what == "row":
        del stored.rows[number]
    else:
        stored.rows[number] = replace(old, columns={**old.columns, what: "other"})
    report = stored.inspected()
    assert not report.ok
    expected = number % 256 if what == "tile" else number
    assert expected in {problem.leaf for problem in report.problems}


def test_tiles_of_an_empty_store() -> None:
    findings = Findings()
    check_tiles(StoredLog([]), 0, findings)
    assert findings.problems == []
