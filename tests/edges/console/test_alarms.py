"""Now says first that a honeytoken was used, by whom, and where it was planted."""

from dataclasses import replace

from clawband.flows.honeytokens import Asked
from clawband.flows.leak import Asked as Reported
from clawband.model.honeytoken import Place, Sighting
from clawband.model.leak import Step
from clawband.ports.store import Query
from tests.edges.console.browsing import Page
from tests.service.rotating import CRM

KEY = replace(CRM, gateways=(), plan=None)
USES = frozenset({"honeytoken:use"})


def test_a_honeytoken_that_was_used_is_the_first_thing_on_the_page(empty):
    shop, run = empty.shop, empty.served.run
    tokens, asked = shop.service.honeytokens, Asked(kind="github", where="the old <wiki>")
    token, _, made = run(tokens.plant(asked, shop.as_("ana")))
    assert "honeytoken" not in empty.as_("ana").get("/").text
    for agent in ("shop/desk", "shop/other"):
        seen = Sighting(place=Place.EGRESS, gateway="shop", agent=agent)
        run(tokens.lures.met(tokens.lures.found(made.text.encode()), seen))
    page = Page(empty.as_("ana").get("/").text)
    assert "A honeytoken was used by shop/other, 2 times" in page.text
    assert "planted at: the old <wiki>" in page.text and made.values[0] not in page.text
    (use, *_) = run(shop.service.log.find(Query(tags=USES, limit=1)))
    assert f"/events/{use.event.id}" in {each.attributes.get("href") for each in page.all("a")}
    run(tokens.remove(token, shop.as_("ana")))


def test_an_open_leak_says_how_long_it_may_take_and_what_is_next(empty):
    shop, run = empty.shop, empty.served.run
    ana, service = shop.as_("ana"), shop.service
    run(service.secrets.add(KEY, ana))
    run(service.secrets.put(KEY.name, b"k4vQ8sXw2Rt7bNc9", ana))
    leak = run(service.leaks.open(KEY.name, Reported(how="it was in a chat"), ana))
    text = Page(empty.as_("ana").get("/").text).text
    assert "The secret crm/key has leaked, and the run is due in" in text
    assert "It is still lent. 0 of 7 steps are done; next: contain." in text
    run(service.leaks.take(leak.id, Step.CONTAIN, ana))
    text = Page(empty.as_("ana").get("/").text).text
    assert "It is lent to nobody. 1 of 7 steps are done; next: notify." in text
    run(service.leaks.close(leak.id, ana, "a drill"))
    assert "has leaked" not in empty.as_("ana").get("/").text
