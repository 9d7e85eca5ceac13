"""Budgets on the page of a workflow and on the card of an approval."""

from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE
from tests.simulators.budgets import BUDGETED, REFUND


async def busy(shop):
    """Three people ask for a refund, and two get it. The card of the third, who has a name."""
    await shop.service.policies.publish_as(BUDGETED, "cleo", "budgets")
    for sender, order in (("1", "A-1"), ("2", "A-2"), (f"x{HOSTILE}", "A-3")):
        async with shop.turn("support", sender, f"refund {order}, 150.00") as context:
            wanted = {**REFUND, "order": order}
            held = await shop.call("refund", wanted, context)
            if order != "A-3":
                await shop.service.approvals.grant(held.decision.approval, shop.as_("bo"))
                assert (await shop.call("refund", wanted, context)).decision.verdict == "permit"
    return held.decision.approval


def test_what_is_left_is_on_the_page_and_on_the_card(own):
    card = own.served.run(busy(own.shop))
    html = own.as_("vi").get("/workflows/support").text
    said = Page(html).text
    assert "200.00 EUR a day for each requester by refund" in said
    assert said.count("50.00 EUR left") == 2 and "telegram:1" in said
    assert "pace 5 calls an hour, more only with a person" in said
    assert '<rect class="part" width="75" height="1"/>' in html
    assert "style=" not in html and "<script>alert" not in html
    html = own.as_("bo").get(f"/approvals/{card}").text
    said = Page(html).text
    assert "What it takes" in said and "150.00 EUR 200.00 EUR left" in said
    assert "1 call 3 calls left" in said and "pace: 5 calls an hour" in said
    assert '<rect class="take" x="0" width="75" height="1"/>' in html
    assert HOSTILE not in html


def test_a_workflow_without_budgets_says_nothing_of_them(own):
    assert 'class="bar"' not in own.as_("vi").get("/workflows/assistant").text
