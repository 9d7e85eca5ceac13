"""Letters: one open one each, which stays as it is from its first try until it is gone."""

from datetime import timedelta

import pytest

from clawband.flows import outbox
from clawband.model.errors import UnavailableError
from clawband.model.notice import Line
from clawband.ports.notices import Fate
from clawband.ports.unit import Unit
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

ENTROPY = CountedEntropy()
ORIGIN = "https://clawband.example"


def line(number=0, about=""):
    return Line(f"Thing {number} waits.", f"/approvals/apr_{number}", about)


class Office(Registry):
    def post(self, now=START, **news):
        changes = outbox.posted(news, self, now=now, entropy=ENTROPY.bytes(96))
        self.commit(Unit([], changes))

    def letters(self):
        return outbox.LETTER.all(self)

    def one(self):
        (kept,) = self.letters()
        return kept

    def close(self, still=lambda _: True):
        letter, change = outbox.closed(self.one(), still)
        self.commit(Unit([], [change]))
        return letter

    def tried(self, fate, why="", now=START, kept=None):
        unit = outbox.tried(kept or self.one(), fate, why, now=now, entropy=ENTROPY.bytes(96))
        return self.commit(unit)


def test_what_comes_together_goes_together():
    office = Office()
    office.post(ana=[line(1)], ben=[line(1)])
    office.post(ana=[line(2), line(1)])
    ana, ben = sorted((each.value for each in office.letters()), key=lambda each: each.to)
    assert [each.what for each in ana.lines] == ["Thing 1 waits.", "Thing 2 waits."]
    assert ben.lines == (line(1),)


def test_many_things_are_counted():
    office = Office()
    office.post(ana=[line(number) for number in range(outbox.LINES + 5)])
    office.post(ana=[line(99)])
    letter = office.one().value
    assert (len(letter.lines), letter.more) == (outbox.LINES, 6)
    message = outbox.message(office.one(), "ana@example.com", ORIGIN)
    assert message.subject == "Clawband: 26 things to look at"
    assert f"And 6 more.\n{ORIGIN}/\n" in message.text


def test_one_thing_is_the_subject():
    office = Office()
    office.post(ana=[line(1)])
    message = outbox.message(office.one(), "ana@example.com", ORIGIN)
    assert (message.to, message.subject) == ("ana@example.com", "Clawband: Thing 1 waits")
    assert message.text.startswith(f"Thing 1 waits.\n{ORIGIN}/approvals/apr_1\n\n")
    assert f"\n{ORIGIN}/me\n" in message.text


def test_a_name_cannot_write_lines_or_links_of_its_own():
    office = Office()
    evil = "a\r\nBcc: eve@evil.example\u202e\nhttps://evil.example"
    office.post(ana=[Line(evil, f"/x\nhttps://evil.example/{evil}")])
    message = outbox.message(office.one(), "ana@example.com", ORIGIN)
    starts = [each for each in message.text.splitlines() if each.startswith(("http", "Bcc"))]
    assert all(each.startswith(ORIGIN) for each in starts)
    assert message.subject.isprintable() and len(message.subject) < 150
    assert "\u202e" not in message.text


def test_what_is_done_meanwhile_is_not_sent():
    office = Office()
    office.post(ana=[line(1, "approval apr_1"), line(2)])
    assert office.close(lambda each: not each.about).lines == (line(2),)
    office = Office()
    office.post(ana=[line(1, "approval apr_1")])
    assert office.close(lambda _: False) is None
    assert office.letters() == []


def test_a_letter_that_was_tried_grows_no_more_and_holds_up_the_next():
    office = Office()
    office.post(ana=[line(1)])
    office.close()
    office.post(ana=[line(2)], ben=[line(2)])
    assert len(office.letters()) == 3
    due = [(each.value.to, each.value.closed) for each in outbox.due(office, START)]
    assert due == [("ana", True), ("ben", False)], "what was tried first, and ana's next not yet"


def test_a_try_that_must_be_repeated_comes_later_and_later():
    office = Office()
    office.post(ana=[line(1)])
    office.close()
    (first,) = office.letters()
    waits = []
    for _ in range(8):
        now = office.one().value.due
        assert outbox.due(office, now) and not outbox.due(office, now - timedelta(seconds=1))
        assert office.tried(Fate.LATER, "busy", now).events == []
        waits.append(office.one().value.due - now)
    assert waits == sorted(waits) and waits[0] == outbox.BEGIN and waits[-1] == outbox.AT_MOST
    assert office.one().id == first.id, "the Message-ID stays"


def test_what_is_delivered_is_gone_and_known():
    office = Office()
    office.post(ana=[line(1)])
    (event,) = office.tried(Fate.SENT).events
    assert office.letters() == []
    assert (event.tag, event.resource, event.outcome) == ("notice:send", "Operator::ana", "sent")
    assert event.detail["lines"] == 1 and "problem" not in event.detail


def test_what_is_refused_for_good_is_given_up_and_says_why():
    office = Office()
    office.post(ana=[line(1)])
    (event,) = office.tried(Fate.NEVER, "550 nobody\u202e").events
    assert (event.outcome, event.detail["problem"]) == ("given up", "550 nobody\\u{202e}")
    assert office.letters() == []


def test_a_day_is_the_end():
    office = Office()
    office.post(ana=[line(1)])
    office.post(ben=[line(1)], now=START + timedelta(hours=1))
    unit = outbox.over(office, now=START + outbox.LIFE, entropy=ENTROPY.bytes(96))
    assert [each.resource for each in unit.events] == ["Operator::ana"]
    office.commit(unit)
    assert office.one().value.to == "ben"


def test_there_is_an_end_to_how_many_wait():
    office = Office()
    office.post(**{f"p{number}": [line(1)] for number in range(outbox.LETTERS + 3)})
    assert len(office.letters()) == outbox.LETTERS
    with pytest.raises(UnavailableError, match="5,000 mails wait") as raised:
        outbox.straight("x", "x@example.com", line(1), office, now=START, entropy=b"e" * 96)
    assert raised.value.remedy
    office.post(p1=[line(2)])
    assert any(len(each.value.lines) == 2 for each in office.letters()), "old ones still grow"


def test_what_goes_straight_asks_no_mailbox_and_grows_with_nothing():
    office = Office()
    made = outbox.straight("ana", "a@example.com", line(1), office, now=START, entropy=b"e" * 96)
    office.commit(Unit([], made))
    office.post(ana=[line(2)])
    assert len(office.letters()) == 2
    (kept,) = [each for each in office.letters() if each.value.address]
    text = outbox.message(kept, "a@example.com", ORIGIN).text
    assert "If you do not know what this is, do nothing." in text
