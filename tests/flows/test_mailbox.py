"""An address counts once its owner came back with what was sent there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.flows import mailbox, outbox, sign_in
from clawband.model.errors import ConflictError, InputError, NotFoundError
from clawband.model.notice import Topic
from clawband.model.person import Role
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

ENTROPY = CountedEntropy()


class Town(Registry):
    """Ana and Ben, and what they do with their mailboxes."""

    def __init__(self):
        super().__init__()
        self.ana, self.ben = self.employ("ana", Role.APPROVER), self.employ("ben", Role.VIEWER)

    def ask(self, address="ana@example.com", by=None, now=START):
        token, unit = mailbox.ask(
            address, by or self.ana, documents=self, now=now, entropy=ENTROPY.bytes(96)
        )
        self.commit(unit)
        return token

    def confirm(self, token, by=None, now=START):
        box, unit = mailbox.confirm(
            token, by or self.ana, documents=self, now=now, entropy=ENTROPY.bytes(96)
        )
        self.commit(unit)
        return box

    def choose(self, topics, now=START):
        box, unit = mailbox.choose(
            topics, self.ana, documents=self, now=now, entropy=ENTROPY.bytes(96)
        )
        self.commit(unit)
        return box

    def own(self):
        found = mailbox.of(self.ana.operator, self)
        return found.value if found else None

    def letters(self):
        return [each.value for each in outbox.LETTER.all(self)]


def test_an_address_is_nobodys_until_it_was_confirmed():
    town = Town()
    token = town.ask()
    assert town.own().address == ""
    (letter,) = town.letters()
    assert (letter.to, letter.address) == ("ana", "ana@example.com")
    assert letter.lines[0].link == f"/me/mail/{token}"
    assert token not in repr(town.own()), "only its digest is kept with the mailbox"
    assert town.confirm(token).address == "ana@example.com"
    assert town.own().topics == frozenset(Topic)
    assert town.own().proof is None


@pytest.mark.parametrize("case", ["another token", "none", "too late", "twice", "not asked"])
def test_what_is_not_the_link_confirms_nothing(case):
    town = Town()
    token = town.ask() if case != "not asked" else "0" * 64
    if case == "twice":
        town.confirm(token)
    given = {"another token": "0" * 64, "none": ""}.get(case, token)
    late = START + (mailbox.LIFE if case == "too late" else timedelta())
    with pytest.raises(NotFoundError, match="not good for you"):
        town.confirm(given, now=late)


def test_somebody_else_confirms_nothing_with_it():
    town = Town()
    token = town.ask()
    with pytest.raises(NotFoundError, match="not good for you"):
        town.confirm(token, by=town.ben)
    assert town.confirm(token).address == "ana@example.com"


def test_a_strangers_mailbox_is_not_filled_by_asking():
    town = Town()
    town.ask()
    with pytest.raises(ConflictError, match="a moment ago"):
        town.ask("other@example.com", now=START + mailbox.AGAIN - timedelta(seconds=1))
    town.ask("other@example.com", now=START + mailbox.AGAIN)
    assert len(town.letters()) == 2


def test_the_first_link_is_good_for_nothing_after_a_second():
    town = Town()
    first = town.ask()
    second = town.ask("other@example.com", now=START + mailbox.AGAIN)
    with pytest.raises(NotFoundError):
        town.confirm(first)
    assert town.confirm(second).address == "other@example.com"


def test_the_address_before_is_told_and_stays_until_then():
    town = Town()
    town.confirm(town.ask())
    token = town.ask("new@example.com", now=START + mailbox.AGAIN)
    assert town.own().address == "ana@example.com"
    town.confirm(token)
    told = [each for each in town.letters() if each.address == "ana@example.com"]
    assert "do not come to this address any more" in told[-1].lines[0].what
    assert "new@example.com" not in repr(told)


def test_topics_are_chosen_and_the_change_is_told():
    town = Town()
    town.confirm(town.ask())
    assert town.choose(["approvals"]).topics == {Topic.APPROVALS}
    (told,) = [each for each in town.letters() if not each.address]
    assert told.to == "ana" and told.lines[0].what == "Which notices you get was changed."
    town.choose(["approvals"])
    assert len([each for each in town.letters() if not each.address]) == 1, "nothing changed"
    assert town.choose([]).topics == frozenset()


def test_a_topic_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="expected topics out of approvals"):
        Town().choose(["gossip"])


def test_what_is_forgotten_is_gone_and_the_address_is_told():
    town = Town()
    with pytest.raises(NotFoundError):
        mailbox.forget(town.ana, documents=town, now=START, entropy=ENTROPY.bytes(96))
    town.confirm(town.ask())
    town.commit(mailbox.forget(town.ana, documents=town, now=START, entropy=ENTROPY.bytes(96)))
    assert mailbox.MAILBOX.all(town) == []
    assert town.letters()[-1].address == "ana@example.com"


def test_an_account_that_was_made_anew_has_nothing_of_it():
    town = Town()
    token = town.ask()
    town.confirm(token)
    town.renew("ana", START + timedelta(days=1))
    town.ana = town.signed("ana")
    assert town.own() is None
    with pytest.raises(NotFoundError):
        town.confirm(token)
    town.ask("new@example.com", now=START + timedelta(days=1))
    assert town.own().address == ""


def test_what_is_done_to_a_mailbox_is_in_the_log_without_the_address():
    town = Town()
    _, unit = mailbox.ask(
        "ana@example.com", town.ana, documents=town, now=START, entropy=ENTROPY.bytes(96)
    )
    (event,) = unit.events
    assert (event.tag, event.who, event.outcome) == ("notice:set", "ana", "asked")
    assert "example" not in repr(event)


def test_an_account_that_goes_takes_it_along():
    town = Town()
    town.employ("ada", Role.ADMIN)
    assert mailbox.forgotten("ana", town) == []
    town.ask()
    gone = sign_in.remove("ana", by="ada", people=town, now=START, entropy=ENTROPY.bytes(96))
    town.commit(gone)
    assert mailbox.MAILBOX.all(town) == []


def test_elevation_changes_nothing_about_whose_it_is():
    town = Town()
    token = town.ask()
    lent = replace(town.ana, operator=town.signed("ana", Role.ADMIN).operator)
    assert town.confirm(token, by=lent).address == "ana@example.com"


def test_forgetting_between_two_asks_fills_no_strangers_mailbox_either():
    town = Town()
    town.ask("other@example.com")
    town.commit(mailbox.forget(town.ana, documents=town, now=START, entropy=ENTROPY.bytes(96)))
    assert "other@example.com" not in repr(town.own()), "the address is forgotten"
    with pytest.raises(NotFoundError):
        mailbox.forget(town.ana, documents=town, now=START, entropy=ENTROPY.bytes(96))
    with pytest.raises(ConflictError, match="a moment ago"):
        town.ask("other@example.com")
    town.ask("other@example.com", now=START + mailbox.AGAIN)
