"""A long list comes a part at a time, and nothing of it is lost or counted wrong."""

from datetime import timedelta

from clawband.model.person import Operator, Role
from clawband.ports.unit import OpenApproval, PutOperator, Unit
from tests.contracts.writing import approval
from tests.edges.console.browsing import Page

WAIT = 10


def links(page):
    return {each.attributes.get("rel"): each.attributes["href"] for each in page.all("a")}


def follow(house, path, name):
    """Every page of a list, from the first on."""
    while path:
        page = Page(house.as_(name).get(path).text)
        yield page
        path = links(page).get("next")


def cards(page):
    return [row.attributes["data-id"] for row in page.all("li") if "data-row" in row.attributes]


def test_the_inbox_shows_what_waits_a_page_at_a_time(own):
    service = own.shop.service
    now = service.running.now()
    put = [
        OpenApproval(approval(
            f"apr_{number:03}", f"sha256:{number}", agent="shop/support", opened=now,
            wait_until=now, expires=now + timedelta(hours=1),
        ))
        for number in range(60)
    ]  # fmt: skip
    service.running.store.commit(Unit([], put)).result(WAIT)
    pages = list(follow(own, "/approvals", "bo"))
    assert len(pages) == 3 and "Decided lately" not in pages[0].text
    listed = [each for page in pages for each in cards(page)]
    assert len(set(listed)) == len(listed)
    assert {each.approval.id for each in put} <= set(listed)
    assert all("approvals wait for you" in page.text for page in pages)
    assert "1 to 25 of" in pages[0].text and "51 to" in pages[2].text
    assert links(pages[1])["prev"] == "/approvals"
    for odd in ("999", "0", "-1", "x", "٣", "9" * 40):
        assert own.as_("bo").get("/approvals", params={"page": odd}).status_code == 200


def test_people_are_listed_a_page_at_a_time(own):
    added = own.shop.service.running.now()
    put = [
        PutOperator(Operator(name=f"zoe{number}", roles=frozenset({Role.VIEWER}), added=added), "")
        for number in range(120)
    ]
    own.shop.service.running.store.commit(Unit([], put)).result(WAIT)
    pages = list(follow(own, "/people/operators", "ana"))
    assert len(pages) == 3
    text = " ".join(page.text for page in pages)
    assert all(each.operator.name in text for each in put)
