"""Linking a chat on one's own page."""

import re

from clawband.openclaw.commands import command
from tests.edges.console.browsing import Page
from tests.edges.console.test_me import Person


def typed(house, text, sender="7001"):
    end = f"telegram:{sender}"
    event = {
        "channel": "telegram", "senderId": sender, "from": end, "to": end, "args": text,
        "authorized": True, "internal": False,
    }  # fmt: skip
    said = command(event, {"sessionKey": f"agent:support:{end}"}, house.shop.gateway)
    return house.served.run(house.shop.service.chats.answer(said))


def test_a_chat_is_linked_by_a_code_that_is_typed_there_and_confirmed_here(own):
    person = Person(own, "bo")
    assert "From a private chat with an agent" in person.text()
    page = person.post("/me/chats/link")
    assert page.status_code == 200
    (code,) = re.findall(r"/clawband link ([A-Z2-7-]{19})", Page(page.text).text)
    assert "as bo" in typed(own, f"link {code}")
    assert "was it you?" in person.text()
    before, chat = person.secret, f"{own.shop.gateway.name}:telegram:7001"
    done = person.post("/me/chats/confirm", id=chat)
    assert (done.status_code, done.headers["location"]) == (303, "/me")
    assert person.secret != before, "the account has an alias more"
    shown = person.text()
    assert chat in shown and "telegram:7001" in shown and "was it you?" not in shown
    assert "linked to nobody" not in typed(own, "")
    assert "Unlink" in shown
    assert person.post("/me/chats/unlink", id=chat).status_code == 303
    assert "decides nothing for you any more" in person.text()
    assert "linked to nobody" in typed(own, "")
    assert "telegram:7001" in person.text(), "its alias stays"


def test_nobody_confirms_or_unlinks_the_chat_of_another(own):
    bo, dov = Person(own, "bo"), Person(own, "dov")
    page = Page(dov.post("/me/chats/link").text).text
    (code,) = re.findall(r"/clawband link ([A-Z2-7-]{19})", page)
    typed(own, f"link {code}", "7002")
    chat = f"{own.shop.gateway.name}:telegram:7002"
    for act in ("confirm", "unlink"):
        assert bo.post(f"/me/chats/{act}", id=chat).status_code == 404
    assert "was it you?" in dov.text()
