"""Changing what is held, and standing in, as a browser does it."""

import re
from datetime import UTC, datetime, timedelta

from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE, REVERSED

PLACE = "/people/delegations"


def look(house, name, path):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def fields(html):
    """What the form would send back untouched."""
    inputs = re.findall(r'name="(to\.[^"]+)" value="([^"]*)"', html)
    areas = re.findall(r'name="(to\.[^"]+)"[^>]*>\n([^<]*)</textarea>', html)
    return dict(inputs + areas)


def test_the_form_is_there_for_who_may_decide_and_names_what_can_change(own):
    path = f"/approvals/{own.shop.ids['waiting']}"
    html = look(own, "bo", path)
    assert {"to.account", "to.name", "to.note", "to.amount"} <= set(fields(html))
    assert "to.file" not in html, "it would look like another name in a field"
    assert "to.tags" not in html and HOSTILE not in html
    for name in ("vi", "ana", "cleo"):
        assert "textarea" not in look(own, name, path)
    assert "textarea" not in look(own, "tess", f"/approvals/{own.shop.ids['parked']}")


def test_an_untouched_form_changes_nothing(own):
    path = f"/approvals/{own.shop.ids['parked']}"
    sent = {
        key: value.replace("\n", "\r\n") for key, value in fields(look(own, "bo", path)).items()
    }
    assert sent
    answer = own.post("bo", f"{path}/edit", **sent)
    assert answer.status_code == 400 and "Nothing was changed" in Page(answer.text).text
    wrong = own.post("bo", f"{path}/edit", **{**sent, "to.amount": "a lot"})
    assert wrong.status_code == 400 and "whole number" in Page(wrong.text).text


def test_what_was_written_is_allowed_and_the_difference_is_shown(own):
    path = f"/approvals/{own.shop.ids['parked']}"
    answer = own.post("bo", f"{path}/edit", **{"to.reason": f"it came {HOSTILE}{REVERSED}"})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    html = look(own, "bo", path)
    assert "You changed refund and allowed that, once." in Page(html).text
    assert "What people changed" in html and HOSTILE not in html and REVERSED not in html
    assert re.search(r"<del>broken on arrival</del>|<del>broken</del>", html)
    assert "<ins>" in html and "textarea" not in html
    assert "What people changed" not in look(own, "vi", path)
    again = own.post("bo", f"{path}/edit", **{"to.reason": "x"})
    assert again.status_code == 409


def test_who_stands_in_decides_until_it_is_ended(own):
    assert "Nobody stands in for anybody" in Page(look(own, "vi", PLACE)).text
    assert "nothing to hand over" in Page(look(own, "vi", PLACE)).text
    last = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
    why = f"holiday {HOSTILE}"
    assert own.post("bo", PLACE, to="dov", until="soon", purpose=why).status_code == 400
    assert own.post("bo", PLACE, to="vi", until=last, purpose=why).status_code == 403
    assert own.post("vi", PLACE, to="dov", until=last, purpose=why).status_code == 403
    path = f"/approvals/{own.shop.ids['waiting']}"
    assert "Not yours to approve" in look(own, "dov", path)
    assert own.post("bo", PLACE, to="dov", until=last, purpose=why).status_code == 303
    html = look(own, "vi", PLACE)
    assert "dov decides for bo" in Page(html).text and HOSTILE not in html and "End it" not in html
    assert "Not yours to approve" not in look(own, "dov", path)
    assert own.post("dov", f"{path}/grant").status_code == 303
    assert "dov for bo" in Page(look(own, "vi", path)).text
    assert own.post("vi", f"{PLACE}/bo/end").status_code == 403
    assert own.post("dov", f"{PLACE}/bo/end").status_code == 303
    assert "Nobody decides for bo any more." in Page(look(own, "dov", PLACE)).text
