"""Deny by default: what the matrix does not list is refused, and the refusal names who may."""

from itertools import product

import pytest

from clawband.flows.authority import may, require
from clawband.identity.roles import MATRIX, Act
from clawband.model.errors import AuthenticationError
from clawband.model.person import Operator, Role, SignedIn
from tests.simulators.clocks import START


def operator(*roles):
    return SignedIn(
        operator=Operator(name="ana", roles=frozenset(roles), added=START), assurance=1, session="s"
    )


@pytest.mark.parametrize("act", Act)
def test_without_a_role_nothing_is_allowed(act):
    with pytest.raises(AuthenticationError):
        require(operator(), act)


@pytest.mark.parametrize(("act", "role"), list(product(Act, Role)))
def test_one_role_allows_what_the_matrix_says(act, role):
    assert may(operator(role), act) == (role in MATRIX[act])
    if role not in MATRIX[act]:
        with pytest.raises(AuthenticationError, match=sorted(MATRIX[act])[0]) as refused:
            require(operator(role), act)
        assert refused.value.remedy


def test_who_builds_policy_does_not_approve_and_who_audits_changes_nothing():
    assert not may(operator(Role.BUILDER), Act.DECIDE_APPROVAL)
    changing = {Act.DECIDE_APPROVAL, Act.STOP, Act.PUBLISH, Act.ADMINISTER}
    assert not any(may(operator(Role.AUDITOR, Role.VIEWER), act) for act in changing)
