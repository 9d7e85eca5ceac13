"""The page of vaults: whether each can be asked, whether all is there, and what wraps it."""

import pytest

from clawband.model.secret import Secret
from tests.edges.console.browsing import Page

PLACE = "/secrets/vaults"


@pytest.fixture(scope="module", autouse=True)
def kept(own):
    service, cleo = own.shop.service, own.shop.as_("cleo")
    asked = Secret(name="crm/key", environment="dev", kind="k", owner="cleo", purpose="p",
                   added=own.shop.clock.now())  # fmt: skip
    own.served.run(service.secrets.add(asked, cleo))
    own.served.run(service.secrets.put("crm/key", b"the second one", cleo))


def look(house, name="ana"):
    answer = house.as_(name).get(PLACE)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_how_they_are(own):
    text = Page(look(own)).text
    assert "The vault can be asked" in text and "beside the vault" in text
    assert "The master key Comes from" in text and "by another key" not in text


def test_every_value_is_looked_for(own):
    assert "Read every value once" not in look(own, "vi")
    assert own.post("vi", f"{PLACE}/check").status_code == 403
    fine = own.post("cleo", f"{PLACE}/check")
    assert "Every value that may still open something is there" in Page(fine.text).text
    vault = own.shop.service.running.vaults["own"]
    vault.drop("crm/key", 1)
    odd = Page(own.post("cleo", f"{PLACE}/check").text).text
    assert "1 value is not what it should be" in odd and "crm/key, version 1" in odd


def test_it_is_wrapped_anew_by_who_may_everywhere(own):
    assert own.post("vi", f"{PLACE}/rewrap").status_code == 403
    assert own.post("cleo", f"{PLACE}/rewrap").headers["location"] == PLACE
    assert "are wrapped by the key of now" in Page(look(own, "cleo")).text
