"""`[[budgets]]`: what is read, what it compiles to, and which change permits more."""

import pytest

from clawband.model.access import Action, Deny, Permit, Requirement
from clawband.model.budget import Budget, Standing
from clawband.openclaw import tools
from clawband.policy.budgets import Limit
from clawband.policy.compare import compare
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicyError
from tests.policy.asking import MANIFEST, around, call, policy_set, replaced

MONEY = '\n[[budgets]]\nname = "refunds"\nmost = "500.00"\ncurrency = "EUR"\nevery = "day"\n'
CALLS = '\n[[budgets]]\nname = "calls"\nmost = 20\nevery = "hour"\nper = "requester"\n'
HOLD = 'over = "hold"\nrole = "admin"\npeople = 2\n'
CURRENCY = ('amount = "amount"', 'amount = "amount"\ncurrency = "currency"\ndecimals = 2')


def read(said, manifest=MANIFEST):
    return policy_set(manifest + said).manifests["desk"].budgets


def answer(said, used, asked=1, approval=(), people=1):
    active = policy_set(MANIFEST + said)
    budget = active.workflows["desk"].budgets[0]
    standing = Standing(workflow="desk", budget=budget, used=used, asked=asked)
    around_it = around(budgets=(standing,), roles=approval, people=people)
    return evaluate(call(active, "note"), around_it, active)


def test_it_is_read():
    (money,), (calls,) = read(MONEY), read(CALLS)
    budget = Budget(name="refunds", most=50_000, every="day", currency="EUR", tools=("pay",))
    assert money == Limit(budget)
    assert calls == Limit(Budget(name="calls", most=20, every="hour", per="requester"))
    (held,) = read(CALLS + HOLD)
    assert (held.budget.over, held.lifted) == ("hold", Requirement("admin", people=2))
    assert policy_set(MANIFEST + CALLS).workflows["desk"].budgets == (calls.budget,)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (CALLS.replace("20", '"20"'), "whole number"),
        (CALLS.replace("most = 20\n", ""), "`most`"),
        (CALLS.replace("hour", "year"), "`every`"),
        (CALLS.replace("requester", "planet"), "`per`"),
        (CALLS.replace('"calls"', '"my calls"'), "small letters"),
        (CALLS + CALLS, "another name"),
        (CALLS + 'role = "admin"\n', "`over = \"hold\"`"),
        (CALLS + 'over = "hold"\n', "`role`"),
        (CALLS + 'tools = ["nothing"]\n', "that the manifest names"),
        (CALLS + "later = 1\n", "`later`"),
        (MONEY.replace('"500.00"', "500.00"), "`most`"),
        (MONEY.replace("500.00", "500.001"), "2 digits"),
        (MONEY.replace("500.00", "-5"), "2 digits"),
        (MONEY.replace("EUR", "euro"), "such as `EUR`"),
        (MONEY + 'tools = ["note"]\n', "`amount`"),
        (MONEY + MONEY.replace("refunds", "more").replace("EUR", "USD"), "two currencies"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(said, complaint):
    with pytest.raises(PolicyError) as refused:
        read(said)
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('amount = "amount"', "", "that names an `amount`"),
        ('amount = "amount"', 'amount = "amount"\ndecimals = 3', "decimals = 2"),
        ('amount = "amount"', 'amount = "a"\ncurrency = "a"', "one meaning"),
        ('effect = "delete"', 'effect = "delete"\ndecimals = 2', "`amount` beside `decimals`"),
    ],
)
def test_what_a_tool_says_must_fit(old, new, complaint):
    with pytest.raises(PolicyError) as refused:
        read(MONEY, replaced((old, new)))
    assert complaint in str(refused.value)


def test_a_tool_that_names_its_currency_may_have_several():
    dollars = MONEY.replace("refunds", "dollars").replace("EUR", "USD")
    assert len(read(MONEY + dollars, replaced(CURRENCY))) == 2


def test_what_fits_is_permitted_and_what_does_not_says_what_is_left():
    assert isinstance(answer(CALLS, 19), Permit)
    denied = answer(CALLS, 20)
    assert isinstance(denied, Deny)
    (reason,) = denied.reasons
    assert reason.policy == "desk/budget-calls"
    assert reason.because == (
        "`desk` uses at most 20 calls an hour for each requester (budget `calls`): "
        "0 calls of 20 calls left, and this is 1 call"
    )


def test_an_approval_lifts_it_only_where_the_manifest_says_so():
    assert isinstance(answer(CALLS, 20, approval=("admin", "approver"), people=2), Deny)
    assert isinstance(answer(CALLS + HOLD, 20, approval=("admin",), people=2), Permit)
    assert isinstance(answer(CALLS + HOLD, 20, approval=("admin",)), Deny)
    assert isinstance(answer(CALLS + HOLD, 20), Deny)


def test_no_approval_lifts_what_nobody_can_count():
    denied = answer(MONEY + HOLD, 0, asked=None, approval=("admin",), people=2)
    assert [each.policy for each in denied.reasons] == ["desk/budget-refunds:unit"]
    assert "expected an amount in EUR" in denied.reasons[0].because


def test_amounts_and_currencies_are_read_as_they_are_written():
    active = policy_set(replaced(CURRENCY))
    paid = {
        currency: call(active, "pay", {"amount": "12.5", "currency": currency}).facts
        for currency in ("eur", "EURO", 978, "")
    }
    assert {facts.amount for facts in paid.values()} == {1250}
    assert [facts.currency for facts in paid.values()] == ["EUR", "?", "?", "?"]
    assert call(active, "pay", {"amount": 12.5}).facts.currency == "?"
    assert call(policy_set(), "pay", {"amount": 5, "currency": "USD"}).facts.currency == ""
    assert tools.catalogue()["exec"].currency == ""
    assert call(active, "pay", {"amount": "12.505"}).action is Action.PAY


@pytest.mark.parametrize(
    ("before", "after", "direction", "says"),
    [
        ("", CALLS, "less", "may use at most 20 calls an hour for each requester"),
        (CALLS, "", "more", "may use more than 20 calls an hour for each requester"),
        (CALLS, CALLS.replace("20", "21"), "more", "at most 21 calls"),
        (CALLS, CALLS.replace("20", "19"), "less", "before 20 calls an hour"),
        (CALLS, CALLS + HOLD, "more", "without an approval by 2 people with the role admin"),
        (CALLS + HOLD, CALLS, "less", "at most 20 calls"),
        (CALLS, CALLS + 'tools = ["pay"]\n', "more", "by `pay`"),
        (CALLS + 'tools = ["pay"]\n', CALLS, "less", "at most 20 calls"),
        (CALLS, CALLS.replace("hour", "minute"), "more", "a minute"),
        (CALLS, CALLS.replace("requester", "agent"), "more", "for each agent"),
    ],
)
def test_a_change_is_told_with_its_direction(before, after, direction, says):
    (change,) = compare(policy_set(MANIFEST + before), policy_set(MANIFEST + after))
    assert change.direction == direction
    assert says in change.says
