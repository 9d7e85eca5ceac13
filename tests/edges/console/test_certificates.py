"""The page of certificates: what ends when, renewed and revoked."""

import pytest

from tests.edges.console.browsing import Page

PLACE = "/secrets/certificates"


@pytest.fixture(scope="module", autouse=True)
def shown(own):
    own.served.run(own.shop.service.certificates.renewals.load())


def look(house, name="ana"):
    answer = house.as_(name).get(PLACE)
    assert answer.status_code == 200, answer.text
    return answer.text


def serial(own):
    found = own.shop.service.certificates.listed(own.shop.as_("ana"))
    return next(each.certificate.facts.serial for each in found if each.certificate.name == "shop")


def test_what_ends_when(own):
    text = Page(look(own)).text
    assert "none of which ends soon" in text
    assert "shop shown by a door of ours" in text and "root signs others" in text


def test_it_is_renewed_by_who_may(own):
    before = serial(own)
    assert before[:12] in look(own)
    for who in ("bo", "vi"):
        assert "Renew</button>" not in look(own, who)
        assert own.post(who, f"{PLACE}/shop/renew").status_code == 403
    assert own.post("dov", f"{PLACE}/shop/renew").headers["location"] == PLACE
    assert serial(own) != before and "shows a new certificate" in Page(look(own, "dov")).text
    assert own.post("dov", f"{PLACE}/none/renew").status_code == 404


def test_what_is_no_gateways_is_not_revoked(own):
    assert own.post("ana", f"{PLACE}/{serial(own)}/revoke", why="w").status_code == 404
    assert own.post("dov", f"{PLACE}/{serial(own)}/revoke", why="w").status_code == 403
