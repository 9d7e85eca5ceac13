"""You: what you sign in with and where; every change leads over the second factor."""

import re
from datetime import timedelta

import pyotp

from tests.edges.console.browsing import Page
from tests.edges.console.shop import PASSWORD

MACHINE = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"


class Person:
    """Somebody who signs in at a browser of their own."""

    def __init__(self, house, name, *, agent=MACHINE, code=""):
        self.house, self.client, self.name = house, house.nobody(), name
        self.client.headers["user-agent"] = agent
        data = {"name": name, "password": PASSWORD, "code": code}
        self.answer = self.client.post("/login", data=data, headers={"origin": house.origin})
        self.secret = self.client.cookies.get("clawband", "")

    def get(self, path):
        self._back()
        return self.client.get(path)

    def post(self, path, **fields):
        self._back()
        csrf = self.house.shop.service.operators.who(self.secret).csrf
        answer = self.client.post(
            path, data={"csrf": csrf, **fields}, headers={"origin": self.house.origin}
        )
        self.secret = answer.cookies.get("clawband", self.secret)
        return answer

    def text(self, path="/me"):
        return Page(self.get(path).text).text

    def _back(self):
        self.client.cookies.clear()
        self.client.cookies.set("clawband", self.secret)


def code(house, secret, ahead=0):
    """The code of now, or of the next step: none is good twice."""
    return pyotp.TOTP(secret).at(house.shop.clock.now() + timedelta(seconds=30 * ahead))


def with_app(house, name):
    """A person who has set up an authenticator app, and its secret."""
    person = Person(house, name)
    secret = re.findall(r"<code>([A-Z2-7]{32})</code>", person.get("/me/codes").text)[0]
    assert person.post("/me/codes", code=code(house, secret)).status_code == 303
    return person, secret


def test_an_authenticator_app_is_set_up_by_its_first_code(own):
    person = Person(own, "vi")
    assert "Only a password protects your account" in person.text()
    page = person.get("/me/codes").text
    secret = re.findall(r"<code>([A-Z2-7]{32})</code>", page)[0]
    assert f"secret={secret}" in page and '<svg class="qr"' in page
    wrong = person.post("/me/codes", code="000000")
    assert wrong.status_code == 403
    assert secret in wrong.text, "the same again, or the app would have to scan anew"
    before = person.secret
    done = person.post("/me/codes", code=code(own, secret))
    assert (done.status_code, done.headers["location"]) == (303, "/me")
    assert person.secret != before
    assert "You sign in with a password and a code" in person.text()
    person.secret = before
    assert person.get("/me").status_code == 303, "the old secret ended"


def test_afterwards_the_password_alone_is_not_enough(own):
    _, secret = with_app(own, "dov")
    lacking = Person(own, "dov").answer
    assert lacking.status_code == 401
    page = Page(lacking.text)
    assert "has a second factor" in page.text
    field = next(each for each in page.all("input") if each.attributes.get("name") == "code")
    assert "required" in field.attributes
    again = Person(own, "dov", code=code(own, secret, 1))
    assert again.answer.status_code == 303
    assert "password and code" in again.text()


def test_recovery_codes_are_shown_once_and_each_is_good_once(own):
    person, _ = with_app(own, "cleo")
    assert "You have none." in person.text()
    made = person.post("/me/recovery")
    codes = re.findall(r"<li>((?:[a-z2-7]{4}-){3}[a-z2-7]{4})</li>", made.text)
    assert len(set(codes)) == 10
    assert "no-store" in made.headers["cache-control"]
    assert "10 of 10 are left" in person.text()
    assert codes[0] not in person.get("/me").text
    assert Person(own, "cleo", code=codes[0]).answer.status_code == 303
    assert "9 of 10 are left" in person.text()
    assert Person(own, "cleo", code=codes[0]).answer.status_code == 401


def test_what_is_removed_is_gone(own):
    person, _ = with_app(own, "bo")
    refused = person.post("/me/credentials/remove", id="one-time")
    assert refused.status_code == 409, "the last second factor of an approver stays"
    assert person.post("/me/credentials/remove", id="passkey-of-somebody").status_code == 404
    assert "Your authenticator app has been set up" in person.text()


def test_sign_ins_are_listed_and_ended_by_their_owner(own):
    here = Person(own, "tess")
    there = Person(own, "tess", agent="Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)")
    text = here.text()
    assert "Firefox on Linux this one" in text
    assert "A new device or place signed in as you: iPhone at 127.0.0.1" in text
    assert "tess 1 new sign-in" in here.text("/"), "where everybody comes in"
    mine = own.shop.service.operators.who(there.secret).session
    assert own.post("bo", "/me/sessions/end", id=mine).status_code == 404, "not one's own"
    assert here.post("/me/sessions/end", id=mine).headers["location"] == "/me"
    assert there.get("/me").status_code == 303
    others = [Person(own, "tess") for _ in range(2)]
    here.post("/me/sessions/end")
    assert {each.get("/me").status_code for each in others} == {303}
    assert "new sign-in" not in here.text()


def test_a_browser_that_came_before_is_not_new(own):
    first = Person(own, "ana")
    assert "HttpOnly" in str(first.answer.headers.get_list("set-cookie"))
    device = first.answer.cookies["clawband-device"]
    assert len(device) == 64
    own.client.cookies.clear()
    own.client.cookies.set("clawband-device", device)
    data = {"name": "ana", "password": PASSWORD}
    second = own.client.post("/login", data=data, headers={"origin": own.origin})
    assert second.cookies["clawband-device"] == device
    sessions = own.shop.service.people.sessions(own.shop.service.operators.who(first.secret))
    assert [each.sign_in.new_device for each in sessions if not each.sign_in.terminal] == [
        False, True,
    ]  # fmt: skip


def test_a_password_is_changed_by_who_knows_it_and_ends_all_else(own):
    here, there = Person(own, "ana"), Person(own, "ana")
    wrong = here.post("/me/password", current="not this one at all", password=PASSWORD[::-1])
    assert wrong.status_code == 403
    assert here.post("/me/password", current=PASSWORD, password="short").status_code == 400
    before = here.secret
    done = here.post("/me/password", current=PASSWORD, password=PASSWORD[::-1])
    assert (done.status_code, done.headers["location"]) == (303, "/me")
    assert here.secret != before
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 303
    assert Person(own, "ana").answer.status_code == 401
