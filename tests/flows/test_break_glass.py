"""The glass is sealed, broken by two, over by itself, and reviewed by a third."""

from datetime import timedelta

import pytest

from clawband.audit.entry import encode
from clawband.flows import break_glass
from clawband.identity.glass import LASTS, REVIEW, WAITS
from clawband.model.errors import AuthenticationError, ConflictError, InputError
from clawband.model.person import Role
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

ENTROPY = CountedEntropy()
LATER = START + timedelta(minutes=1)
OVER = LATER + LASTS


class Office(Registry):
    codes: tuple[str, ...] = ()


@pytest.fixture
def office():
    found = Office()
    for name, role in (("ana", Role.ADMIN), ("bo", Role.APPROVER), ("vi", Role.VIEWER)):
        found.employ(name, role)
    found.employ("tess", Role.AUDITOR)
    codes, unit = break_glass.seal(
        3, found.signed("ana"), documents=found, now=START, entropy=ENTROPY.bytes(96)
    )
    found.commit(unit)
    found.codes = codes
    return found


def moment(office, now):
    return {"documents": office, "now": now, "entropy": ENTROPY.bytes(96)}


def broken(office):
    begun, first = break_glass.begin(
        office.codes[0], " it mails customers ", office.signed("vi"), **moment(office, START)
    )
    office.commit(first)
    held, second = break_glass.second(
        begun.id, office.codes[1], office.signed("bo"), **moment(office, LATER)
    )
    office.commit(second)
    return held, [first.events[0], second.events[0]]


def roles(office, now, name="vi"):
    return break_glass.lifted(office.signed(name), office, now).operator.roles


def test_each_step_is_an_event_and_no_code_is_in_any(office):
    held, events = broken(office)
    assert [(each.tag, each.who, each.outcome) for each in events] == [
        ("glass:break", "vi", "half"), ("glass:break", "bo", "broken"),
    ]  # fmt: skip
    assert {each.detail["reason"] for each in events} == {"it mails customers"}
    kept = b"".join(encode(each, 0) for each in events) + b"".join(
        each.body for each in office.kept.values()
    )
    assert not any(code.encode() in kept for code in office.codes)
    assert roles(office, LATER) == {Role.VIEWER, Role.ADMIN}
    assert roles(office, LATER, "bo") == {Role.APPROVER}
    assert roles(office, OVER) == {Role.VIEWER}
    assert [each.id for each in break_glass.open_(office)] == [held.id]


def test_a_seal_is_good_for_one_emergency(office):
    broken(office)
    with pytest.raises(AuthenticationError, match="sealed"):
        break_glass.begin(office.codes[2], "again", office.signed("vi"), **moment(office, LATER))


def test_who_may_seal_and_how_many(office):
    for by in ("bo", "vi", "tess"):
        with pytest.raises(AuthenticationError):
            break_glass.seal(2, office.signed(by), **moment(office, START))
    for count in (1, 7):
        with pytest.raises(InputError):
            break_glass.seal(count, office.signed("ana"), **moment(office, START))
    fresh, unit = break_glass.seal(2, office.signed("ana"), **moment(office, START))
    office.commit(unit)
    assert len(set(fresh)) == 2 and unit.events[0].resource == "Glass::seal"
    with pytest.raises(AuthenticationError):
        break_glass.begin(office.codes[0], "old", office.signed("vi"), **moment(office, START))


def test_of_two_second_persons_at_once_one_is_told(office):
    begun, unit = break_glass.begin(
        office.codes[0], "now", office.signed("vi"), **moment(office, START)
    )
    office.commit(unit)
    units = [
        break_glass.second(begun.id, code, office.signed(by), **moment(office, LATER))[1]
        for code, by in ((office.codes[1], "bo"), (office.codes[2], "tess"))
    ]
    office.commit(units[0])
    with pytest.raises(ConflictError):
        office.commit(units[1])


def test_ended_by_the_two_or_an_administrator(office):
    held, _ = broken(office)
    with pytest.raises(AuthenticationError):
        break_glass.end(held.id, office.signed("tess"), **moment(office, LATER))
    ended, unit = break_glass.end(held.id, office.signed("bo"), **moment(office, LATER))
    office.commit(unit)
    assert (unit.events[0].outcome, ended.ended) == ("over", LATER)
    assert roles(office, LATER) == {Role.VIEWER}


def over(office, now, last=None):
    return office.commit(break_glass.over(last=last, **moment(office, now)))


def test_nobody_came(office):
    _, unit = break_glass.begin(
        office.codes[0], "now", office.signed("vi"), **moment(office, START)
    )
    office.commit(unit)
    assert not over(office, START + WAITS - timedelta(seconds=1)).events
    (event,) = over(office, START + WAITS).events
    assert event.detail["reason"] == "nobody came with a second code"
    assert break_glass.KIND.all(office) == []


def test_over_then_due_then_overdue_then_reviewed(office):
    held, _ = broken(office)
    assert not over(office, OVER - timedelta(seconds=1)).events
    (ended,) = over(office, OVER).events
    assert (ended.outcome, ended.detail["reason"]) == ("over", "its time is over")
    assert not over(office, LATER + REVIEW - timedelta(seconds=1)).events
    (late,) = over(office, LATER + REVIEW).events
    assert (late.tag, late.resource) == ("review:overdue", f"Glass::{held.id}")
    assert not over(office, LATER + 2 * REVIEW).events, "said once"
    for by in ("vi", "bo"):
        with pytest.raises(AuthenticationError):
            break_glass.review(held.id, "fine", office.signed(by), **moment(office, OVER))
    with pytest.raises(InputError):
        break_glass.review(held.id, " ", office.signed("tess"), **moment(office, OVER))
    _, unit = break_glass.review(held.id, "it was needed", office.signed("tess"),
                                 **moment(office, OVER))  # fmt: skip
    office.commit(unit)
    assert (unit.events[0].tag, unit.events[0].outcome) == ("glass:review", "reviewed")
    assert break_glass.open_(office) == []


def test_a_clock_set_back_and_an_account_made_anew_lend_nothing(office):
    broken(office)
    office.renew("vi", LATER)
    assert roles(office, LATER) == {Role.VIEWER}
    (ended,) = over(office, LATER, last=LATER + timedelta(seconds=1)).events
    assert ended.detail["reason"] == "the clock was set back"


def test_a_wrong_code_is_recorded(office):
    problem = AuthenticationError("the code is not one of those that are sealed")
    unit = break_glass.refused(office.signed("vi"), problem, now=LATER, entropy=ENTROPY.bytes(96))
    (event,) = unit.events
    assert (event.who, event.outcome, unit.changes) == ("vi", "refused", [])
