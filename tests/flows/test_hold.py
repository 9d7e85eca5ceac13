"""A card per exact request, opened only when somebody could lift the denial."""

from clawband.model.access import Deny, Hold
from clawband.ports.unit import MoveApproval, OpenApproval
from tests.flows.deciding import Desk, message, request
from tests.policy.asking import MANIFEST, policy_set, replaced

TWO_ADMINS = replaced(('role = "approver"', 'role = "admin"\npeople = 2'))


def held(desk):
    desk.run(message())
    return desk.run(request("pay"))


def test_the_card_says_everything_a_person_needs():
    decided = held(Desk())
    (card,) = [each.approval for each in decided.unit.changes if isinstance(each, OpenApproval)]
    assert card.request == request("pay").digest() and card.decision == decided.id
    assert (card.asker, card.agent, card.resource) == ("telegram:4242", "sample/desk", "pay")
    assert card.payload in {getattr(each, "digest", "") for each in decided.unit.changes}
    assert card.opened < card.wait_until < card.expires
    assert card.requirements == decided.decision.requirements


def test_what_nobody_can_lift_opens_nothing():
    desk = Desk()
    desk.run(message())
    decided = desk.run(request("drop"))
    assert isinstance(decided.decision, Deny)
    assert not any(isinstance(each, OpenApproval) for each in decided.unit.changes)


def test_when_policy_changes_the_card_asks_for_what_it_says_now():
    desk = Desk(policy_set(MANIFEST))
    first = held(desk)
    desk.active = policy_set(TWO_ADMINS)
    second = desk.run(request("pay"))
    assert isinstance(second.decision, Hold)
    assert second.decision.approval == first.decision.approval
    assert [(each.role, each.people) for each in second.decision.requirements] == [("admin", 2)]
    (moved,) = [each for each in second.unit.changes if isinstance(each, MoveApproval)]
    assert moved.approval.requirements == second.decision.requirements


def test_other_arguments_are_another_card():
    desk = Desk()
    first = held(desk)
    second = desk.run(request("pay", arguments={"amount": 2}))
    assert second.decision.approval != first.decision.approval
