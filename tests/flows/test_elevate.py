"""Roles for a while: who may give them, who has them, and the record of both."""

from datetime import timedelta

import pytest

from clawband.audit.entry import encode
from clawband.flows import elevate
from clawband.flows.authority import may, places
from clawband.identity.elevation import WAITS, Stage
from clawband.identity.roles import Act
from clawband.model.errors import AuthenticationError, ConflictError, NotFoundError
from clawband.model.person import Role
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

ENTROPY = CountedEntropy()
LATER = START + timedelta(minutes=1)


@pytest.fixture
def office():
    found = Registry()
    found.employ("ana", Role.ADMIN)
    found.employ("bo", Role.APPROVER)
    found.employ("vi", Role.VIEWER, aliases=("telegram:7",))
    return found


def ask(office, role=Role.BUILDER, name="vi", now=START, minutes=30):
    asked, unit = elevate.ask(
        role, " release 7 ", minutes, office.signed(name),
        documents=office, now=now, entropy=ENTROPY.bytes(96),
    )  # fmt: skip
    return asked, office.commit(unit)


def grant(office, id, by, now=LATER):
    signed = office.signed(by) if isinstance(by, str) else by
    granted, unit = elevate.grant(id, signed, store=office, now=now, entropy=ENTROPY.bytes(96))
    return granted, office.commit(unit)


def end(office, id, by, now=LATER):
    _, unit = elevate.end(
        id, office.signed(by), documents=office, now=now, entropy=ENTROPY.bytes(96)
    )
    return office.commit(unit)


def roles(office, now, name="vi"):
    return elevate.lifted(office.signed(name), office, now).operator.roles


def test_the_role_is_there_while_it_holds_and_every_step_is_recorded(office):
    asked, first = ask(office)
    assert roles(office, LATER) == {Role.VIEWER}
    granted, second = grant(office, asked.id, "bo")
    assert roles(office, LATER) == {Role.VIEWER, Role.BUILDER}
    assert may(elevate.lifted(office.signed("vi"), office, LATER), Act.PUBLISH)
    assert roles(office, granted.until) == {Role.VIEWER}
    third = end(office, asked.id, "vi")
    assert roles(office, LATER) == {Role.VIEWER}
    events = [unit.events[0] for unit in (first, second, third)]
    assert [(each.tag, each.who, each.outcome) for each in events] == [
        ("elevation:ask", "vi", "asked"), ("elevation:grant", "bo", "granted"),
        ("elevation:end", "vi", "ended"),
    ]  # fmt: skip
    assert {each.resource for each in events} == {f"Elevation::{asked.id}"}
    assert events[0].detail["reason"] == "release 7"
    assert len({each.id for each in events}) == 3 and all(encode(each, 0) for each in events)


def test_who_may_not_agree_grants_nothing(office):
    office.employ("cleo", Role.BUILDER)
    asked, _ = ask(office)
    for by in ("vi", "cleo", office.signed("bo", service=True)):
        with pytest.raises(AuthenticationError):
            grant(office, asked.id, by)
    with pytest.raises(NotFoundError):
        grant(office, "elv_none", "bo")
    assert roles(office, LATER) == {Role.VIEWER}


def test_only_an_administrator_makes_one(office):
    asked, _ = ask(office, Role.ADMIN)
    with pytest.raises(AuthenticationError, match="administer"):
        grant(office, asked.id, "bo")
    grant(office, asked.id, "ana")
    assert Role.ADMIN in roles(office, LATER)


def test_a_role_of_one_environment_is_lent_there_and_admin_of_one_only_by_an_administrator(office):
    asked, _ = ask(office, "admin@staging")
    with pytest.raises(AuthenticationError, match="may not administer"):
        grant(office, asked.id, "bo")
    grant(office, asked.id, "ana")
    signed = elevate.lifted(office.signed("vi"), office, LATER)
    assert places(signed, Act.STOP) == {"staging"} and not may(signed, Act.ADMINISTER)
    office.employ("stella", "approver@staging")
    again, _ = ask(office, "operator@dev", name="stella")
    with pytest.raises(AuthenticationError, match="held everywhere"):
        grant(office, again.id, "stella")
    with pytest.raises(ConflictError, match="has the role approver@dev already"):
        ask(office, "approver@dev", name="bo")


def test_nobody_passes_on_what_was_lent_to_them(office):
    office.employ("cleo", Role.BUILDER)
    asked, _ = ask(office)
    for lent in (Role.APPROVER, Role.ADMIN):
        with pytest.raises(AuthenticationError):
            grant(office, asked.id, office.signed("cleo", lent))


def test_an_approver_who_asked_cannot_agree_under_an_alias(office):
    asked, _ = ask(office)
    office.employ("vi2", Role.APPROVER, aliases=("telegram:7",))
    with pytest.raises(AuthenticationError, match="who asks"):
        grant(office, asked.id, "vi2")


def test_one_at_a_time_and_the_next_after_its_end(office):
    asked, _ = ask(office)
    with pytest.raises(ConflictError, match="has `elv_"):
        ask(office, Role.AUDITOR)
    end(office, asked.id, "vi")
    again, _ = ask(office, Role.AUDITOR)
    with pytest.raises(NotFoundError):
        grant(office, asked.id, "bo")
    granted, _ = grant(office, again.id, "bo")
    assert ask(office, Role.AUDITOR, now=granted.until)[0].id != again.id


def test_of_two_who_answer_at_once_one_is_told_to_look_again(office):
    asked, _ = ask(office)
    units = [
        elevate.grant(asked.id, office.signed("bo"), store=office, now=LATER,
                      entropy=ENTROPY.bytes(96))[1],
        elevate.refuse(asked.id, office.signed("ana"), "no", documents=office, now=LATER,
                       entropy=ENTROPY.bytes(96))[1],
    ]  # fmt: skip
    office.commit(units[1])
    with pytest.raises(ConflictError):
        office.commit(units[0])
    assert roles(office, LATER) == {Role.VIEWER}


def test_it_is_taken_away_by_who_may_agree_and_by_nobody_else(office):
    office.employ("cleo", Role.BUILDER)
    asked, _ = ask(office)
    grant(office, asked.id, "bo")
    with pytest.raises(AuthenticationError):
        end(office, asked.id, "cleo")
    end(office, asked.id, "ana")
    assert roles(office, LATER) == {Role.VIEWER}


def test_an_account_made_anew_and_a_service_account_have_nothing(office):
    asked, _ = ask(office)
    grant(office, asked.id, "bo")
    assert elevate.lifted(office.signed("vi", service=True), office, LATER).operator.roles == {
        Role.VIEWER
    }
    office.renew("vi", LATER)
    assert roles(office, LATER) == {Role.VIEWER}


def over(office, now, last=None):
    units = elevate.over(office, now=now, entropy=ENTROPY.bytes(96), last=last)
    return [office.commit(unit).events[0] for unit in units]


def test_what_time_has_ended_is_recorded_once(office):
    asked, _ = ask(office)
    granted, _ = grant(office, asked.id, "bo")
    waiting, _ = ask(office, Role.AUDITOR, "bo")
    assert over(office, granted.until - timedelta(seconds=1)) == []
    (ended,) = over(office, granted.until)
    assert (ended.who, ended.outcome, ended.detail["reason"]) == ("", "ended", "its time is over")
    assert [each.resource for each in over(office, START + WAITS)] == [f"Elevation::{waiting.id}"]
    assert over(office, START + WAITS) == []
    assert elevate.get(asked.id, office).value.stage is Stage.ENDED


def test_a_clock_that_was_set_back_ends_everything(office):
    asked, _ = ask(office)
    grant(office, asked.id, "bo")
    assert over(office, LATER, last=LATER) == []
    (ended,) = over(office, LATER, last=LATER + timedelta(seconds=1))
    assert ended.detail["reason"] == "the clock was set back"
    assert roles(office, LATER) == {Role.VIEWER}
