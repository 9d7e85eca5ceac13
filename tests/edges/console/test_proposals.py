"""The pages of what takes two people: shown exactly, agreed by another, once."""

import re

from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE

PLACE = "/people/changes"


def look(house, name, path=PLACE):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def proposed(house, what, *given, note="why not"):
    proposals = house.shop.service.proposals
    made = house.served.run(getattr(proposals, what)(*given, note, house.shop.as_("ana")))
    return f"{PLACE}/{getattr(made, 'proposal', made).id}", made


def test_the_second_person_sees_what_changes_and_agrees_once(own):
    path, made = proposed(own, "roll_back", note=f"back {HOSTILE}")
    listed = look(own, "vi")
    assert "1 change waits for a second person" in Page(listed).text and HOSTILE not in listed
    html = look(own, "bo", path)
    text = Page(html).text
    assert made.digest in text and made.content in text, "the exact content is shown"
    assert "What it changes" in text and "document" in text
    for name in ("ana", "vi", "dov"):
        assert "Agree: it happens now" not in look(own, name, path), name
    assert "Withdraw" in look(own, "ana", path) and "Withdraw" not in look(own, "vi", path)
    assert own.post("ana", f"{path}/agree", digest=made.digest).status_code == 403
    assert own.post("bo", f"{path}/agree", digest="sha256:0").status_code == 409
    (digest,) = re.findall(r'name="digest" value="([^"]+)"', html)
    assert own.post("bo", f"{path}/agree", digest=digest).headers["location"] == path
    assert own.shop.service.policies.active.digest == made.says["set"]
    assert own.post("bo", f"{path}/agree", digest=digest).status_code == 409
    text = Page(look(own, "bo", path)).text
    assert "done by bo" in text and "Agree: it happens now" not in text


def test_the_link_of_an_invitation_is_on_no_page_of_who_agreed(own):
    path, made = proposed(own, "invite", "noor", ["auditor"], [])
    answer = own.post("bo", f"{path}/agree", digest=made.proposal.digest)
    assert answer.headers["location"] == path
    for name in ("ana", "bo"):
        assert "/welcome/" not in answer.text + look(own, name, path) + look(own, name)


def test_a_no_has_its_reason(own):
    path, _ = proposed(own, "remove", "vi")
    assert own.post("dov", f"{path}/refuse", note="x").status_code == 403
    assert own.post("bo", f"{path}/refuse", note="she stays").headers["location"] == PLACE
    assert "She stays." in Page(look(own, "vi")).text


def test_an_empty_list_says_what_it_is_for(empty):
    text = Page(look(empty, "vi")).text
    assert "No change waits for a second person" in text and "dual_control" in text
