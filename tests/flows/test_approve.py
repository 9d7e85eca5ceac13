"""Granting, refusing and expiring: each is one unit with its leaf."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.flows import approve
from clawband.model.approval import ApprovalState
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.model.person import Operator, Role, SignedIn
from clawband.ports.unit import MoveApproval
from tests.contracts.writing import approval
from tests.simulators.clocks import START


class Cards:
    """A ledger of some approvals; nobody stands in for anybody."""

    def __init__(self, *cards):
        self._cards = cards

    def approval(self, id):
        return next((card for card in self._cards if card.id == id), None)

    def approvals(self, states, limit=200):
        return [card for card in self._cards if card.state in states][:limit]

    def person(self, name):
        return None

    def document(self, kind, id):
        return None

    def documents(self, kind):
        return []


def person(name="ana", role=Role.APPROVER, assurance=1, aliases=()):
    operator = Operator(name=name, roles=frozenset({role}), aliases=frozenset(aliases), added=START)
    return SignedIn(operator=operator, assurance=assurance, session="s")


def grant(card, by):
    return approve.grant(card.id, by, ledger=Cards(card), now=START, entropy=bytes(10))


def test_a_grant_is_one_unit_that_names_who_and_for_what():
    card = approval()
    granted, unit = grant(card, person())
    assert granted.state is ApprovalState.GRANTED
    assert unit.changes == [MoveApproval(granted, ApprovalState.PENDING, 0)]
    (event,) = unit.events
    assert (event.tag, event.who, event.cause) == ("approval:grant", "ana", card.decision)
    assert event.detail["approval"] == card.id and event.detail["grants"] == ["ana"]


def test_the_assurance_is_that_of_the_sign_in():
    granted, _ = grant(approval(), person(assurance=2))
    assert granted.grants[0].assurance == 2


def test_the_asker_cannot_grant():
    with pytest.raises(AuthenticationError):
        grant(approval(), person(aliases=[approval().asker]))


def test_a_refusal_keeps_its_reason():
    card = approval()
    refused, unit = approve.refuse(
        card.id, person(), "no", ledger=Cards(card), now=START, entropy=bytes(10)
    )
    assert (refused.state, unit.events[0].detail["note"]) == (ApprovalState.REFUSED, "no")


def test_what_is_not_there_cannot_be_granted():
    with pytest.raises(NotFoundError):
        approve.grant("apr_x", person(), ledger=Cards(), now=START, entropy=bytes(10))


def test_only_what_is_over_expires_each_in_its_own_unit():
    later = replace(approval("apr_2", "sha256:2"), expires=START + timedelta(days=9))
    spent = replace(approval("apr_3", "sha256:3"), state=ApprovalState.SPENT)
    granted = replace(approval("apr_4", "sha256:4"), state=ApprovalState.GRANTED)
    units = approve.expire(
        Cards(approval(), later, spent, granted), now=approval().expires, entropy=bytes(10)
    )
    assert [unit.changes[0].approval.id for unit in units] == ["apr_1", "apr_4"]
    assert len({unit.events[0].id for unit in units}) == 2


def test_the_word_of_a_service_account_is_nobodys():
    machine = replace(person(role=Role.ADMIN), service=True)
    with pytest.raises(AuthenticationError, match="service account"):
        grant(approval(), machine)
    with pytest.raises(AuthenticationError, match="service account"):
        approve.refuse("apr_1", machine, "", ledger=Cards(approval()), now=START, entropy=bytes(10))
    with pytest.raises(AuthenticationError, match="service account"):
        approve.cover("apr_1", machine, ledger=Cards(approval()), now=START, entropy=bytes(10))
