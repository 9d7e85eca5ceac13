"""Budgets in a running service: many at once, over a restart, and who may look."""

import asyncio
from dataclasses import replace

from clawband.model.access import Deny, Hold, Permit
from clawband.model.person import Role
from tests.simulators.budgets import BUDGETED, REFUND
from tests.simulators.small import service_on, small, story

READ = {"path": "notes/a.md"}


def left(house, role="admin"):
    found = house.service.budgets.seen(house.signed(role))
    return {each.budget.name: (each.key, each.used, each.left) for each in found}


async def many(house, count, first=0):
    """As many calls at once; how many are permitted."""
    calls = (
        house.call("read", f"c{n}", READ, runId=f"r{n}") for n in range(first, first + count)
    )  # fmt: skip
    return [each.decision for each in await asyncio.gather(*calls)]


@story
async def test_many_at_once_spend_all_of_it_and_no_more(tmp_path):
    async with small(tmp_path, policies=BUDGETED) as house:
        assert left(house)["pace"] == ("", 0, 5)
        answers = await many(house, 20)
        assert [isinstance(each, Permit) for each in answers] == [True] * 5 + [False] * 15
        assert all("0 calls of 5 calls left" in each.reasons[0].because for each in answers[5:])
        assert left(house)["pace"] == ("", 5, 0)


@story
async def test_what_is_used_outlives_a_restart_and_is_forgotten_in_time(tmp_path):
    async with small(tmp_path, policies=BUDGETED) as house:
        await many(house, 4)
        await house.service.stop()
        house.service = service_on(tmp_path, house.clock, seed="again")
        await house.service.start()
        answers = await many(house, 2, first=4)
        assert [each.verdict for each in answers] == ["permit", "hold"]
        await house.service.budgets.tidy()
        assert left(house)["pace"] == ("", 5, 0)
        house.clock.forward(hours=1)
        await house.service.budgets.tidy()
        assert house.service.running.store.documents("budget") == []
        assert isinstance((await many(house, 1, first=9))[0], Permit)


@story
async def test_an_approved_refund_runs_only_while_there_is_money(tmp_path):
    async with small(tmp_path, policies=BUDGETED) as house:
        cards = []
        for number in (1, 2):
            held = await house.call("refund", f"c{number}", {**REFUND, "order": f"A-{number}"})
            assert isinstance(held.decision, Hold)
            await house.service.approvals.grant(held.decision.approval, house.signed("approver"))
            cards.append(held)
        assert left(house)["refunds"] == ("", 0, 20_000), "a card reserves nothing"
        again = [
            (await house.call("refund", f"c{n}", {**REFUND, "order": f"A-{n}"})).decision
            for n in (1, 2)
        ]
        assert isinstance(again[0], Permit) and isinstance(again[1], Deny)
        assert "50.00 EUR of 200.00 EUR left, and this is 150.00 EUR" in again[1].reasons[0].because
        (money, pace) = house.service.budgets.about(cards[1].unit.events[0])
        assert (money.key, money.left, money.asked) == ("telegram:4242", 5_000, 15_000)
        assert (pace.key, pace.used) == ("", 1)


@story
async def test_only_what_may_be_looked_at_is_listed(tmp_path):
    async with small(tmp_path, policies=BUDGETED) as house:
        assert set(left(house, "viewer")) == {"refunds", "pace"}
        vera = house.signed("viewer")
        elsewhere = replace(vera, operator=replace(vera.operator, roles=frozenset()))
        assert house.service.budgets.seen(elsewhere) == []
        assert Role.VIEWER in vera.operator.roles
