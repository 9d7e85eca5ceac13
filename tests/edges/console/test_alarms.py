"""Now says first that a honeytoken was used, by whom, and where it was planted."""

from clawband.flows.honeytokens import Asked
from clawband.model.honeytoken import Place, Sighting
from clawband.ports.store import Query
from tests.edges.console.browsing import Page

USES = frozenset({"honeytoken:use"})


def test_a_honeytoken_that_was_used_is_the_first_thing_on_the_page(empty):
    shop, run = empty.shop, empty.served.run
    tokens, asked = shop.service.honeytokens, Asked(kind="github", where="the old <wiki>")
    token, _, made = run(tokens.plant(asked, shop.as_("ana")))
    assert "honeytoken" not in empty.as_("ana").get("/").text
    for agent in ("shop/desk", "shop/other"):
        seen = Sighting(place=Place.EGRESS, gateway="shop", agent=agent)
        run(tokens.met(tokens.found(made.text.encode()), seen))
    page = Page(empty.as_("ana").get("/").text)
    assert "A honeytoken was used by shop/other, 2 times" in page.text
    assert "planted at: the old <wiki>" in page.text and made.values[0] not in page.text
    (use, *_) = run(shop.service.log.find(Query(tags=USES, limit=1)))
    assert f"/events/{use.event.id}" in {each.attributes.get("href") for each in page.all("a")}
    run(tokens.remove(token, shop.as_("ana")))
