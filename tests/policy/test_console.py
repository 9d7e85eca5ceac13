"""The policy of Clawband itself: the matrix it makes, and what it answers to the unknown."""

import pytest

from clawband.identity.roles import Act
from clawband.model.access import Deny, Permit
from clawband.model.person import Role
from clawband.policy import console
from clawband.policy.console import POLICIES, Standing, answer, lifted, roles_for


@pytest.mark.golden
def test_each_role_and_act(golden):
    rows = [f"{'':16}" + "".join(f"{role:>10}" for role in Role)]
    for act in sorted(Act):
        held = (f"{'yes' if role in roles_for(act) else '-':>10}" for role in Role)
        rows.append(f"{act:16}" + "".join(held))
    golden("role-act-matrix.txt", "\n".join(rows) + "\n")


@pytest.mark.parametrize(("act", "roles"), [
    ("fly", {"admin"}), ("", {"admin"}), ("look", {"emperor"}), ("look", set()), ("any", {"admin"}),
])  # fmt: skip
def test_what_policy_does_not_know_is_denied(act, roles):
    for ask in (answer, lifted):
        told = ask(act, Standing(roles=frozenset(roles), assurance=3, fresh=True))
        assert isinstance(told, Deny)
        assert told.reasons[0].policy == console.UNNAMED and told.remedy


def test_a_step_up_lifts_only_the_policy_that_asks_for_it():
    builder = Standing(roles=frozenset({"builder"}), second_factor=True)
    assert isinstance(answer("publish", builder), Deny)
    assert isinstance(lifted("publish", builder), Permit)
    assert isinstance(lifted("administer", builder), Deny)


def test_every_refusal_of_a_policy_says_what_to_do():
    assert all(each.remedy for each in POLICIES.values() if each.effect == "forbid")
