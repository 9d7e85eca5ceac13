"""The schema: every action is in it, and what breaks it is named by its id."""

import pytest

from clawband.model.access import Action, Permit
from clawband.policy.evaluate import evaluate
from clawband.policy.schema import groups, violations
from tests.policy.asking import around, policy_set, request


@pytest.mark.parametrize("action", Action)
def test_groups_are_those_of_the_schema(action):
    for group in ("any", "tool", *Action):
        permit = (
            '@id("t/one") @because("test") permit (principal in Workflow::"desk", '
            f'action in Action::"{group}", resource);'
        )
        active = policy_set(only=permit)
        cut = active.slice_of(request(action, "x"))
        assert ("t/one" in cut.policies) == (group in groups(action))


@pytest.mark.parametrize(
    "action", [action for action in Action if action.startswith(("tool:", "message:", "result:"))]
)
def test_cedar_sees_the_same_groups(action):
    """Slicing believes `groups`, Cedar believes the schema: they must say the same."""
    permit = (
        '@id("t/one") @because("test") permit (principal in Workflow::"desk", '
        'action in Action::"tool", resource);'
    )
    asked = request(action, "x")
    answer = evaluate(asked, around(roles=["admin"]), policy_set(only=permit))
    ought = "tool" in groups(action) and action not in (Action.UNKNOWN, Action.CONFIGURE)
    assert isinstance(answer, Permit) is ought


def test_violations_are_named_once_by_id():
    text = '@id("a") permit (principal, action, resource) when { context.nope };'
    found = violations(text)
    assert list(found) == ["a"]
    assert "attribute `nope`" in found["a"]


def test_an_attribute_that_may_be_absent_must_be_asked_for():
    text = '@id("a") permit (principal, action, resource) when { context.approval.people > 0 };'
    assert "optional attribute `approval`" in violations(text)["a"]


def test_nothing_is_wrong_with_what_ships():
    assert violations("\n".join(policy.text for policy in policy_set().policies)) == {}
