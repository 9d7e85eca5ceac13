"""The pages of access reviews: what is unused comes first, and nobody is asked about themselves."""

import re

from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE

PLACE = "/people/reviews"


def look(house, path=PLACE, name="ana"):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def decide(house, path, item, verdict, name="ana", note=""):
    return house.post(name, f"{path}/decide", item=item, verdict=verdict, note=note)


def waiting(html):
    return re.findall(r'name="item" value="([^"]+)"', html)


def test_from_the_first_question_to_the_end(own):
    assert "No access is being reviewed" in Page(look(own)).text
    assert 'action="/people/reviews/open"' not in look(own, name="vi")
    path = own.post("ana", f"{PLACE}/open").headers["location"]
    assert re.fullmatch(r"/people/reviews/rev_\w{26}", path)
    html = look(own, path)
    assert "12 of 12 to decide" in Page(html).text
    asked = waiting(html)
    assert "person:vi" in asked and not [each for each in asked if ":ana" in each]
    assert "Yours, so somebody else decides." in html
    assert waiting(look(own, path, "vi")) == []
    assert decide(own, path, "person:vi", "revoke", note=f"left {HOSTILE}").status_code == 303
    assert own.as_("vi").get("/").headers["location"].startswith("/login"), "signed out at once"
    html = look(own, path)
    assert HOSTILE not in html and "The account of vi is gone, from now on." in Page(html).text
    assert decide(own, path, "person:dov", "keep").status_code == 303
    assert "is being reviewed" in Page(look(own)).text
    assert own.post("ana", f"{path}/close").status_code == 409


def test_what_is_not_allowed(own):
    (path,) = set(re.findall(rf'"({PLACE}/rev_\w+)"', look(own)))
    for who in ("bo", "cleo", "dov"):
        assert decide(own, path, "person:tess", "revoke", who).status_code == 403
        assert own.post(who, f"{path}/close").status_code == 403
        assert own.post(who, f"{PLACE}/open").status_code == 403
    assert decide(own, path, "person:ana", "keep").status_code == 403
    assert decide(own, path, "person:tess", "maybe").status_code == 400
    assert decide(own, path, "person:nobody", "keep").status_code == 404
    assert own.as_("ana").get(f"{PLACE}/rev_none").status_code == 404
    assert own.post("ana", f"{PLACE}/open").status_code == 409


def test_the_record_is_a_step_away(own):
    (path,) = set(re.findall(rf'"({PLACE}/rev_\w+)"', look(own)))
    event = re.findall(r'href="(/events/evt_\w+)"', look(own, path))[0]
    assert "reviews" in Page(look(own, event)).text
    assert "reviews" in Page(look(own, "/activity")).text
