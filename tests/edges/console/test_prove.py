"""Proving it again: what leads there, what it takes, where it leads."""

import json
from urllib.parse import quote

from tests.edges.console.browsing import Page
from tests.edges.console.test_me import Person, code, with_app


def test_an_act_that_wants_the_second_factor_again_leads_there_and_back(own):
    person, secret = with_app(own, "cleo")
    own.shop.clock.skip(minutes=6)
    asked = person.post("/me/recovery")
    assert (asked.status_code, asked.headers["location"]) == (303, "/prove?next=%2F")
    begun = person.post("/me/passkeys/begin")
    assert (begun.status_code, begun.json()) == (403, {"go": "/prove?next=/me"})
    page = person.get("/prove?next=/me")
    assert page.status_code == 200
    assert 'name="next" value="/me"' in page.text
    before = person.secret
    wrong = person.post("/prove", code="123456", next="/me")
    assert wrong.status_code == 403
    assert 'name="next" value="/me"' in wrong.text, "the way is kept"
    right = person.post("/prove", code=code(own, secret), next="/me")
    assert (right.status_code, right.headers["location"]) == (303, "/me")
    assert person.secret != before
    assert person.post("/me/recovery").status_code == 200


def test_it_leads_nowhere_else(own):
    person, _ = with_app(own, "dov")
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example", "evil.example"):
        page = Page(person.get(f"/prove?next={quote(wanted)}").text)
        fields = [each.attributes for each in page.all("input")]
        onward = {each["value"] for each in fields if each.get("name") == "next"}
        assert onward == {"/"}, wanted
        assert not [each for each in page.all("a") if "evil" in each.attributes["href"]]


def test_without_a_second_factor_it_says_what_to_do(own):
    text = Person(own, "vi").text("/prove?next=/policy")
    assert "You have no second factor yet." in text


def test_a_made_up_passkey_proves_nothing(own):
    person, _ = with_app(own, "tess")
    before = person.secret
    begun = person.post("/prove/passkey/begin").json()
    assert begun["options"]["rpId"] == "localhost"
    assert begun["options"]["userVerification"] == "required"
    for credential in ("", "{}", "[]", json.dumps({"id": "x", "response": {}})):
        answer = person.post(
            "/prove/passkey", challenge=begun["challenge"], credential=credential, next="/policy"
        )
        assert answer.status_code == 403
        assert person.secret == before
        assert "does not know that passkey" in Page(answer.text).text
