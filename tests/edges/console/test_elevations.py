"""The page of roles for a while: one asks, another decides, everybody sees it."""

import re

from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE

PLACE = "/people/elevations"


def look(house, name, path=PLACE):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def ask(house, name, role, purpose="release 7", minutes="60"):
    return house.post(name, f"{PLACE}/ask", role=role, purpose=purpose, minutes=minutes)


def waiting(html):
    return re.findall(r"/people/elevations/(elv_\w+)/grant", html)


def test_from_the_request_to_the_record(own):
    assert "Nobody has a role for a while" in Page(look(own, "vi")).text
    assert "Nobody has asked for a role yet." in look(own, "vi")
    assert ask(own, "vi", "operator", f"stop {HOSTILE}").headers["location"] == PLACE
    html = look(own, "vi")
    assert waiting(html) == [] and "Withdraw" in html, "nobody grants their own"
    assert HOSTILE not in html and "You have one already." in html
    assert waiting(look(own, "dov")) == [] and "Not yours to decide." in look(own, "dov")
    (one,) = waiting(look(own, "bo"))
    assert own.post("vi", f"{PLACE}/{one}/grant").status_code == 403
    assert own.post("bo", f"{PLACE}/{one}/grant").headers["location"] == PLACE
    text = Page(own.client.get(PLACE).text).text
    assert "vi has the role operator for 60 minutes." in text and "1 person has a role" in text
    assert own.post("vi", "/controls/pause", kind="tool", name="doc_read").status_code == 303
    assert own.post("vi", f"{PLACE}/{one}/end").status_code == 303
    assert own.post("vi", "/controls/resume", kind="tool", name="doc_read").status_code == 403
    record = Page(look(own, "vi", f"{PLACE}/{one}")).text
    assert "vi as operator" in record and "60 minutes: ended." in record
    assert record.index("pauses tool:doc_read") < record.index("asks for a role for a while:")
    assert own.as_("vi").get(f"{PLACE}/elv_none").status_code == 404


def test_a_no_is_told_with_its_reason(own):
    ask(own, "dov", "builder")
    (one,) = waiting(look(own, "ana"))
    answer = own.post("ana", f"{PLACE}/{one}/refuse", note="tomorrow")
    assert answer.headers["location"] == PLACE
    html = look(own, "dov")
    assert "dov as builder: tomorrow" in Page(html).text and waiting(html) == []


def test_only_an_administrator_lends_the_role_admin(own):
    ask(own, "cleo", "admin")
    (one,) = waiting(look(own, "ana"))
    offered = f"{PLACE}/{one}/grant"
    assert offered in look(own, "ana") and offered not in look(own, "bo")
    assert f"{PLACE}/{one}/refuse" in look(own, "bo")
    assert "asks to be admin" in own.as_("ana").get("/").text
    assert "asks to be admin" not in own.as_("bo").get("/").text
    assert own.post("bo", f"{PLACE}/{one}/grant").status_code == 403
    assert own.post("ana", f"{PLACE}/{one}/grant").status_code == 303


def test_what_is_wrong_is_said(own):
    for wrong in ({"role": "god"}, {"role": "auditor", "purpose": " "},
                  {"role": "auditor", "minutes": "1000"}):  # fmt: skip
        assert ask(own, "tess", **wrong).status_code == 400
