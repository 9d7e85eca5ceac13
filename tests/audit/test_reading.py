"""Every line an export may hold, and what is said of lines it may not."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.bundle import verify
from clawband.audit.canonical import encode
from clawband.audit.reading import LINE_LIMIT
from clawband.audit.report import Kind
from tests.audit.small_log import KEY, OWNER, Holder, SmallLog

LOG = SmallLog.of(6)
LINES = LOG.export(sizes=[2, 4])
HEADER = {
    "clawband": "audit-export", "first": 0, "key": KEY, "origin": OWNER.name, "size": 6, "v": 1,
}  # fmt: skip


def found(lines, key=KEY, earlier=()):
    return [(p.kind, p.line, p.what) for p in verify(lines, key=key, earlier=earlier).problems]


def with_header(**fields):
    value = {name: field for name, field in (HEADER | fields).items() if field is not None}
    return [encode(value) + b"\n", *LINES[1:]]


def with_trailer(**fields):
    value = {"checkpoints": [LOG.head()], "end": True} | fields
    return [*LINES[:-1], encode(value) + b"\n"]


def test_a_whole_export():
    report = verify(LINES, key=KEY, earlier=[LOG.head(0), LOG.head(3)])
    assert report.ok
    assert (report.size, report.proven, report.checkpoints) == (6, 6, 5)
    assert (report.origin, report.key, report.pinned) == (OWNER.name, KEY, True)
    assert not verify(LINES).pinned
    assert verify(LINES).ok


def test_the_empty_log():
    assert verify(SmallLog().export(), key=KEY).ok


@pytest.mark.parametrize(
    ("fields", "kind", "said"),
    [
        ({"clawband": "audit-proof"}, Kind.FORMAT, "line 1 is not the header"),
        ({"size": None}, Kind.FORMAT, "line 1 is not the header"),
        ({"size": -1}, Kind.FORMAT, "line 1 is not the header"),
        ({"size": True}, Kind.FORMAT, "line 1 is not the header"),
        ({"more": 1}, Kind.FORMAT, "line 1 is not the header"),
        ({"v": 2}, Kind.FORMAT, "not of format version 1, from leaf 0 on"),
        ({"v": True}, Kind.FORMAT, "not of format version 1, from leaf 0 on"),
        ({"first": 1}, Kind.FORMAT, "not of format version 1, from leaf 0 on"),
        ({"origin": "other"}, Kind.KEY, "of another log"),
        ({"key": str(Holder(seed=b"2" * 32).key)}, Kind.KEY, "of another key"),
        ({"key": 7}, Kind.KEY, "of another key"),
    ],
)
def test_a_wrong_header(fields, kind, said):
    ((found_kind, line, what),) = found(with_header(**fields))
    assert (found_kind, line) == (kind, 1)
    assert said in what


def test_a_header_with_another_size():
    assert [kind for kind, _, _ in found(with_header(size=7))] == [Kind.TRUNCATED]
    assert [kind for kind, _, _ in found(with_header(size=5))] == [Kind.EDITED]


def test_an_export_that_names_no_usable_key_is_not_ok():
    assert (Kind.KEY, 1, "expected a verifier key `<name>+<id>+<key>`") in found(
        with_header(key=""), key=None, earlier=[LOG.head()]
    )
    assert found(LINES, key="rubbish") == [
        (Kind.KEY, None, "expected a verifier key `<name>+<id>+<key>`")
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"checkpoints": []}, "does not hold the newest checkpoints"),
        ({"checkpoints": "x"}, "does not hold the newest checkpoints"),
        ({"end": 1}, "does not hold the newest checkpoints"),
        ({"more": 1}, "does not hold the newest checkpoints"),
        ({"checkpoints": [7]}, "a checkpoint of the end line is not a text"),
        ({"checkpoints": ["x"]}, "the note does not end in a newline"),
        ({"checkpoints": [LOG.head(4)]}, "a checkpoint over 4 leaves stands after 6"),
    ],
)
def test_a_wrong_end_line(fields, said):
    ((_, line, what),) = found(with_trailer(**fields))
    assert line == len(LINES)
    assert said in what


def test_a_wrong_checkpoint_line_is_not_taken_for_a_leaf():
    at = 3
    for value in ({"checkpoint": 7}, {"checkpoint": LOG.head(2), "more": 1}):
        lines = [*LINES[:at], encode(value) + b"\n", *LINES[at + 1 :]]
        what = "expected one signed note as the `checkpoint`"
        assert found(lines) == [(Kind.FORMAT, at + 1, what)]
    lines = [*LINES[:at], LINES[at].replace(b":", b": ", 1), *LINES[at + 1 :]]
    assert {line for _, line, _ in found(lines)} == {at + 1}


def test_lines_after_the_end():
    assert found([*LINES, b"\n"]) == [(Kind.FORMAT, 11, "the file goes on after its end line")]
    report = verify([*LINES, *[LINES[1]] * 150], key=KEY)
    assert (len(report.problems), report.unlisted) == (100, 50)


def test_a_damaged_leaf_line_is_named_and_the_numbers_go_on():
    lines = [*LINES[:4], b"rubbish\n", *LINES[5:]]
    assert [(kind, line) for kind, line, _ in found(lines)] == [
        (Kind.FORMAT, 5),
        (Kind.EDITED, 7),
    ]


def test_a_line_beyond_the_limit_is_not_read():
    lines = [*LINES[:1], b"[" * (LINE_LIMIT + 1), *LINES[2:]]
    assert found(lines)[0] == (Kind.FORMAT, 2, f"the line is longer than {LINE_LIMIT} bytes")


def test_an_empty_file():
    assert found([]) == [(Kind.TRUNCATED, None, "the file is empty")]


def test_a_log_without_a_covering_checkpoint_is_not_ok():
    foreign = SmallLog.of(6, holder=Holder(seed=b"2" * 32)).head()
    ((kind, line, what),) = found(with_trailer(checkpoints=[foreign]))
    assert (kind, line) == (Kind.CHECKPOINT, len(LINES))
    assert "is not signed by" in what


fragments = st.sampled_from([*LINES, b"\n", b"{}\n", b'{"n":1}\n', b'{"end":true}\n'])


@given(st.lists(fragments | st.binary(max_size=60)), st.none() | st.just(KEY) | st.text())
def test_any_lines_give_a_report(lines, key):
    report = verify(lines, key=key, earlier=["x", LOG.head(3)])
    assert not report.ok
    assert all(problem.what and problem.remedy for problem in report.problems)


@given(st.integers(0, len(b"".join(LINES)) * 8 - 1))
def test_no_flipped_bit_passes(bit):
    data = bytearray(b"".join(LINES))
    data[bit // 8] ^= 1 << bit % 8
    for key in (KEY, None):
        report = verify(BytesIO(data), key=key)
        assert not report.ok
        assert any(problem.line for problem in report.problems)


@given(st.integers(0, len(b"".join(LINES)) - 1))
def test_no_cut_file_passes(length):
    report = verify(BytesIO(b"".join(LINES)[:length]), key=KEY)
    assert any(problem.kind is Kind.TRUNCATED for problem in report.problems)
