"""Ways to get more out of a budget than it has: odd amounts, other currencies, other wrappings."""

import pytest

from clawband.model.access import Deny, Permit
from tests.simulators.budgets import BUDGETED
from tests.simulators.small import small, story

FREE = '[[approvals]]\ntool = "refund"\nrole = "approver"\n\n'
NAMED = 'amount = "amount"\n'
SUPPORT = BUDGETED["support.toml"].replace(FREE, "", 1)
ALONE = {"support.toml": SUPPORT}
"""Refunds without a person: only the budget stands between the agent and the money."""
MONEY = {"support.toml": SUPPORT.replace(NAMED, NAMED + 'currency = "currency"\ndecimals = 2\n')}
SAID = "refund order A-1, please"


async def told(house):
    """Somebody asks for it in their own words, so that nothing but the budget may refuse."""
    got = {"prompt": SAID, "channelId": "telegram:4242", "senderId": "4242"}
    assert isinstance((await house.ask("run", got)).decision, Permit)


async def refund(house, call, **params):
    return (await house.call("refund", call, {"order": "A-1", **params})).decision


def used(house):
    (money, *_) = house.service.budgets.seen(house.signed("admin"))
    return money.used


@pytest.mark.parametrize(
    "params",
    [
        {}, {"amount": None}, {"amount": -15_000}, {"amount": 0.5}, {"amount": "100"},
        {"amount": [100, 19_000]}, {"amount": {"value": 100}}, {"amount": True}, {"amount": 1e300},
        {"amount": 100, "Amount": 19_000}, {"amount": 100, "a_mount": 19_000},
        {"amount": 20_001}, {"amount": 2**53 - 1},
    ],
)  # fmt: skip
@story
async def test_an_odd_amount_is_no_small_one(tmp_path, params):
    async with small(tmp_path, policies=ALONE) as house:
        await told(house)
        decision = await refund(house, "c1", **params)
        assert isinstance(decision, Deny)
        assert all(each.policy.startswith("support/budget-refunds") for each in decision.reasons)
        assert used(house) == 0


@pytest.mark.parametrize(
    "currency", ["USD", "EU", "€", "EUR ", "EURO", 978, None, ["EUR", "USD"], "ЕUR"]
)  # the last begins with a Cyrillic letter
@story
async def test_another_currency_is_refused(tmp_path, currency):
    async with small(tmp_path, policies=MONEY) as house:
        await told(house)
        wrong = await refund(house, "c1", amount="10.00", currency=currency)
        assert isinstance(wrong, Deny) and "counts the budget" in wrong.reasons[0].because
        right = await refund(house, "c2", amount="10.00", currency="eur")
        assert isinstance(right, Permit) and used(house) == 1_000


@story
async def test_the_wrapper_of_tool_search_spends_once_and_opens_no_way_round(tmp_path):
    async with small(tmp_path, policies=ALONE) as house:
        await told(house)
        inner = {"id": "plugin:billing:refund", "args": {"order": "A-1", "amount": 15_000}}
        assert isinstance((await house.call("tool_call", "w1", inner)).decision, Permit)
        assert used(house) == 0, "the real call is asked about next"
        first = await refund(house, "tool_search_code:w1:refund:1", amount=15_000)
        assert isinstance(first, Permit) and used(house) == 15_000
        assert isinstance((await house.call("tool_call", "w2", inner)).decision, Deny)
        second = await refund(house, "tool_search_code:w2:refund:1", amount=15_000)
        assert isinstance(second, Deny) and used(house) == 15_000


@story
async def test_small_pieces_add_up(tmp_path):
    async with small(tmp_path, policies=ALONE) as house:
        await told(house)
        sizes = [9_999, 9_999, 3, 2, 1]
        answers = [await refund(house, f"c{n}", amount=each) for n, each in enumerate(sizes)]
        assert [isinstance(each, Permit) for each in answers] == [True, True, False, True, False]
        assert used(house) == 20_000
