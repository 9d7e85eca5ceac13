"""Where leaves were dropped, moved, repeated or slipped in, by their own numbers."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.canonical import decode
from clawband.audit.entry import stamp
from clawband.audit.order import Order, spell
from clawband.audit.report import Findings, Kind
from tests.audit.small_log import START, leaf


def follow(*leaves):
    """What `Order` finds in these leaves: numbers, objects, or None for an unreadable line."""
    findings = Findings()
    order = Order(findings, timedelta(seconds=1))
    for place, item in enumerate(leaves):
        if item is None:
            order.unreadable()
        else:
            value = decode(leaf(item)) if isinstance(item, int) else item
            order.follow(value, place + 2, place)
    return findings


def found(*leaves):
    return [(p.kind, p.line, p.leaf, p.what) for p in follow(*leaves).problems]


def altered(number, **fields):
    value = decode(leaf(number)) | fields
    return {name: field for name, field in value.items() if field is not None}


@given(st.integers(0, 50))
def test_leaves_in_order_are_fine(size):
    assert found(*range(size)) == []


def test_a_dropped_leaf():
    assert found(0, 1, 3, 4) == [(Kind.MISSING, 4, 2, "leaf 2 should stand before leaf 3")]
    assert found(3, 4) == [(Kind.MISSING, 2, 0, "leaves 0 to 2 should stand before leaf 3")]


def test_a_moved_leaf():
    assert found(0, 2, 1, 3) == [
        (Kind.MISSING, 3, 1, "leaf 1 should stand before leaf 2"),
        (Kind.MOVED, 4, 1, "leaf 1 stands after leaf 2: the order was changed"),
    ]


def test_a_repeated_leaf():
    assert found(0, 1, 1, 2) == [(Kind.REPEATED, 4, 1, "leaf 1 stands here again, after leaf 1")]
    assert found(0, 1, 2, 0) == [(Kind.REPEATED, 5, 0, "leaf 0 stands here again, after leaf 2")]


def test_an_unreadable_line_takes_a_place():
    assert found(0, None, 2) == []
    assert found(0, None, 1, 2) == []
    assert found(0, None, 3) == [(Kind.MISSING, 4, 2, "leaf 2 should stand before leaf 3")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"n": None}, "`n`, expected its number"),
        ({"n": -1}, "`n`, expected its number"),
        ({"n": True}, "`n`, expected its number"),
        ({"n": "1"}, "`n`, expected its number"),
        ({"n": 2**63}, "`n`, expected its number"),
        ({"v": None}, "`v`, expected a version number"),
        ({"v": 0}, "`v`, expected a version number"),
        ({"v": True}, "`v`, expected a version number"),
        ({"id": ""}, "`id`, expected a text"),
        ({"tag": 7}, "`tag`, expected a text"),
        ({"at": None}, "`at`, expected `YYYY"),
        ({"at": "2026-11-22T09:00:00Z"}, "`at`, expected `YYYY"),
        ({"at": "2026-11-22 09:00:00.000000Z"}, "`at`, expected `YYYY"),
        ({"at": "2026-11-22T09:00:00.000000z"}, "`at`, expected `YYYY"),
        ({"at": "2026-W47-7T09:00:00.0000000"}, "`at`, expected `YYYY"),
        ({"at": 1}, "`at`, expected `YYYY"),
    ],
)
def test_a_wrong_field_is_named(fields, said):
    ((kind, line, place, what),) = found(0, altered(1, **fields), 2)
    assert (kind, line, place) == (Kind.FORMAT, 3, 1)
    assert said in what


def test_time_that_steps_back_is_a_warning():
    late, early = stamp(START + timedelta(seconds=12)), stamp(START)
    findings = follow(altered(0, at=late), altered(1, at=early), altered(2, at=early))
    assert findings.problems == []
    (warning,) = findings.warnings
    assert (warning.kind, warning.leaf) == (Kind.TIME, 1)
    assert warning.what == "the leaf is 12 s earlier than the one before it"


def test_a_small_step_back_is_not_worth_a_word():
    late, early = stamp(START + timedelta(seconds=1)), stamp(START)
    assert follow(altered(0, at=late), altered(1, at=early)).warnings == []


def test_leaves_are_spelled():
    assert spell(range(4, 5)) == "leaf 4"
    assert spell(range(4, 8)) == "leaves 4 to 7"
