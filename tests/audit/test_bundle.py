"""The export's bytes, and attacks on it: each is caught, named, and said where."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.bundle import verify, write
from clawband.audit.report import Kind
from clawband.model.errors import InputError, InvariantError
from tests.audit.small_log import KEY, OWNER, Holder, SmallLog, leaf


@st.composite
def histories(draw, smallest=2):
    """A log, some of its checkpoint sizes, and one of its leaves."""
    size = draw(st.integers(smallest, 24))
    sizes = draw(st.sets(st.integers(0, size), max_size=4))
    return SmallLog.of(size), sizes, draw(st.integers(0, size - 1))


def altered(lines, body, *instead):
    """The lines with one leaf line replaced by others."""
    at = lines.index(body + b"\n")
    return [*lines[:at], *(other + b"\n" for other in instead), *lines[at + 1 :]]


def kinds(report):
    return {problem.kind for problem in report.problems}


def problem(report, kind):
    return next(problem for problem in report.problems if problem.kind is kind)


def test_the_bytes_of_an_export_are_pinned():
    log = SmallLog.of(2)
    head, end = (log.head(size).replace("\n", "\\n").encode() for size in (1, 2))
    assert b"".join(log.export(sizes=[1])) == (
        b'{"clawband":"audit-export","first":0,"key":"clawband.example/log+65682191+'
        b'AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c","origin":"clawband.example/log",'
        b'"size":2,"v":1}\n'
        b'{"at":"2026-11-22T09:00:00.000000Z","id":"evt_0","n":0,"outcome":"yes",'
        b'"tag":"decision:permit","v":1}\n'
        b'{"checkpoint":"' + head + b'"}\n'
        b'{"at":"2026-11-22T09:00:00.001000Z","id":"evt_1","n":1,"outcome":"yes",'
        b'"tag":"decision:permit","v":1}\n'
        b'{"checkpoints":["' + end + b'"],"end":true}\n'
    )


@given(histories(smallest=1))
def test_an_untouched_export_is_ok_beside_every_checkpoint_ever_signed(history):
    log, sizes, at = history
    report = verify(log.export(sizes), key=KEY, earlier=[log.head(at), log.head()])
    assert report.ok
    assert not report.warnings
    assert report.proven == report.size == len(log.leaves)


@given(histories())
def test_an_edit_is_caught_between_two_checkpoints(history):
    log, sizes, at = history
    report = verify(altered(log.export(sizes), log.leaves[at], leaf(at, "no")), key=KEY)
    assert kinds(report) == {Kind.EDITED}
    edited = problem(report, Kind.EDITED)
    assert edited.leaf == report.proven == max((s for s in sizes if s <= at), default=0)
    assert edited.what.startswith(
        f"the first {min(s for s in {*sizes, len(log.leaves)} if s > at)} leaves"
    )


@given(histories())
def test_a_drop_is_caught_at_its_place(history):
    log, sizes, at = history
    report = verify(altered(log.export(sizes), log.leaves[at]), key=KEY)
    if at == len(log.leaves) - 1:
        assert problem(report, Kind.TRUNCATED).leaf == at
    else:
        assert problem(report, Kind.MISSING).leaf == at
    assert report.proven <= at


@given(histories(), st.data())
def test_a_reorder_is_caught_at_its_place(history, data):
    log, sizes, at = history
    other = data.draw(st.integers(0, len(log.leaves) - 1).filter(lambda x: x != at))
    lines, first, second = log.export(sizes), *(log.leaves[x] + b"\n" for x in (at, other))
    swapped = [{first: second, second: first}.get(line, line) for line in lines]
    report = verify(swapped, key=KEY)
    assert problem(report, Kind.MISSING).leaf == min(at, other)
    assert problem(report, Kind.MOVED).leaf in range(min(at, other), max(at, other))
    assert report.proven <= min(at, other)


@given(histories())
def test_a_repeated_leaf_is_caught_at_its_place(history):
    log, sizes, at = history
    report = verify(altered(log.export(sizes), log.leaves[at], *[log.leaves[at]] * 2), key=KEY)
    assert problem(report, Kind.REPEATED).leaf == at


@given(histories())
def test_a_leaf_slipped_in_is_caught_at_its_place(history):
    log, sizes, at = history
    report = verify(altered(log.export(sizes), log.leaves[at], log.leaves[at], leaf(at, "no")))
    assert problem(report, Kind.REPEATED).leaf == at


@given(histories())
def test_renumbering_what_is_left_does_not_hide_a_drop(history):
    log, sizes, at = history
    rest = [leaf(number) for number in range(len(log.leaves) - 1)]
    true = log.leaves
    log.leaves = [*true[:at], *rest[at:]]
    forged = [line for line in log.export() if not line.startswith(b'{"checkpoints":')]
    end = SmallLog(true).export(sizes)[-1]
    report = verify([*forged, end], key=KEY)
    assert kinds(report) & {Kind.CHECKPOINT, Kind.EDITED}
    assert not report.ok


@given(histories(), st.data())
def test_a_file_cut_after_any_line_is_caught(history, data):
    log, sizes, _ = history
    lines = log.export(sizes)
    kept = data.draw(st.integers(0, len(lines) - 1))
    report = verify(lines[:kept], key=KEY)
    assert Kind.TRUNCATED in kinds(report)
    if kept:
        assert problem(report, Kind.TRUNCATED).leaf == report.size


@given(histories())
def test_an_older_export_is_caught_by_a_later_checkpoint(history):
    log, sizes, at = history
    older = SmallLog(log.leaves[:at]).export(size for size in sizes if size <= at)
    assert verify(older, key=KEY).ok
    report = verify(older, key=KEY, earlier=[log.head()])
    assert kinds(report) == {Kind.REPLAYED}
    assert problem(report, Kind.REPLAYED).leaf == at


@given(histories(), st.integers(0, 5))
def test_a_fork_is_caught_by_a_checkpoint_of_the_other_history(history, more):
    log, sizes, at = history
    size = len(log.leaves)
    other = SmallLog([*log.leaves[:at], *(leaf(n, "no") for n in range(at, size + more))])
    assert verify(other.export(sizes), key=KEY).ok
    report = verify(other.export(sizes), key=KEY, earlier=[log.head(at), log.head()])
    assert kinds(report) == {Kind.FORKED}
    forked = problem(report, Kind.FORKED)
    assert forked.leaf == max([at, *(s for s in sizes if s < size)])
    assert "the same key signed two histories" in forked.what


@given(histories())
def test_another_holder_is_not_the_pinned_key(history):
    log, sizes, _ = history
    impostor = SmallLog(log.leaves, Holder(seed=b"2" * 32))
    assert verify(impostor.export(sizes)).ok
    assert {Kind.KEY, Kind.CHECKPOINT} <= kinds(verify(impostor.export(sizes), key=KEY))


def test_a_log_that_grows_meanwhile_is_exported_up_to_its_checkpoint():
    log = SmallLog.of(5)
    growing = map(leaf, count())
    assert list(write(OWNER.key, growing, [log.head(2), log.head()])) == log.export([2])


def test_what_cannot_be_exported_is_refused():
    with pytest.raises(InputError, match="the log has no checkpoint to export"):
        write(OWNER.key, [], [])
    with pytest.raises(InputError, match="is not signed by"):
        write(OWNER.key, [], [SmallLog(holder=Holder(seed=b"2" * 32)).head()])
    head = SmallLog.of(2).head()
    for leaves in ([leaf(0)], [leaf(0), b"a\nb"]):
        with pytest.raises(InvariantError, match="leaf 1 of 2 is absent or not one line"):
            list(write(OWNER.key, leaves, [head]))
