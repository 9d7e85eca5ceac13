"""A running server and a real mail server: from a held call to the mail that says so."""

import time

import pytest

from tests.edges.cli.terminal import server
from tests.simulators.mail_server import MailServer

REFUND = {"order": "A-1", "amount": 9_900, "reason": "a secret reason"}


@pytest.fixture(scope="module")
def post():
    with MailServer() as running:
        yield running


@pytest.fixture(scope="module")
def mailing(tmp_path_factory, post):
    more = f'[mail]\nhost = "127.0.0.1"\nport = {post.port}\ntls = "none"\nfrom = "c@example.com"\n'
    with server(tmp_path_factory.mktemp("mail"), more) as terminal:
        assert terminal("policy", "publish").code == 0
        yield terminal


def arrived(post, to, says):
    """The letter to this address whose subject says this, once it is there."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for each in list(post.letters):
            if each.to == to and says in each.subject:
                return each
        time.sleep(0.05)
    raise AssertionError([(each.to, each.subject) for each in post.letters])


def test_from_an_address_to_the_mail_about_a_held_call(mailing, post):
    assert "you get no mail" in mailing("notices", "show").err
    wrong = mailing("notices", "address", "nobody")
    assert wrong.code == 2 and "expected a mail address" in wrong.err
    for name in ("olga", "ada"):
        asked = mailing("--as", name, "notices", "address", f"{name}@example.com")
        assert asked.out == f"a link is on its way to {name}@example.com\n"
    link = arrived(post, "olga@example.com", "wants notices").link("/me/mail/")
    assert mailing("notices", "confirm", link).code == 3, "it is not ada's"
    confirmed = mailing("--as", "olga", "notices", "confirm", link)
    assert confirmed.out == "your notices go to olga@example.com from now on\n"
    mailing.turn("refund", REFUND)
    letter = arrived(post, "olga@example.com", "Waits for an approval: sample/support")
    assert "/approvals/apr_" in letter.text and "secret" not in letter.raw.decode()
    assert not [each for each in post.letters if each.to == "ada@example.com"][1:]


def test_topics_at_a_terminal(mailing):
    chosen = mailing("notices", "choose", "reviews", "sign-ins", "--json").json
    assert {each["topic"] for each in chosen["topics"] if each["wanted"]} == {"reviews", "sign-ins"}
    shown = mailing("notices", "choose", "reviews")
    assert "an access review is open" in shown.out and shown.out.count(" yes ") == 1
    assert mailing("notices", "choose", "gossip").code == 2
    mailing("--as", "ada", "notices", "address", "ada@b.example")  # or another test has just now
    assert mailing("--as", "ada", "notices", "forget").out.startswith("forgotten")
    assert mailing("--as", "ada", "notices", "forget").code == 3


def test_a_link_is_mailed_to_who_is_invited(mailing, post):
    made = mailing("operator", "invite", "zoe", "--role", "viewer", "--mail", "zoe@example.com")
    assert made.code == 0 and "/welcome/" in made.out + made.err
    letter = arrived(post, "zoe@example.com", "invites you to Clawband")
    link = letter.link("/welcome/")
    assert link in made.out + made.err
