"""What canaries say: every outcome, and what it makes of an agent's state."""

from datetime import UTC, datetime, timedelta

import pytest

from clawband.enforcement.canary import (
    LIFE,
    TURN,
    Came,
    Judged,
    Standing,
    State,
    Tried,
    claims,
    judged,
    next_standing,
    session,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
REFUSED = Tried("agents_list", "deny", Came.REFUSED, asked=True)
RAN = Tried("agents_list", "permit", Came.RAN, asked=True)
STOPPED = Tried(TURN, "deny", Came.REFUSED, asked=True)


def tried(tool="agents_list", verdict="deny", came=Came.REFUSED, asked=True, words=""):
    return Tried(tool, verdict, came, asked, words)


def test_all_right_is_governed_and_nothing_tried_is_unknown():
    assert judged([REFUSED, RAN, STOPPED]).state is State.GOVERNED
    assert judged([]).state is State.UNKNOWN


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("tool", ["agents_list", TURN])
def test_what_went_on_counts_before_all_else(tool, asked):
    on = tried(tool, came=Came.RAN, asked=asked)
    silent = tried(verdict="permit", came=Came.SILENT, asked=False)
    found = judged([silent, on])
    assert found.state is State.UNGOVERNED
    assert found.why.startswith("a turn" if tool == TURN else "a call")
    assert ("although we refused it" in found.why) is asked


@pytest.mark.parametrize("came", list(Came))
@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("verdict", ["deny", "permit"])
def test_only_the_right_outcome_that_was_asked_about_is_right(verdict, came, asked):
    right = asked and came is (Came.RAN if verdict == "permit" else Came.REFUSED)
    found = judged([tried(verdict=verdict, came=came, asked=asked)])
    silent = came in (Came.SILENT, Came.ABSENT)
    wanted = State.GOVERNED if right else State.UNKNOWN if silent else State.UNGOVERNED
    assert found.state is wanted


def test_a_token_says_whose_it_is_and_for_how_long():
    made = claims("sample/support", "dev", TURN, "deny", now=NOW, entropy=b"0123456789abcdef")
    assert (made.sub, made.tool, made.act) == ("sample/support", TURN, "deny")
    assert made.session == session("support") == "agent:support:clawband-canary"
    assert made.exp - made.iat == LIFE.total_seconds()
    assert len(made.jti) == 32


def test_silence_neither_proves_nor_forgives():
    lost = Standing(state=State.UNGOVERNED, since=NOW, why="it went on")
    later = NOW + timedelta(minutes=2)
    after = next_standing(lost, Judged(State.UNKNOWN, "no answer"), later)
    assert (after.state, after.why, after.since, after.tried) == (
        State.UNGOVERNED, "it went on", NOW, later,
    )  # fmt: skip
    good = next_standing(after, Judged(State.GOVERNED, "right"), later)
    assert (good.state, good.since, good.proved) == (State.GOVERNED, later, later)
    quiet = next_standing(good, Judged(State.UNKNOWN, "no answer"), later + LIFE)
    assert (quiet.state, quiet.proved, quiet.open) == (State.UNKNOWN, later, True)


def test_the_same_state_lasts_since_its_beginning():
    first = next_standing(Standing(since=NOW), Judged(State.GOVERNED, "right"), NOW + LIFE)
    again = next_standing(first, Judged(State.GOVERNED, "right"), NOW + 2 * LIFE)
    assert (again.since, again.proved) == (NOW + LIFE, NOW + 2 * LIFE)


def test_who_is_ungoverned_or_gone_has_no_open_door():
    doors = {state: Standing(state=state, since=NOW).open for state in State}
    assert [state for state, is_open in doors.items() if is_open] == [
        State.GOVERNED, State.UNKNOWN,
    ]  # fmt: skip
