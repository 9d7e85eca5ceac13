"""`[approval]`: who is asked in the end may decide by policy, and times are checked."""

import pytest

from clawband.model.access import Action, Deny, Permit, Requirement
from clawband.model.deployment import Patience
from clawband.policy.evaluate import evaluate
from clawband.policy.patience import agreed
from clawband.policy.rule import approved
from clawband.policy.sets import PolicyError
from tests.policy.asking import MANIFEST, around, policy_set, request

SAID = '\n[approval]\nescalate_minutes = 30\nescalate_to = "admin"\nexpire_minutes = 60\n'


def answer(active, *roles, people=1):
    return evaluate(request(Action.PAY, "pay"), around(roles=roles, people=people), active)


def test_it_is_read_and_left_out_it_says_nothing():
    assert policy_set().workflows["desk"].patience == Patience()
    read = policy_set(MANIFEST + SAID).workflows["desk"].patience
    assert read == Patience(escalate_minutes=30, escalate_to="admin", expire_minutes=60)


def test_a_yes_from_a_chat_is_taken_where_the_manifest_says_so():
    assert policy_set(f"{MANIFEST}\n[approval]\nchat = true\n").workflows["desk"].patience.chat


def test_who_is_asked_in_the_end_may_decide_and_nobody_else():
    active = policy_set(MANIFEST + SAID)
    assert isinstance(answer(active, "approver"), Permit)
    assert isinstance(answer(active, "admin"), Permit)
    assert isinstance(answer(active, "operator"), Deny)
    assert isinstance(answer(policy_set(), "admin"), Deny)


def test_as_many_people_are_needed_of_either_role():
    two = MANIFEST.replace('role = "approver"', 'role = "approver"\npeople = 2') + SAID
    active = policy_set(two)
    assert isinstance(answer(active, "admin"), Deny)
    assert isinstance(answer(active, "admin", people=2), Permit)


def test_the_same_role_adds_nothing():
    wanted = Requirement("approver")
    assert agreed(wanted, Patience(escalate_to="approver")) == approved(wanted)


@pytest.mark.parametrize(
    "said",
    ["escalate_minutes = 30", 'escalate_to = "admin"', "expire_minutes = 0", "expire_minutes = -1",
     'escalate_minutes = 30\nescalate_to = "boss"', "later = 1",
     "chat = 1", "expire_minutes = 99999",
     'escalate_minutes = 30\nescalate_to = "admin"\nexpire_minutes = 30'],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(said):
    with pytest.raises(PolicyError):
        policy_set(f"{MANIFEST}\n[approval]\n{said}\n")
