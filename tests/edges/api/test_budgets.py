"""What is left of each budget, over the operators' API."""

from tests.edges.api.calling import calling
from tests.simulators.budgets import BUDGETED
from tests.simulators.small import story


@story
async def test_every_budget_is_told_with_what_is_left(tmp_path):
    async with calling(tmp_path, policies=BUDGETED) as caller:
        await caller.message()
        permitted = await caller.ask(caller.call("read", {"path": "notes/a.md"}))
        assert permitted.json()["verdict"] == "permit", permitted.text
        found = (await caller.operate("GET", "/budgets", role="viewer")).json()["budgets"]
        money, pace = found
        assert (money["name"], money["unit"], money["most"], money["left"]) == (
            "refunds", "EUR", 20_000, 20_000,
        )  # fmt: skip
        assert money["says"] == "200.00 EUR of 200.00 EUR a day for each requester by `refund` left"
        assert (pace["used"], pace["left"], pace["share"]) == (1, 4, 20)
        assert (pace["workflow"], pace["over"], pace["key"]) == ("support", "hold", "")
