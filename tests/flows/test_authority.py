"""Deny by default, a reason with every refusal, and the second factor again where it is due."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from clawband.flows.authority import FRESH, decided, may, require
from clawband.identity.roles import Act
from clawband.model.errors import AuthenticationError, StepUpNeededError
from clawband.model.person import Operator, Role, SignedIn
from clawband.policy.console import roles_for
from tests.simulators.clocks import START

MARKED = {Act.PUBLISH, Act.ADMINISTER, Act.ENDORSE_SOURCE, Act.AGREE, Act.KEEP_SECRETS}
FOR_KEYS = {Act.LOOK, Act.READ_PAYLOAD, Act.EXPORT, Act.STOP, Act.REVOKE, Act.PUBLISH}


def operator(*roles, **how):
    account = Operator(name="ana", roles=frozenset(roles), added=START)
    return SignedIn(**{"operator": account, "assurance": 1, "session": "s", "at": START, **how})


@pytest.mark.parametrize("act", Act)
def test_without_a_role_nothing_is_allowed(act):
    with pytest.raises(AuthenticationError):
        require(operator(), act)


@pytest.mark.parametrize(("act", "role"), list(product(Act, Role)))
def test_one_role_allows_what_policy_says(act, role):
    allowed = role in roles_for(act)
    assert may(operator(role), act) == allowed
    if allowed:
        require(operator(role), act)
        return
    with pytest.raises(AuthenticationError, match=f"one of {roles_for(act)[0]}") as refused:
        require(operator(role), act)
    assert refused.value.remedy and not isinstance(refused.value, StepUpNeededError)


def test_who_builds_policy_does_not_approve_and_who_audits_changes_nothing():
    assert not may(operator(Role.BUILDER), Act.DECIDE_APPROVAL)
    changing = {Act.DECIDE_APPROVAL, Act.STOP, Act.PUBLISH, Act.ADMINISTER}
    assert not any(may(operator(Role.AUDITOR, Role.VIEWER), act) for act in changing)


@pytest.mark.parametrize("act", Act)
def test_what_changes_trust_wants_the_second_factor_again(act):
    stale = operator(Role.ADMIN, assurance=2, second_factor=True)
    never = replace(stale, proved=None)
    late = replace(stale, proved=START - FRESH - timedelta(seconds=1))
    weak = replace(stale, proved=START, assurance=1)
    for each in (never, late, weak):
        assert may(each, act), "it is offered, and asked for when it is done"
        if act not in MARKED:
            require(each, act)
            continue
        with pytest.raises(StepUpNeededError, match="not .* yet") as asked:
            require(each, act)
        assert "/prove" in asked.value.remedy
    require(replace(stale, proved=START - FRESH), act)


def test_a_proof_of_an_unknown_age_is_none():
    signed = operator(Role.ADMIN, assurance=2, second_factor=True, proved=START, at=None)
    with pytest.raises(StepUpNeededError):
        require(signed, Act.PUBLISH)


def test_who_lacks_the_role_is_not_sent_to_prove_anything():
    with pytest.raises(AuthenticationError) as refused:
        require(operator(Role.VIEWER, second_factor=True), Act.PUBLISH)
    assert type(refused.value) is AuthenticationError


@pytest.mark.parametrize("act", Act)
def test_a_key_does_what_it_names_and_nothing_that_only_people_may(act):
    for roles in ((), (Role.ADMIN, Role.APPROVER)):
        named = operator(*roles, service=True, scope=frozenset({str(act)}))
        assert may(named, act) == (act in FOR_KEYS)
        assert not may(replace(named, scope=frozenset()), act)
        others = frozenset(map(str, set(Act) - {act}))
        assert not may(replace(named, scope=others), act)


def test_the_reason_is_the_policy_that_decided():
    told = decided(operator(Role.BUILDER), Act.PUBLISH)
    assert [reason.policy for reason in told.reasons] == ["console/builder"]
    told = decided(operator(Role.ADMIN, service=True, scope=frozenset({"agree"})), Act.AGREE)
    assert [reason.policy for reason in told.reasons] == ["console/people-only"]
