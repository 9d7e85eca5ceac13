"""Steps of one agent. Each kind of line has its case in `test_compare`."""

from clawband.policy.powers import powers
from clawband.policy.steps import Direction, between
from tests.policy.asking import policy_set, replaced

DESK = powers(policy_set())["sample/desk"]


def directions(was, now, *, loose=False):
    return {step.direction for step in between(was, now, loose=loose)}


def test_from_nothing_to_nothing_and_no_step():
    assert directions(None, DESK) == {Direction.MORE}
    assert directions(DESK, None) == {Direction.LESS}
    assert directions(DESK, DESK) == directions(None, None) == set()


def test_another_workflow_matters_where_a_rule_may_name_it():
    other = powers(policy_set(replaced(('name = "desk"', 'name = "counter"'))))["sample/desk"]
    assert directions(DESK, other) == {Direction.OTHER}
    assert directions(DESK, other, loose=True) == {Direction.MORE}
