"""A permit spends, everything else does not, and the decision says what is left."""

from dataclasses import replace

import pytest

from clawband.flows import spend
from clawband.model.access import Deny, Facts, Hold, Permit, Requester, Trace
from clawband.model.approval import ApprovalState, Grant
from clawband.model.person import Operator, Role
from clawband.openclaw.facts import UNREADABLE_AMOUNT
from clawband.ports.unit import MoveApproval, PutOperator, Unit
from tests.flows.deciding import Desk, request
from tests.policy.asking import policy_set, replaced

CALLS = '\n[[budgets]]\nname = "calls"\nmost = 2\nevery = "hour"\n'
MONEY = '\n[[budgets]]\nname = "money"\nmost = "10.00"\ncurrency = "EUR"\nevery = "day"\n'
ANYONE = ("systems", 'requesters = "anyone"\nsystems')
FREE = ('[[approvals]]\ntool = "pay"\nrole = "approver"\n', "")
HOLD = 'over = "hold"\nrole = "admin"\n'


def desk(said, *changes):
    return Desk(policy_set(replaced(*changes) + said)).told()


def call(tool, **fields):
    """Each tool under a call id of its own."""
    return request(tool, **{"trace": Trace(session="s", run="r", call=tool), **fields})


def pay(amount, currency=""):
    facts = Facts(amount=amount, currency=currency)
    return call("pay", facts=facts, arguments={"amount": amount})


def grant(house, held, role):
    """Have Olga agree to what was held."""
    card = house.memory.approval_for(held.request.digest())
    olga = Operator(name="olga", roles=frozenset({role}), added=house.clock.now())
    house.memory.change(PutOperator(olga, ""))
    yes = Grant("olga", frozenset({str(role)}), 1, house.clock.now())
    card = replace(card, grants=(yes,), state=ApprovalState.GRANTED)
    house.memory.change(MoveApproval(card, ApprovalState.PENDING))


def left(decided):
    (event,) = [each for each in decided.unit.events if each.tag.startswith("decision:")]
    return [(each["budget"], each["left"]) for each in event.detail.get("budgets", [])]


def test_calls_are_counted_until_the_window_has_passed():
    house = desk(CALLS)
    assert left(house.run(call("note"))) == [("calls", 1)]
    assert isinstance(house.run(call("look")).decision, Permit)
    denied = house.run(call("note"))
    assert isinstance(denied.decision, Deny)
    assert "0 calls of 2 calls left" in denied.decision.reasons[0].because
    assert left(denied) == [("calls", 0)]
    house.clock.forward(hours=1)
    assert isinstance(house.run(call("note")).decision, Permit)


def test_what_is_refused_held_or_only_looked_at_spends_nothing():
    house = desk(CALLS)
    assert isinstance(house.run(call("drop")).decision, Deny)
    assert isinstance(house.run(pay(1)).decision, Hold)
    assert isinstance(house.run(call("note", preview=True)).decision, Permit)
    assert spend.KIND.all(house.memory) == []
    assert left(house.run(call("note"))) == [("calls", 1)]


def test_money_is_spent_to_the_last_cent_and_no_further():
    house = desk(MONEY, FREE)
    assert left(house.run(pay(999))) == [("money", 1)]
    denied = house.run(pay(2))
    assert "0.01 EUR of 10.00 EUR left, and this is 0.02 EUR" in denied.decision.reasons[0].because
    assert isinstance(house.run(pay(1)).decision, Permit)
    assert isinstance(house.run(pay(0)).decision, Permit), "what costs nothing needs no budget"
    assert isinstance(house.run(call("note")).decision, Permit), "nor does what names no amount"


@pytest.mark.parametrize(
    ("amount", "currency"), [(UNREADABLE_AMOUNT, ""), (1, "USD"), (1, "?"), (1, "JPY")]
)
def test_what_nobody_can_count_is_refused(amount, currency):
    house = desk(MONEY + HOLD, FREE)
    decided = house.run(pay(amount, currency))
    assert isinstance(decided.decision, Deny)
    assert [each.policy for each in decided.decision.reasons] == ["desk/budget-money:unit"]


def test_a_currency_with_a_budget_of_its_own_is_left_to_that():
    dollars = MONEY.replace('"money"', '"dollars"').replace("EUR", "USD")
    named = ('amount = "amount"', 'amount = "amount"\ncurrency = "currency"')
    house = desk(MONEY + dollars + CALLS, FREE, named)
    assert left(house.run(pay(100, "USD"))) == [("dollars", 900), ("calls", 1)]
    assert left(house.run(pay(100, "EUR"))) == [("money", 900), ("calls", 0)]


@pytest.mark.parametrize(
    ("per", "another", "permitted"),
    [
        ("requester", {"requester": Requester("telegram:7", "telegram")}, True),
        ("channel", {"requester": Requester("telegram:7", "telegram")}, False),
        ("channel", {"requester": Requester("slack:4242", "slack")}, True),
        ("agent", {"requester": Requester("slack:4242", "slack")}, False),
        ("workflow", {"requester": Requester("slack:4242", "slack")}, False),
    ],
)
def test_each_has_its_own(per, another, permitted):
    house = desk(CALLS.replace("most = 2", f'most = 1\nper = "{per}"'), ANYONE)
    assert isinstance(house.run(call("note")).decision, Permit)
    assert isinstance(house.run(call("note")).decision, Deny)
    assert isinstance(house.run(call("note", **another)).decision, Permit) is permitted


def test_each_tool_has_its_own():
    house = desk(CALLS.replace("most = 2", 'most = 1\nper = "tool"'))
    verdicts = [house.run(call(tool)).decision.verdict for tool in ("note", "note", "look")]
    assert verdicts == ["permit", "deny", "permit"]


def test_a_budget_is_looked_at_again_when_an_approved_call_runs():
    house = desk(MONEY)
    first, second = house.run(pay(600)), house.run(pay(700))
    for each in (first, second):
        assert isinstance(each.decision, Hold)
        assert left(each) == [("money", 1_000)]
        grant(house, each, Role.APPROVER)
    assert isinstance(house.run(pay(600)).decision, Permit)
    late = house.run(pay(700))
    assert isinstance(late.decision, Deny), "an approval is no promise of money"
    assert "4.00 EUR of 10.00 EUR left" in late.decision.reasons[0].because


def test_what_goes_beyond_is_held_where_the_manifest_says_so_and_counts_too():
    house = desk(CALLS + HOLD)
    for _ in range(2):
        house.run(call("note"))
    held = house.run(call("note"))
    assert [each.role for each in held.decision.requirements] == ["admin"]
    assert "0 calls of 2 calls left" in held.decision.reasons[0].because
    grant(house, held, Role.ADMIN)
    assert isinstance(house.run(call("note")).decision, Permit)
    (kept,) = spend.KIND.all(house.memory)
    assert kept.value.window.used(house.clock.now(), 3_600) == 3
    assert isinstance(house.run(call("note")).decision, Hold)


def test_what_no_longer_counts_is_forgotten():
    house = desk(CALLS)
    house.run(call("note"))
    assert list(spend.forgotten(house.memory, house.clock.now())) == []
    house.clock.forward(hours=1)
    house.apply(Unit([], list(spend.forgotten(house.memory, house.clock.now()))))
    assert spend.KIND.all(house.memory) == []
    assert isinstance(house.run(call("note")).decision, Permit)
