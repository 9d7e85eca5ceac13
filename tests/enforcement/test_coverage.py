"""Who saw what: each difference, and what is none."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.enforcement.coverage import By, Sighting, compare, hashed

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CALL = hashed("call_1")


def seen(by, said, call=CALL, **more):
    return Sighting(
        by=by, agent="sample/support", session="s", run=more.pop("run", "r1"), call=call,
        tool="crm_read", said=said, at=NOW, **more,
    )  # fmt: skip


TURN = (seen(By.HOOK, "permit", ""), seen(By.LEDGER, "started", ""))
DONE = seen(By.LEDGER, "succeeded", "")


def told(*sightings):
    return [(each.what, each.missed) for each in compare(sightings)]


def test_ids_join_as_the_ledger_writes_them():
    assert hashed("call_1") == "sha256:" + sha256(b"call_1").hexdigest()
    assert hashed("") == ""


def test_what_both_saw_is_no_difference():
    asked = seen(By.HOOK, "permit")
    assert told(*TURN, asked, seen(By.LEDGER, "started"), seen(By.LEDGER, "succeeded"), DONE) == []
    assert told(*TURN, seen(By.HOOK, "deny"), seen(By.LEDGER, "blocked"), DONE) == []
    held = (seen(By.HOOK, "hold"), seen(By.HOOK, "permit"))
    assert told(*TURN, *held, seen(By.LEDGER, "succeeded"), DONE) == []


@pytest.mark.parametrize("end", ["succeeded", "failed", "timed_out"])
def test_a_call_that_nobody_asked_about(end):
    found = list(compare([*TURN, seen(By.LEDGER, "started"), seen(By.LEDGER, end), DONE]))
    assert [each.what for each in found] == ["a call ran, and nobody asked about it"]
    assert found[0].acted and found[0].seen.said == end


def test_a_call_that_was_stopped_before_us_is_none():
    """Another guard, or a plugin that had no answer, blocked it: nothing ran."""
    assert told(*TURN, seen(By.LEDGER, "started"), seen(By.LEDGER, "blocked"), DONE) == []


def test_a_turn_that_nobody_asked_about():
    assert told(seen(By.LEDGER, "started", ""), DONE) == [
        ("a turn began, and nobody asked about it", By.HOOK)
    ]
    assert told(seen(By.LEDGER, "blocked", "")) == []


def test_a_refused_call_that_went_well_all_the_same():
    assert told(*TURN, seen(By.HOOK, "deny"), seen(By.LEDGER, "succeeded"), DONE) == [
        ("a call succeeded that was refused", By.HOOK)
    ]


def test_a_call_behind_the_wrapper_is_known_by_the_wrapper():
    inner = seen(By.HOOK, "permit", hashed("tool_search_code:call_1:refund:1"), outer=CALL)
    assert told(*TURN, inner, seen(By.LEDGER, "succeeded"), DONE) == []


def test_a_connection_of_a_call_the_gateway_does_not_know():
    out = seen(By.EGRESS, "connected", id="evt_1")
    what = "a connection was made for a call that the gateway does not know"
    assert told(*TURN, seen(By.HOOK, "permit"), out, out, DONE) == [(what, By.LEDGER)]
    assert told(*TURN, seen(By.HOOK, "permit"), out) == [], "the turn has not ended yet"
    assert told(*TURN, seen(By.LEDGER, "succeeded"), seen(By.HOOK, "permit"), out, DONE) == []


@given(st.permutations([*TURN, seen(By.LEDGER, "succeeded"), DONE]))
def test_the_order_of_the_witnesses_changes_nothing(order):
    first = list(compare(order))
    assert [each.key for each in first] == [
        each.key for each in compare([*TURN, *order[:0], *order])
    ]
    assert len(first) == 1


def test_a_difference_has_one_name():
    (first,) = compare([*TURN, seen(By.LEDGER, "succeeded"), DONE])
    (later,) = compare([replace(each, at=NOW.replace(hour=11)) for each in
                        (*TURN, seen(By.LEDGER, "succeeded"), DONE)])  # fmt: skip
    (other,) = compare(
        [replace(each, run="r2") for each in (*TURN, seen(By.LEDGER, "succeeded"), DONE)]
    )
    assert first.key == later.key != other.key
