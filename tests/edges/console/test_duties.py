"""Now says what waits for this person besides approvals, and only what they may decide."""

from tests.edges.console.browsing import Page


def now(house, name):
    return Page(house.as_(name).get("/").text)


def test_what_people_want_waits_for_who_may_decide_it(empty):
    shop, run = empty.shop, empty.served.run
    for name in ("bo", "ana", "dov"):
        assert "Nothing waits for you." in now(empty, name).text, name
    ana, vi = shop.as_("ana"), shop.as_("vi")
    change = run(shop.service.proposals.remove("cleo", "she left", ana))
    run(shop.service.elevations.ask("operator", "release 7", 15, vi))
    code, _ = run(shop.service.glass.seal(2, ana))
    run(shop.service.glass.begin(code, "a fire", vi))
    page = now(empty, "bo")
    assert "3 decisions wait for you." in page.text
    said = (
        "vi breaks the glass and needs a second envelope",
        "vi asks to be operator for 15 minutes",
        "ana wants to remove the account cleo",
    )
    places = [page.text.lower().index(each) for each in said]
    assert places == sorted(places), "what lapses first comes first"
    below = Page(empty.as_("bo").get("/people").text).text
    assert "Changes that take two 1 waiting Broken glass 1 waiting" in below
    hrefs = {each.attributes.get("href") for each in page.all("a")}
    assert {"/people/glass", "/people/elevations", f"/people/changes/{change.id}"} <= hrefs
    assert "2 decisions wait for you." in now(empty, "ana").text, "not her own proposal"
    assert "1 decision waits for you." in now(empty, "dov").text, "anybody has an envelope"
    assert "Nothing waits for you." in now(empty, "vi").text, "both are hers"
    run(shop.service.reviews.open(14, ana))
    assert "Access is being reviewed" in now(empty, "ana").text
    assert "Access is being reviewed" not in now(empty, "bo").text
