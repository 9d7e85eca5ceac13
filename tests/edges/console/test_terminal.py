"""Letting a terminal in: what is shown before, and what each button does."""

import pytest

from clawband.identity.session import Seen
from clawband.identity.terminal import DeniedError, OverError, PendingError
from tests.edges.console.browsing import Page
from tests.edges.console.test_me import Person, with_app


def begun(own, name="", agent="clawband <b>1</b> on build-7"):
    return own.shop.service.terminals.begin(name, Seen(address="10.0.0.7", agent=agent))


def entered(own, terminal):
    return own.served.run(own.shop.service.terminals.enter(terminal.device))


def test_it_says_where_it_was_asked_from_and_lets_it_in(own):
    person, terminal = Person(own, "vi"), begun(own)
    assert "type here the code" in person.text("/me/terminal")
    answer = person.get(f"/me/terminal?code={terminal.code.lower()}")
    assert "clawband &lt;b&gt;1&lt;/b&gt; on build-7" in answer.text
    text = Page(answer.text).text
    assert "Let this terminal in as you?" in text and "10.0.0.7" in text and terminal.code in text
    with pytest.raises(PendingError):
        entered(own, terminal)
    done = person.post("/me/terminal/approve", code=terminal.code)
    assert (done.status_code, done.headers["location"]) == (303, "/me")
    signed = own.shop.service.operators.who(entered(own, terminal))
    assert signed.name == "vi"
    text = person.text("/me")
    assert "The terminal is signed in." in text and "another sign-in" in text


def test_no_lets_nobody_in(own):
    person, terminal = Person(own, "vi"), begun(own)
    assert person.post("/me/terminal/refuse", code=terminal.code).status_code == 303
    assert "The terminal was not let in." in person.text("/me")
    with pytest.raises(DeniedError):
        entered(own, terminal)


def test_a_code_of_somebody_else_is_none(own):
    person, terminal = Person(own, "vi"), begun(own, "ana")
    for code in (terminal.code, "WRONG"):
        answer = person.get(f"/me/terminal?code={code}")
        assert answer.status_code == 404
        assert "o terminal waits for you with this code" in Page(answer.text).text
    assert person.post("/me/terminal/approve", code=terminal.code).status_code == 404
    with pytest.raises(PendingError):
        entered(own, terminal)


def test_a_second_factor_is_shown_first_and_the_way_is_kept(own):
    person, _ = with_app(own, "cleo")
    own.shop.clock.skip(minutes=6)
    terminal = begun(own)
    asked = person.post("/me/terminal/approve", code=terminal.code)
    assert asked.status_code == 303 and asked.headers["location"].startswith("/prove?next=")
    own.shop.clock.skip(minutes=10)
    with pytest.raises(OverError):
        entered(own, terminal)
