"""Following the link of an invitation: what it shows, what it makes, and that it works once."""

import re

import pytest

from clawband.edges.console.security import HEADERS
from tests.edges.console.browsing import Page
from tests.edges.console.test_me import code

NEW = "a password that is new"


def follow(house, path, **fields):
    return house.nobody().post(path, data=fields, headers={"origin": house.origin})


def test_it_says_who_invites_to_what_and_looking_does_not_use_it_up(own):
    path = own.invitation("wren", "approver", "builder")
    for _ in range(2):
        page = own.nobody().get(path)
        text = Page(page.text).text
        assert page.status_code == 200
        assert "Welcome, wren" in text
        assert "ana made this link for you: an account as approver, builder." in text
    recovering = own.shop.service.people.recover("tess", own.shop.as_("ana"))
    again = Page(own.nobody().get(f"/welcome/{own.served.run(recovering).token}").text).text
    assert "a new way into your account as approver." in again


def test_a_password_and_then_a_code_open_it_once(own):
    path = own.invitation("kit", "approver", "viewer")
    short = follow(own, path, password="short")
    assert short.status_code == 400
    assert "12 to 256" in Page(short.text).text
    answer = follow(own, path, password=NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/codes")
    client, secret = own.client, answer.cookies["clawband"]
    text = Page(client.get("/me").text).text
    assert "Your roles approver wait until you have a second factor" in text
    assert follow(own, path, password=NEW).status_code == 404, "once"
    client.cookies.set("clawband", secret)
    app = re.findall(r"<code>([A-Z2-7]{32})</code>", client.get("/me/codes").text)[0]
    data = {
        "csrf": own.shop.service.operators.who(secret).csrf,
        "code": code(own, app),
    }
    client.cookies.clear()
    client.cookies.set("clawband", secret)
    done = client.post("/me/codes", data=data, headers={"origin": own.origin})
    signed = own.shop.service.operators.who(done.cookies["clawband"])
    assert signed.operator.roles == {"approver", "viewer"}
    assert signed.assurance == 2


def test_from_elsewhere_it_opens_nothing(own):
    path = own.invitation("lee", "viewer")
    for way in ("", "/passkey"):
        answer = own.nobody().post(
            path + way, data={"password": NEW}, headers={"origin": "http://evil.example"}
        )
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    begun = own.nobody().post(f"{path}/begin", headers={"origin": "http://evil.example"})
    assert begun.status_code == 403
    assert own.nobody().get(path).status_code == 200


def test_a_made_up_passkey_leaves_the_link_good(own):
    path = own.invitation("max", "viewer")
    begun = own.nobody().post(f"{path}/begin", headers={"origin": own.origin}).json()
    assert begun["options"]["rp"] == {"id": "localhost", "name": "Clawband"}
    assert begun["options"]["authenticatorSelection"]["userVerification"] == "required"
    answer = follow(own, f"{path}/passkey", challenge=begun["challenge"], credential="{}")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert own.nobody().get(path).status_code == 200


@pytest.mark.parametrize("token", ["0" * 64, "x", "é", "a" * 5_000])
def test_a_made_up_link_is_none(own, token):
    page = own.nobody().get(f"/welcome/{token}")
    assert page.status_code == 404
    assert "This link is not good, or no longer" in Page(page.text).text
    begun = own.nobody().post(f"/welcome/{token}/begin", headers={"origin": own.origin})
    assert begun.status_code == 404


def test_every_door_has_the_headers(own):
    path = own.invitation("ned", "viewer")
    origin = {"origin": own.origin}
    client = own.nobody()
    answers = [
        client.get(path), client.get("/welcome/none"),
        client.post(f"{path}/begin", headers=origin), client.post(f"{path}/begin"),
        client.post("/login/passkey/begin", headers=origin), client.post("/login/passkey/begin"),
        client.post("/login/passkey", data={"credential": "{}"}, headers=origin),
        client.post(f"{path}/passkey", headers=origin), client.post(path, headers=origin),
    ]  # fmt: skip
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (answer.request.url, name)
