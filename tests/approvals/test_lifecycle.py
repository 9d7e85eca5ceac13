"""An approval's life: which arrows exist, who may push it along, and when it counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from clawband.approvals import lifecycle
from clawband.model.access import ApprovalFact, Requirement
from clawband.model.approval import ApprovalState, Grant
from clawband.model.errors import AuthenticationError, ConflictError, InputError
from clawband.model.person import Operator, Role
from tests.contracts.writing import REQUEST, approval
from tests.simulators.clocks import START

LATER = START + timedelta(days=1)
TWO = (Requirement("approver", people=2),)


def person(name="ana", *roles, aliases=()):
    held = frozenset(roles or (Role.APPROVER,))
    return Operator(name=name, roles=held, aliases=frozenset(aliases), added=START)


def grant(card, by, assurance=1, now=START):
    return lifecycle.grant(card, by, assurance=assurance, now=now)


def in_state(state):
    given = (Grant("ana", frozenset({"approver"}), 1, START),)
    return approval(state=state, grants=given if state is not ApprovalState.PENDING else ())


ARROWS = {
    "grant": (lambda card: grant(card, person("bob")), {ApprovalState.PENDING}),
    "cover": (
        lambda card: lifecycle.cover(card, person("bob"), assurance=1, now=START),
        {ApprovalState.PENDING},
    ),
    "refuse": (
        lambda card: lifecycle.refuse(card, person("bob"), note="no", now=START),
        {ApprovalState.PENDING},
    ),
    "expire": (
        lambda card: lifecycle.expire(card, now=LATER),
        {ApprovalState.PENDING, ApprovalState.GRANTED},
    ),
    "spend": (lambda card: lifecycle.spend(card, REQUEST, now=START), {ApprovalState.GRANTED}),
}


@pytest.mark.parametrize(("arrow", "state"), list(product(ARROWS, ApprovalState)))
def test_only_these_arrows_exist(arrow, state):
    move, sources = ARROWS[arrow]
    if state in sources:
        assert move(in_state(state)).state is not state
    else:
        with pytest.raises(ConflictError):
            move(in_state(state))


def test_the_asker_never_grants_under_any_alias():
    card = approval(asker="telegram:4242")
    for asker in (person("ana", aliases=["telegram:4242"]), person("telegram:4242")):
        with pytest.raises(AuthenticationError, match="can never approve"):
            grant(card, asker)
    assert grant(card, person("ana", aliases=["telegram:42420"])).state is ApprovalState.GRANTED


def test_a_role_that_does_not_count_is_refused_and_told_what_would():
    with pytest.raises(AuthenticationError, match="somebody with role approver"):
        grant(approval(), person("ana", Role.ADMIN))


def test_too_weak_a_sign_in_is_refused():
    card = approval(requirements=(Requirement("approver", 1, 2),))
    with pytest.raises(AuthenticationError, match="AAL2"):
        grant(card, person(), assurance=1)
    assert grant(card, person(), assurance=2).state is ApprovalState.GRANTED


def test_two_people_are_two_people():
    card = grant(approval(requirements=TWO), person("ana"))
    assert card.state is ApprovalState.PENDING
    with pytest.raises(ConflictError, match="already agreed"):
        grant(card, person("ana"))
    assert grant(card, person("bob")).state is ApprovalState.GRANTED


def test_people_of_different_requirements_are_not_added_up():
    card = approval(requirements=(*TWO, Requirement("admin", people=2)))
    card = grant(card, person("ana", Role.APPROVER))
    card = grant(card, person("bob", Role.ADMIN))
    assert card.state is ApprovalState.PENDING
    assert lifecycle.fact(card) == ApprovalFact(frozenset(), 0, 0)
    card = grant(card, person("eve", Role.ADMIN))
    assert card.state is ApprovalState.GRANTED
    assert lifecycle.fact(card) == ApprovalFact(frozenset({"admin"}), 2, 1)


def test_the_fact_is_as_strong_as_the_weakest_who_counts():
    card = approval(requirements=TWO)
    card = grant(grant(card, person("ana"), assurance=3), person("bob"), assurance=2)
    assert lifecycle.fact(card) == ApprovalFact(frozenset({"approver"}), 2, 2)


@pytest.mark.parametrize("after", [timedelta(), timedelta(seconds=1)])
def test_from_its_expiry_on_it_can_only_expire(after):
    pending, granted = in_state(ApprovalState.PENDING), in_state(ApprovalState.GRANTED)
    now = pending.expires + after
    for move in (
        lambda: grant(pending, person(), now=now),
        lambda: lifecycle.refuse(pending, person(), note="", now=now),
        lambda: lifecycle.spend(granted, REQUEST, now=now),
    ):
        with pytest.raises(ConflictError, match="expired"):
            move()
    assert lifecycle.usable(granted, REQUEST, now=now) is None
    assert lifecycle.expire(granted, now=now).state is ApprovalState.EXPIRED


def test_before_its_expiry_it_does_not_expire():
    card = approval()
    with pytest.raises(ConflictError):
        lifecycle.expire(card, now=card.expires - timedelta(microseconds=1))


def test_it_is_spent_only_for_its_own_request():
    granted = in_state(ApprovalState.GRANTED)
    with pytest.raises(ConflictError, match="another request"):
        lifecycle.spend(granted, "sha256:" + "b" * 64, now=START)
    assert lifecycle.usable(granted, "sha256:" + "b" * 64, now=START) is None
    assert lifecycle.usable(granted, REQUEST, now=START) is granted


@pytest.mark.parametrize(
    "state", [each for each in ApprovalState if each is not ApprovalState.GRANTED]
)
def test_only_a_granted_one_is_usable(state):
    assert lifecycle.usable(in_state(state), REQUEST, now=START) is None
    assert lifecycle.usable(None, REQUEST, now=START) is None


def test_a_reason_has_bounds():
    with pytest.raises(InputError, match="2001 characters"):
        lifecycle.refuse(approval(), person(), note="x" * 2001, now=START)
    card = lifecycle.refuse(approval(), person(), note="not today", now=START)
    assert (card.note, card.closed_by, card.closed) == ("not today", "ana", START)


def test_parked_is_pending_after_the_wait():
    card = approval()
    assert not lifecycle.parked(card, card.wait_until - timedelta(seconds=1))
    assert lifecycle.parked(card, card.wait_until)
    assert not lifecycle.parked(replace(card, state=ApprovalState.GRANTED), LATER)


def test_requirements_in_words():
    assert lifecycle.describe(Requirement("admin")) == "somebody with role admin"
    assert lifecycle.describe(Requirement("admin", 2, 3)) == (
        "2 people with role admin, signed in at AAL3"
    )


def test_what_is_missing_counts_each_person_once_and_who_does_not_count_never():
    card = approval(requirements=(Requirement("approver", people=2), Requirement("admin", 1, 2)))
    admin = "somebody with role admin, signed in at AAL2"
    assert lifecycle.missing(card) == ["2 people with role approver", admin]
    once = grant(card, person("bob"))
    assert lifecycle.missing(once) == ["somebody with role approver", admin]
    assert lifecycle.missing(grant(once, person("cyd"))) == [admin]


def test_what_an_endorsement_covers_leaves_nothing_to_spend():
    covered = lifecycle.cover(approval(), person(), assurance=1, now=START)
    assert lifecycle.covered(covered)
    assert (covered.closed, covered.closed_by) == (START, "ana")
    assert lifecycle.usable(covered, REQUEST, now=START) is None
    spent = lifecycle.spend(grant(approval(), person()), REQUEST, now=START)
    assert not lifecycle.covered(spent)


def test_one_person_covers_nothing_that_takes_two():
    two = approval(requirements=(Requirement("approver", people=2),))
    with pytest.raises(ConflictError, match="more people"):
        lifecycle.cover(two, person(), assurance=1, now=START)
    with pytest.raises(AuthenticationError):
        lifecycle.cover(approval(), person(aliases=[approval().asker]), assurance=1, now=START)


def yes(name, *roles):
    return Grant(name, frozenset(roles or ("approver",)), 1, START)


def test_what_was_granted_waits_again_when_the_role_is_gone():
    card = approval(state=ApprovalState.GRANTED, grants=(yes("ana"),))
    assert lifecycle.lapsed(card, lambda given: frozenset({"approver", "admin"})) is card
    waiting = lifecycle.lapsed(card, lambda given: frozenset({"viewer"}))
    assert (waiting.state, waiting.grants) == (ApprovalState.PENDING, ())


def test_of_two_people_the_one_who_still_may_is_kept():
    card = approval(state=ApprovalState.GRANTED, requirements=TWO, grants=(yes("ana"), yes("bob")))
    waiting = lifecycle.lapsed(
        card, lambda given: frozenset({"approver"} if given.by == "bob" else ())
    )
    assert [given.by for given in waiting.grants] == ["bob"]
    assert waiting.state is ApprovalState.PENDING


def test_a_third_yes_that_is_gone_takes_nothing_away():
    card = approval(
        state=ApprovalState.GRANTED, requirements=TWO, grants=(yes("ana"), yes("bob"), yes("eva"))
    )
    left = lifecycle.lapsed(
        card, lambda given: frozenset() if given.by == "eva" else frozenset({"approver"})
    )
    assert left.state is ApprovalState.GRANTED and len(left.grants) == 2
