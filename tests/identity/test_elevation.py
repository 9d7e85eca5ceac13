"""From asked to ended, and no other way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.identity import elevation
from clawband.identity.elevation import MINUTES, WAITS, Stage
from clawband.model.errors import AuthenticationError, ConflictError, InputError
from clawband.model.person import Operator, Role, SignedIn
from tests.simulators.clocks import START

LATER = START + timedelta(minutes=1)


def person(name, role=Role.VIEWER, *aliases):
    operator = Operator(name=name, roles=frozenset({role}), aliases=frozenset(aliases), added=START)
    return SignedIn(operator=operator, assurance=1, session=f"s-{name}")


VI, BO = person("vi", Role.VIEWER, "telegram:7"), person("bo", Role.APPROVER)


def ask(role=Role.BUILDER, purpose="release 7", minutes=30):
    return elevation.ask("elv_1", role, purpose, minutes, VI, now=START)


def granted(now=LATER):
    return elevation.grant(ask(), BO, VI.operator, now=now)


@pytest.mark.parametrize(
    "wrong",
    [{"purpose": ""}, {"purpose": "x" * 501}, {"minutes": 0}, {"minutes": MINUTES[-1] + 1}],
)
def test_a_purpose_and_a_sane_time_are_needed(wrong):
    with pytest.raises(InputError):
        ask(**wrong)


def test_a_role_they_have_is_not_asked_for():
    with pytest.raises(ConflictError, match="already"):
        ask(role=Role.VIEWER)


def test_it_holds_from_the_grant_to_its_end_and_not_a_moment_longer():
    asked, given = ask(), granted()
    assert not asked.holds(LATER) and asked.open(LATER)
    assert given.until == LATER + timedelta(minutes=30)
    moment = timedelta(microseconds=1)
    held = [LATER - moment, LATER, given.until - moment, given.until]
    assert [given.holds(now) for now in held] == [False, True, True, False]
    assert not given.open(given.until)


def test_nobody_grants_their_own_under_any_name():
    for by in (VI, person("vi2", Role.ADMIN, "telegram:7"), person("x", Role.ADMIN, "vi")):
        with pytest.raises(AuthenticationError, match="can never grant"):
            elevation.grant(ask(), by, VI.operator, now=LATER)
    dropped = replace(VI.operator, aliases=frozenset())
    with pytest.raises(AuthenticationError):
        elevation.grant(ask(), person("vi2", Role.ADMIN, "telegram:7"), dropped, now=LATER)


def test_what_nobody_answered_in_a_day_is_granted_no_more():
    with pytest.raises(ConflictError, match="too long"):
        granted(START + WAITS)
    assert granted(START + WAITS - timedelta(seconds=1)).stage is Stage.GRANTED


def test_an_account_that_was_made_anew_is_another():
    anew = replace(VI.operator, added=LATER)
    with pytest.raises(ConflictError, match="changed since"):
        elevation.grant(ask(), BO, anew, now=LATER)


def test_there_is_no_way_back():
    refused = elevation.refuse(ask(), BO, "not today", now=LATER)
    ended = elevation.end(granted(), "vi", now=LATER)
    assert (refused.stage, refused.note, refused.closed_by) == (Stage.REFUSED, "not today", "bo")
    assert (ended.stage, ended.closed, ended.holds(LATER)) == (Stage.ENDED, LATER, False)
    for closed in (refused, ended):
        with pytest.raises(ConflictError):
            elevation.grant(closed, BO, VI.operator, now=LATER)
        with pytest.raises(ConflictError):
            elevation.end(closed, "vi", now=LATER)
    for late in (refused, ended, granted()):
        with pytest.raises(ConflictError):
            elevation.refuse(late, BO, "", now=LATER)
    assert elevation.end(ask(), "vi", now=LATER).stage is Stage.ENDED
