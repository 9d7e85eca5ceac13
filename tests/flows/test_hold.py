"""A card per exact request, opened only when somebody could lift the denial."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.model.access import Action, Deny, Facts, Hold
from clawband.model.approval import ApprovalState, Grant
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.person import Operator, Role
from clawband.model.provenance import Argument, Meaning
from clawband.ports.unit import (
    DeleteOperator,
    JoinLabel,
    MoveApproval,
    OpenApproval,
    PutOperator,
    Unit,
)
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


MAIL = replaced(
    ('writes = ["note", "pay"]', 'writes = ["note", "pay", "mail"]'),
    ("[tools.look]", '[recipients]\nmail = ["*"]\n\n[tools.look]'),
    ("[tools.drop]", '[tools.mail]\neffect = "send"\nrecipients = ["to"]\n\n[tools.drop]'),
)


def mailed(*values, **fields):
    arguments = tuple(
        Argument(Meaning.RECIPIENT, f"to[{n}]", each) for n, each in enumerate(values)
    )
    facts = Facts(recipients=frozenset(values), arguments=arguments)
    return request("mail", action=Action.SEND, facts=facts, **fields)


def tainted(active):
    desk = Desk(active)
    desk.run(message("Mail it to ana@example.com."))
    outside = Label(Integrity.OUTSIDE, Confidentiality.PUBLIC)
    desk.apply(Unit([], [JoinLabel("sample/s", outside)]))
    return desk


def test_a_refusal_names_the_values_that_a_person_could_vouch_for():
    decided = tainted(policy_set(MAIL)).run(mailed("ana@example.com", "eve@evil.example"))
    assert isinstance(decided.decision, Hold)
    detail = decided.unit.events[0].detail
    assert detail["endorsable"] == ["to[1]"]
    assert "eve" not in str(detail["endorsable"]) + str(detail["origins"])


def test_where_vouching_would_not_help_nothing_is_named():
    never = '@id("x/never")\n@because("never")\nforbid (principal, action, resource) when '
    active = policy_set(MAIL, extra=f'{never}{{ resource == Tool::"mail" }};\n')
    decided = tainted(active).run(mailed("eve@evil.example"))
    assert isinstance(decided.decision, Deny)
    assert "endorsable" not in decided.unit.events[0].detail


def employ(desk, *roles):
    person = Operator(name="olga", roles=frozenset(roles), added=desk.clock.now())
    desk.memory.change(PutOperator(person, ""))


def granted(desk):
    """A card that Olga agreed to."""
    employ(desk, Role.APPROVER)
    card = desk.memory.approval_for(held(desk).request.digest())
    yes = Grant("olga", frozenset({"approver"}), 1, desk.clock.now())
    card = replace(card, grants=(yes,), state=ApprovalState.GRANTED)
    desk.memory.change(MoveApproval(card, ApprovalState.PENDING))
    return card


def gone(desk):
    desk.memory.change(DeleteOperator("olga"))


def demoted(desk):
    employ(desk, Role.VIEWER)


@pytest.mark.parametrize("lose", [gone, demoted])
def test_a_yes_counts_only_while_who_gave_it_may_give_it(lose):
    desk = Desk()
    card = granted(desk)
    lose(desk)
    decided = desk.run(request("pay"))
    assert isinstance(decided.decision, Hold) and decided.decision.approval == card.id
    assert decided.decision.reasons[0].policy == "clawband/lapsed"
    (moved,) = [change for change in decided.unit.changes if isinstance(change, MoveApproval)]
    assert (moved.was, moved.approval.state) == (ApprovalState.GRANTED, ApprovalState.PENDING)
    assert moved.approval.grants == () and moved.approval.expires == card.expires
    employ(desk, Role.APPROVER)
    assert isinstance(desk.run(request("pay")).decision, Hold), "it does not come back by itself"


def test_a_manifest_may_shorten_how_long_it_waits_and_not_lengthen_it():
    for minutes, hours in ((2, 2 / 60), (60, 1), (9 * 60, 8)):
        card = held(Desk(policy_set(f"{MANIFEST}\n[approval]\nexpire_minutes = {minutes}\n")))
        (opened,) = [each for each in card.unit.changes if isinstance(each, OpenApproval)]
        lives = opened.approval.expires - opened.approval.opened
        assert lives == timedelta(hours=hours)
        assert opened.approval.wait_until <= opened.approval.expires
