"""Where somebody gets mail, on their own page; and what cannot be delivered, on the first one."""

from clawband.model.notice import ABOUT
from clawband.ports.notices import Fate, Tried
from tests.edges.console.browsing import Page
from tests.edges.console.test_environments import hired
from tests.edges.console.test_me import Person, code, with_app


def sent(house):
    """What was sent since the last time."""
    service = house.shop.service
    house.served.run(service.notices.tick())
    return service.running.courier.empty()


def link_to(house, address):
    (message,) = [each for each in sent(house) if each.to == address]
    link = next(each for each in message.text.splitlines() if "/me/mail/" in each)
    return link[link.index("/me/mail/") :]


def test_an_address_is_confirmed_by_a_button_and_not_by_looking(own):
    person = Person(own, "bo")
    assert "can come by mail" in person.text()
    asked = person.post("/me/mail", address="bo@example.com")
    assert asked.headers["location"] == "/me#notices"
    assert "not confirmed" in person.text()
    path = link_to(own, "bo@example.com")
    assert "Is bo@example.com yours, bo?" in person.text(path)
    assert "not confirmed" in person.text(), "a program that looks into links confirms nothing"
    wrong = person.post("/me/mail/confirm", token="0" * 64)
    assert wrong.status_code == 404 and "not good for you" in Page(wrong.text).text
    stranger = Person(own, "vi")
    assert "There is nothing to confirm" in stranger.text(path)
    token = path.rpartition("/")[2]
    assert stranger.post("/me/mail/confirm", token=token).status_code == 404
    assert person.post("/me/mail/confirm", token=token).status_code == 303
    shown = person.text()
    assert "They go to bo@example.com." in shown and "not confirmed" not in shown
    assert all(what in shown for what in ABOUT.values())


def test_topics_are_chosen_and_the_address_is_forgotten(own):
    person = Person(own, "vi")
    person.post("/me/mail", address="vi@example.com")
    person.post("/me/mail/confirm", token=link_to(own, "vi@example.com").rpartition("/")[2])
    chosen = person.post("/me/mail/topics", **{"topic-reviews": "1"})
    assert chosen.status_code == 303
    page = person.get("/me").text
    assert page.count('name="topic-') == len(ABOUT) and page.count(" checked") == 1
    assert person.post("/me/mail/forget").status_code == 303
    assert "vi@example.com" not in person.text()
    assert any("do not come to this address" in each.text for each in sent(own))


def test_where_one_gets_mail_wants_the_second_factor(own):
    person, secret = with_app(own, "dov")
    own.shop.clock.skip(minutes=6)
    stale = person.post("/me/mail", address="dov@example.com")
    assert stale.status_code == 303 and stale.headers["location"].startswith("/prove")
    person.post("/prove", code=code(own, secret, 1), next="/me")
    assert person.post("/me/mail", address="dov@example.com").status_code == 303
    assert link_to(own, "dov@example.com")


def test_what_cannot_be_delivered_is_a_trouble_on_the_first_page(own):
    service = own.shop.service
    courier = service.running.courier
    person = Person(own, "cleo")
    person.post("/me/mail", address="cleo@example.com")
    courier.closed = True
    sent(own)
    assert "No mail can be sent: the mail server cannot be used" in person.text("/")
    courier.closed = False
    courier.answers.append(Tried(Fate.NEVER, "the mail server answered 550 nobody <b>"))
    own.shop.clock.skip(minutes=6)
    sent(own)
    shown = person.text("/")
    assert "No mail can be sent" not in shown
    assert "1 mail could not be delivered" in shown and "550 nobody <b>" in shown
    away = Page(own.as_(hired(own, "stella", "viewer@staging")).get("/").text).text
    assert "cleo" not in away and "could not be delivered" not in away, "nor is anybody's name"
    row = person.text("/activity?q=notice:send")
    assert "given up" in row and "cleo" in row


def test_a_link_goes_by_mail_where_an_address_is_given(own):
    fields = {"name": "zoe", "role-viewer": "1", "mail": "zoe@example.com"}
    page = Page(own.post("ana", "/people/operators/invite", **fields).text).text
    assert "on its way to zoe@example.com" in page
    (message,) = [each for each in sent(own) if each.to == "zoe@example.com"]
    assert "/welcome/" in message.text
