"""Vouching for values: who may, for what, how long, and how it ends."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.approvals import lifecycle
from clawband.approvals.compression import Waiting, groups
from clawband.flows.endorse import EVERY, LONGEST, Vouching, cover, endorse, revoke
from clawband.model.access import Requirement
from clawband.model.approval import ApprovalState
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.person import Role
from clawband.ports.unit import KeepPayload, PutEndorsement
from tests.flows.shelved import ASKER, Shelf, person, said
from tests.simulators.clocks import START

ENTROPY = bytes(range(96))
WANTED = Vouching(
    agent="sample/desk", values=(("recipient", "bob@example.com"),), session="s", tool="mail",
    purpose="the monthly report", decisions=("dec_1",),
)  # fmt: skip


@pytest.fixture
def shelf(tmp_path):
    made = Shelf(tmp_path)
    yield made
    made.store.close()


def vouch(shelf, by=None, **changes):
    how = {"ledger": shelf.store, "records": shelf.store, "now": START, "entropy": ENTROPY}
    return endorse(replace(WANTED, **changes), by or person(), **how)


def test_it_names_who_for_what_and_until_when(shelf):
    shelf.decided("dec_1")
    (given,), unit = vouch(shelf)
    assert (given.agent, given.session, given.tool) == ("sample/desk", "sample/s", "mail")
    assert (given.meaning, given.value) == ("recipient", "bob@example.com")
    assert (given.by, given.purpose) == ("olga", "the monthly report")
    assert given.expires - given.opened == timedelta(hours=8)
    assert given.decisions == ("dec_1",) and given.id.startswith("end_")
    shelf.put(unit)
    assert shelf.store.endorsements("sample/desk") == (given,)
    assert shelf.store.endorsement(given.id) == given


def test_the_leaf_tells_of_it_and_never_says_the_value(shelf):
    shelf.decided("dec_1")
    (given,), unit = vouch(shelf)
    (event,) = unit.events
    assert (event.tag, event.who, event.cause) == ("endorsement:add", "olga", "dec_1")
    assert (event.agent, event.session, event.resource) == ("sample/desk", "s", "Tool::mail")
    assert event.detail["endorsement"] == given.id
    assert "bob" not in str(event)
    (payload,) = [each for each in unit.changes if isinstance(each, KeepPayload)]
    assert json.loads(payload.body)["arguments"] == {
        "meaning": "recipient", "value": "bob@example.com", "purpose": "the monthly report",
    }  # fmt: skip
    assert payload.digest == event.detail["payload"]


def test_each_value_is_one_endorsement_with_its_own_id(shelf):
    values = (("recipient", "a@x"), ("link", "https://x/"), ("recipient", "a@x"))
    given, unit = vouch(shelf, values=values, decisions=())
    assert [each.value for each in given] == ["a@x", "https://x/"]
    assert len({each.id for each in given} | {each.id for each in unit.events}) == 4


def test_wide_only_when_it_is_said(shelf):
    (given,), _ = vouch(shelf, session=EVERY, tool=EVERY, decisions=())
    assert (given.session, given.tool) == ("", "")
    for missing in ("session", "tool"):
        with pytest.raises(InputError, match=f"expected the {missing}"):
            vouch(shelf, **{missing: ""})


WRONG = {
    "no purpose": {"purpose": " "},
    "a book for a purpose": {"purpose": "x" * 501},
    "no time": {"life": timedelta()},
    "longer than a month": {"life": LONGEST + timedelta(seconds=1)},
    "no value": {"values": ()},
    "too many": {"values": tuple(("id", str(n)) for n in range(65))},
    "a blank": {"values": (("recipient", "  "),)},
    "a hidden character": {"values": (("recipient", "bob\u202e@x"),)},
    "no such meaning": {"values": (("planet", "x"),)},
    "no gateway": {"agent": "desk"},
    "a hidden agent": {"agent": "sample/de\u200bsk"},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_not_said_well_is_refused(shelf, what):
    shelf.decided("dec_1")
    with pytest.raises(InputError):
        vouch(shelf, **WRONG[what])


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.APPROVER)])
def test_only_approvers_and_admins_may(shelf, role):
    with pytest.raises(AuthenticationError):
        vouch(shelf, person("x", role), decisions=())


def test_a_source_is_for_admins(shelf):
    source = {"values": (("", "web_fetch:docs.example.com"),), "decisions": ()}
    with pytest.raises(AuthenticationError, match="endorse source"):
        vouch(shelf, **source)
    (given,), _ = vouch(shelf, person("ada", Role.ADMIN), **source)
    assert given.meaning == ""


def test_the_asker_never_vouches_for_what_they_asked(shelf):
    shelf.decided("dec_1", verdict="deny")
    with pytest.raises(AuthenticationError, match="can never vouch"):
        vouch(shelf, person("olga", aliases=[ASKER]))


def test_not_even_by_leaving_the_decision_out(shelf):
    shelf.held(1, said("bob@example.com"))
    asker = person("olga", aliases=[ASKER])
    for wide in ({}, {"session": EVERY}, {"tool": EVERY}):
        with pytest.raises(AuthenticationError, match="can never vouch"):
            vouch(shelf, asker, decisions=(), **wide)
    assert vouch(shelf, asker, decisions=(), session="another"), "what does not wait there"


def test_a_decision_must_exist_and_be_of_that_agent(shelf):
    with pytest.raises(NotFoundError):
        vouch(shelf, decisions=("dec_9",))
    shelf.decided("dec_1", agent="sample/other")
    with pytest.raises(InputError, match="sample/other"):
        vouch(shelf)


def test_revoking_ends_it_at_once_and_once(shelf):
    shelf.decided("dec_1")
    (given,), unit = vouch(shelf)
    shelf.put(unit)
    how = {"shelved": shelf.store, "now": START + timedelta(hours=1), "entropy": ENTROPY[1:]}
    ended, unit = revoke(given.id, person("dov", Role.OPERATOR), **how)
    assert not ended.holds(how["now"]) and ended.revoked_by == "dov"
    (event,) = unit.events
    assert (event.tag, event.outcome, event.cause) == ("endorsement:revoke", "revoked", "dec_1")
    shelf.put(unit)
    assert shelf.store.endorsements("sample/desk") == ()
    with pytest.raises(ConflictError, match="holds no more"):
        revoke(given.id, person(), **how)
    with pytest.raises(NotFoundError):
        revoke("end_none", person(), **how)
    with pytest.raises(AuthenticationError):
        revoke(given.id, person("vi", Role.VIEWER), **how)


def test_what_expired_is_not_revoked_again(shelf):
    shelf.decided("dec_1")
    (given,), unit = vouch(shelf)
    shelf.put(unit)
    with pytest.raises(ConflictError):
        revoke(given.id, person(), shelved=shelf.store, now=given.expires, entropy=ENTROPY)


def offered(shelf, *values, **fields):
    ids = [shelf.held(number, each, **fields) for number, each in enumerate(values)]
    cards = [shelf.store.approval(each) for each in ids]
    waiting = [Waiting(card, (value,)) for card, value in zip(cards, values, strict=True)]
    found = groups(waiting)
    return found[0] if found else None


def covered(shelf, group, by=None):
    how = {"desk": shelf.store, "now": START, "entropy": ENTROPY}
    return cover(group, by or person(), "the report", timedelta(hours=1), **how)


def test_a_group_is_vouched_for_and_approved_in_one_unit(shelf):
    group = offered(shelf, said("a@x"), said("b@x"), said("a@x"))
    given, unit = covered(shelf, group)
    assert [each.value for each in given] == ["a@x", "b@x"]
    assert all(each.decisions == ("dec_0", "dec_1", "dec_2") for each in given)
    assert len({event.id for event in unit.events}) == 5
    shelf.put(unit)
    cards = shelf.store.approvals(frozenset({ApprovalState.SPENT}))
    assert all(lifecycle.covered(card) for card in cards), "nothing is left to spend"
    assert {card.id for card in cards} == {"apr_0", "apr_1", "apr_2"}
    assert {grant.by for card in cards for grant in card.grants} == {"olga"}
    assert len(shelf.store.endorsements("sample/desk")) == 2


def test_all_or_nothing_when_somebody_decided_one_card_meanwhile(shelf):
    group = offered(shelf, said("a@x"), said("b@x"))
    _, late = covered(shelf, group)
    shelf.put(covered(shelf, group, person("pia"))[1])
    with pytest.raises(ConflictError):
        shelf.put(late)
    assert {each.by for each in shelf.store.endorsements("sample/desk")} == {"pia"}
    with pytest.raises(ConflictError):
        covered(shelf, group)


def test_who_may_not_approve_the_cards_cannot_cover_them(shelf):
    group = offered(shelf, said("a@x"), said("b@x"))
    with pytest.raises(AuthenticationError):
        covered(shelf, group, person("ada", Role.ADMIN))
    with pytest.raises(AuthenticationError, match="never vouch"):
        covered(shelf, group, person("self", aliases=[ASKER]))


def test_one_person_never_covers_what_takes_two(shelf):
    two = (Requirement("approver", people=2), Requirement("admin"))
    group = offered(shelf, said("a@x"), said("b@x"), requirements=two)
    with pytest.raises(ConflictError, match="more people"):
        covered(shelf, group)
    assert list(shelf.store.all_endorsements()) == []
    _, unit = covered(shelf, group, person("ada", Role.ADMIN))
    assert sum(isinstance(each, PutEndorsement) for each in unit.changes) == 2
