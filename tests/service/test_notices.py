"""The outbox with a whole service: nothing is lost, nothing waits for it, little is said twice."""

import asyncio
from dataclasses import replace

import pytest

from clawband.flows import outbox
from clawband.flows.outbox import LETTER
from clawband.model.access import Hold
from clawband.model.errors import AuthenticationError, NotFoundError, StepUpNeededError
from clawband.model.event import Event, Tag
from clawband.ports.notices import Fate, Tried
from clawband.ports.unit import Unit
from clawband.service.notices import AT_MOST, PAUSE
from tests.simulators.courier import Bag, followed, proved, round_of
from tests.simulators.small import House, service_on, small, story

REFUND = {"order": "A-1", "amount": 9_900, "reason": "r"}


async def hold(house, call):
    decided = await house.call("refund", call, {**REFUND, "order": f"A-{call}"})
    assert isinstance(decided.decision, Hold)
    return decided.decision.approval


def letters(house):
    return [each.value for each in LETTER.all(house.service.running.store)]


async def restarted(house, bag, courier=True):
    """As after a crash: nothing but what is written down is known."""
    service = service_on(house.folder, house.clock, seed="again", courier=bag if courier else None)
    await service.start()
    return House(service, house.clock, house.folder, gateway=house.gateway, tokens=house.tokens)


@story
async def test_the_first_goes_at_once_and_what_follows_goes_together(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        house.clock.forward(minutes=2)
        for number in range(4):
            await hold(house, f"c{number}")
            await followed(house)
            await house.service.notices.tick()
        (first,) = bag.empty()
        assert first.subject.startswith("Clawband: Waits for an approval: sample/support")
        house.clock.forward(seconds=PAUSE.total_seconds())
        await house.service.notices.tick()
        (second,) = bag.empty()
        assert second.subject == "Clawband: 3 things to look at"
        assert second.text.count("/approvals/apr_") == 3
        assert letters(house) == []
        sent = house.events("notice:send")
        assert [(each.outcome, each.detail["lines"]) for each in sent[-2:]] == [
            ("sent", 1), ("sent", 3),
        ]  # fmt: skip


@story
async def test_a_server_that_is_down_delays_nothing_and_gets_it_all_later(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        bag.closed = True
        cards = [await hold(house, f"c{number}") for number in range(3)]
        assert len(set(cards)) == 3
        tries = len(bag.tried)
        for _ in range(30):
            await round_of(house)
        assert house.service.notices.problem.startswith("the mail server cannot be used")
        assert len(bag.tried) - tries < 20, "tried less and less often"
        assert len(set(bag.tried[tries:])) == 1, "the same letter under the same id"
        bag.closed = False
        house.clock.forward(seconds=AT_MOST.total_seconds())
        await round_of(house)
        assert house.service.notices.problem == ""
        (letter,) = bag.empty()
        assert all(card in letter.text for card in cards)
        assert letter.id == bag.tried[tries]


@story
async def test_a_server_that_never_answers_delays_no_decision(tmp_path):
    class Mute(Bag):
        async def send(self, message):
            if self.closed:
                self.tried.append(message.id)
                await asyncio.Event().wait()
            return await super().send(message)

    bag = Mute()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        await hold(house, "c1")
        await followed(house)
        bag.closed, tries = True, len(bag.tried)
        mailing = asyncio.ensure_future(house.service.notices.tick())
        async with asyncio.timeout(10):
            while len(bag.tried) == tries:
                await asyncio.sleep(0.001)
            await hold(house, "c2")
        assert not mailing.done(), "it waits for the mail server still"
        mailing.cancel()
        await asyncio.wait([mailing])


@story
async def test_a_crash_between_the_act_and_the_mail_loses_nothing(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        await round_of(house)
        card = await hold(house, "c1")
        house.service.running.store.close()
        again = await restarted(house, bag)
        await round_of(again)
        (letter,) = bag.empty()
        assert card in letter.text
        await round_of(again)
        assert bag.empty() == [], "and says nothing twice"
        house.service = again.service


@story
async def test_a_crash_in_the_middle_of_sending_sends_the_same_again(tmp_path):
    class Dies(Bag):
        async def send(self, message):
            await super().send(message)
            raise asyncio.CancelledError

    bag, dying = Bag(), Dies()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        await hold(house, "c1")
        await followed(house)
        house.service.running.store.close()
        first = await restarted(house, dying)
        with pytest.raises(asyncio.CancelledError):
            await round_of(first)
        first.service.running.store.close()
        again = await restarted(house, bag)
        await round_of(again)
        (letter,), (before,) = bag.empty(), dying.empty()
        assert letter == before, "the same letter under the same id, for who throws away doubles"
        assert letters(again) == []
        house.service = again.service


@story
async def test_what_happened_while_no_mail_was_sent_is_not_told_a_day_later(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        await round_of(house)
        house.service.running.store.close()
        without = await restarted(house, bag, courier=False)
        await hold(without, "c1")
        await without.service.notices.tick()
        without.service.running.store.close()
        house.clock.forward(hours=25)
        again = await restarted(house, bag)
        await round_of(again)
        assert bag.empty() == []
        house.service = again.service


@story
async def test_a_letter_that_is_refused_for_good_is_given_up_and_shown(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        bag.answers.append(Tried(Fate.NEVER, "the mail server answered 550 nobody"))
        await hold(house, "c1")
        await round_of(house)
        assert bag.empty() == [] and letters(house) == []
        (lost,) = house.service.notices.lost()
        assert (lost.to, lost.why) == ("approver", "the mail server answered 550 nobody")
        assert house.events("notice:send")[-1].outcome == "given up"
        house.clock.forward(hours=25)
        assert house.service.notices.lost() == []


@story
async def test_a_letter_that_cannot_be_taken_now_holds_up_nobody_else(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        for role in ("approver", "admin"):
            await proved(house.service, house.signed(role), bag)
        bag.answers.append(Tried(Fate.LATER, "451"))
        await house.service.elevations.ask("operator", "why", 60, house.signed("viewer"))
        await followed(house)
        house.clock.forward(minutes=2)
        await house.service.notices.tick()
        (other,) = bag.empty()
        (waiting,) = letters(house)
        assert {other.to, f"{waiting.to}@example.com"} == {
            "approver@example.com", "admin@example.com",
        }  # fmt: skip
        await round_of(house)
        (late,) = bag.empty()
        assert late.to == f"{waiting.to}@example.com" and letters(house) == []


@story
async def test_nothing_is_sent_to_an_address_that_was_taken_back(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        await hold(house, "c1")
        await followed(house)
        bag.closed = True
        await round_of(house)
        bag.closed = False
        await house.service.mailboxes.forget(house.signed("approver"))
        house.clock.forward(minutes=10)
        await round_of(house)
        (farewell,) = bag.empty()
        assert "do not come to this address any more" in farewell.text
        assert letters(house) == []


@story
async def test_a_day_without_a_server_is_given_up(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        bag.closed = True
        await hold(house, "c1")
        await round_of(house)
        house.clock.forward(seconds=outbox.LIFE.total_seconds())
        await house.service.notices.tick()
        assert letters(house) == [] and [each.to for each in house.service.notices.lost()]


@story
async def test_a_flood_is_a_few_letters(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("admin"), bag)
        events = [
            Event(id=f"evt_{number}", at=house.clock.now(), tag=Tag.ENFORCEMENT_LOST,
                  gateway="sample", agent=f"sample/a{number}")
            for number in range(1_000)
        ]  # fmt: skip
        await house.service.running.commit(Unit(events))
        bag.closed = True
        for _ in range(5):
            await round_of(house)
        bag.closed = False
        for _ in range(2):
            await round_of(house)
        first, second = bag.empty()
        assert first.subject == "Clawband: 200 things to look at", "a few at a time"
        assert second.subject == "Clawband: 800 things to look at"
        assert "And 780 more." in second.text


@story
async def test_where_no_mail_is_sent_nothing_is_written_and_the_way_is_said(tmp_path):
    async with small(tmp_path) as house:
        assert not house.service.mailboxes.on
        with pytest.raises(NotFoundError, match="no mail is sent here"):
            await house.service.mailboxes.ask("a@example.com", house.signed("admin"))
        await hold(house, "c1")
        await house.service.notices.tick()
        await house.service.notices.warn()
        kinds = ("letter", "notice-cursor", "mailbox", "approval-warning")
        store = house.service.running.store
        assert [list(store.documents(kind)) for kind in kinds] == [[], [], [], []]


@story
async def test_where_one_gets_mail_wants_the_second_factor_and_a_person(tmp_path):
    async with small(tmp_path, courier=Bag()) as house:
        admin = house.signed("admin")
        stale = replace(admin, second_factor=True)
        program = replace(admin, service=True)
        boxes = house.service.mailboxes
        for act in (
            lambda by: boxes.ask("a@example.com", by), lambda by: boxes.confirm("0" * 64, by),
            lambda by: boxes.choose([], by), boxes.forget,
        ):  # fmt: skip
            with pytest.raises(StepUpNeededError, match="where you get mail"):
                await act(stale)
            with pytest.raises(AuthenticationError, match="service account"):
                await act(program)
        assert house.events("notice:set") == []
