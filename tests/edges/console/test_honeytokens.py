"""The page of honeytokens: planted, used, removed; a value is told once."""

import re

from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE

PLACE = "/secrets/honeytokens"


def look(house, path=PLACE, name="ana"):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_from_the_field_to_the_alarm_and_away(own):
    assert "No honeytoken is planted" in Page(look(own)).text
    assert "Your roles may look." in look(own, name="vi")
    made = own.post("cleo", f"{PLACE}/plant", kind="github", where=f"the wiki {HOSTILE}")
    assert made.status_code == 200 and made.headers["cache-control"] == "no-store"
    (value,) = re.findall(r"ghp_\w{36}", made.text)
    listed = look(own)
    assert value not in listed and HOSTILE not in listed
    assert "1 honeytoken is planted, and nobody used it lately" in Page(listed).text

    async def say():
        async with own.shop.turn("support", "66", f"try {value}"):
            pass

    own.served.run(say())
    text = Page(look(own)).text
    assert "Somebody used a honeytoken" in text and "alarm" in text
    for path in ("/", "/secrets"):
        assert "A honeytoken was" in Page(look(own, path)).text
        assert value not in look(own, path)
    (path,) = set(re.findall(rf"{PLACE}/hny_\w+/remove", look(own)))
    assert own.post("vi", path).status_code == 403
    assert own.post("cleo", path).headers["location"] == PLACE
    assert own.post("cleo", path).status_code == 404


def test_what_cannot_be_planted(own):
    for fields in ({"kind": "planet", "where": "x"}, {"kind": "aws", "where": ""}):
        assert own.post("cleo", f"{PLACE}/plant", **fields).status_code == 400
    assert own.post("bo", f"{PLACE}/plant", kind="aws", where="x").status_code == 403
