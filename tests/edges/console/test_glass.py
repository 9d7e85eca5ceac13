"""The page of broken glass, and the alarm on every other page."""

import re

from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE

PLACE = "/people/glass"


def look(house, name, path=PLACE):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_broken_seen_by_everybody_ended_and_reviewed(own):
    assert "No codes are sealed" in look(own, "vi") and "It was never broken." in look(own, "vi")
    one, two = own.served.run(own.shop.service.glass.seal(2, own.shop.as_("ana")))
    fields = {"code": one, "purpose": f"stop {HOSTILE}"}
    assert own.post("vi", f"{PLACE}/begin", **{**fields, "code": "wrong"}).status_code == 403
    assert own.post("vi", f"{PLACE}/begin", **fields).headers["location"] == PLACE
    html = look(own, "dov")
    (named,) = re.findall(r"/people/glass/(gls_\w+)/second", html)
    assert HOSTILE not in html and one not in html
    assert "Somebody else opens another envelope." in look(own, "vi")
    path = f"{PLACE}/{named}"
    assert own.post("vi", f"{path}/second", code=two).status_code == 403
    assert "The glass is broken:" not in look(own, "bo", "/")
    assert own.post("dov", f"{path}/second", code=two).headers["location"] == PLACE
    for page in ("/", "/activity", PLACE):
        text = Page(look(own, "bo", page)).text
        assert "The glass is broken: vi is administrator, with dov, it ends in" in text, page
    assert own.post("vi", "/controls/pause", kind="tool", name="doc_read").status_code == 303
    assert "End it now" in look(own, "ana") and "End it now" not in look(own, "bo")
    assert own.post("dov", f"{path}/end").headers["location"] == PLACE
    assert own.post("vi", "/controls/resume", kind="tool", name="doc_read").status_code == 403
    text = Page(look(own, "bo", "/")).text
    assert "Broken glass waits for its review by somebody who was not there." in text
    record = Page(look(own, "bo", path)).text
    assert "pauses tool:doc_read" in record and record.index("pauses") < record.index("half")
    assert "It is reviewed" not in look(own, "bo")
    assert own.post("dov", f"{path}/review", findings="fine").status_code == 403
    answer = own.post("ana", f"{path}/review", findings="it was needed")
    assert answer.headers["location"] == PLACE
    html = look(own, "bo")
    assert "Broken glass waits" not in html and "It was needed" in html
