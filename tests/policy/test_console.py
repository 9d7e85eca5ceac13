"""The policy of Clawband itself: the matrix it makes, and what it answers to the unknown."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.identity.roles import Act
from clawband.model.access import Deny, Permit
from clawband.model.environments import ENVIRONMENTS
from clawband.model.person import Role
from clawband.policy import console
from clawband.policy.console import POLICIES, Standing, answer, lifted, local, roles_for


@pytest.mark.golden
def test_each_role_and_act(golden):
    """`there`: the role in one environment is enough for what belongs to that one. `all`: it must
    be held everywhere."""
    rows = [f"{'':16}" + "".join(f"{role:>10}" for role in Role)]
    for act in sorted(Act):
        cells = (_reach(act, role) for role in Role)
        rows.append(f"{act:16}" + "".join(f"{cell:>10}" for cell in cells))
    golden("role-act-matrix.txt", "\n".join(rows) + "\n")


def _reach(act, role):
    if role not in roles_for(act):
        return "-"
    limited = Standing(roles=frozenset({f"{role}@production"}))
    there = isinstance(answer(act, limited, "production"), Permit)
    assert there == local(act)
    return "there" if there else "all"


HELD = [*Role, *(f"{role}@{where}" for role, where in product(Role, ENVIRONMENTS))]
PLACES = st.sampled_from(["", *ENVIRONMENTS])


@given(roles=st.frozensets(st.sampled_from(HELD)), act=st.sampled_from(Act), where=PLACES)
def test_a_role_of_another_environment_adds_nothing(roles, act, where):
    """Nor does it in Clawband itself, which is of no environment."""
    stands = Standing(roles=roles, assurance=2, fresh=True)
    here = frozenset(each for each in roles if "@" not in each or each.endswith(f"@{where}"))
    for ask in (answer, lifted):
        told, alone = ask(act, stands, where), ask(act, replace(stands, roles=here), where)
        assert isinstance(told, Permit) == isinstance(alone, Permit)


@given(act=st.sampled_from(Act), key=PLACES, where=PLACES)
def test_a_key_of_another_environment_opens_nothing(act, key, where):
    named = Standing(roles=frozenset(), service=True, scope=True, environment=key)
    everywhere = answer(act, replace(named, environment=""), where)
    told = answer(act, named, where)
    assert isinstance(told, Permit) == (isinstance(everywhere, Permit) and key in ("", where))


@pytest.mark.parametrize(("act", "roles"), [
    ("fly", {"admin"}), ("", {"admin"}), ("look", {"emperor"}), ("look", set()), ("any", {"admin"}),
])  # fmt: skip
def test_what_policy_does_not_know_is_denied(act, roles):
    for ask in (answer, lifted):
        told = ask(act, Standing(roles=frozenset(roles), assurance=3, fresh=True))
        assert isinstance(told, Deny)
        assert told.reasons[0].policy == console.UNNAMED and told.remedy


def test_a_place_that_policy_does_not_know_is_nobodys():
    admin = Standing(roles=frozenset({"admin", "admin@mars"}), assurance=2, fresh=True)
    assert isinstance(answer("look", admin, "mars"), Deny)


def test_a_step_up_lifts_only_the_policy_that_asks_for_it():
    builder = Standing(roles=frozenset({"builder"}), second_factor=True)
    assert isinstance(answer("publish", builder), Deny)
    assert isinstance(lifted("publish", builder), Permit)
    assert isinstance(lifted("administer", builder), Deny)


def test_every_refusal_of_a_policy_says_what_to_do():
    assert all(each.remedy for each in POLICIES.values() if each.effect == "forbid")
