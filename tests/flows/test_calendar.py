"""When what is due, and what is said when it was not done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.flows import calendar
from clawband.flows.accounts import Doing
from clawband.flows.rotate import OF_SECRET, ROTATION
from clawband.flows.secrets import SECRET
from clawband.model.rotation import Rotations, Stand
from clawband.model.secret import Plan, State, Version
from clawband.ports.unit import Unit
from tests.flows.people import Registry
from tests.flows.rotating import CRM, Desk
from tests.simulators.clocks import START

FIRST = Version(number=1, state=State.CURRENT, print="p", by="ana", made=START)
MONTHLY = replace(CRM, versions=(FIRST,), plan=Plan(driver="http", every_days=30))
BY_HAND = replace(MONTHLY, name="bank", plan=Plan(driver="by-hand", every_days=30))
DUE = START + timedelta(days=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def kept(*secrets) -> Registry:
    documents = Registry()
    documents.commit(Unit([], [SECRET.new(each.name, each) for each in secrets]))
    return documents


@pytest.mark.parametrize(("secret", "at", "stand"), [
    (CRM, DUE, Stand.NEVER),
    (replace(MONTHLY, versions=()), DUE, Stand.NEVER),
    (MONTHLY, DUE - HOUR, Stand.LATER),
    (MONTHLY, DUE, Stand.DUE),
    (MONTHLY, DUE + DAY, Stand.OVERDUE),
    (BY_HAND, DUE - HOUR, Stand.LATER),
    (BY_HAND, DUE, Stand.OVERDUE),
])  # fmt: skip
def test_how_a_secret_stands(secret, at, stand):
    assert calendar.planned(secret, at, Registry()).stand is stand


def test_what_is_due_first_is_at_the_top():
    yearly = replace(MONTHLY, name="a/yearly", plan=Plan(driver="http", every_days=365))
    never = replace(CRM, name="a/never")
    listed = calendar.listed(DUE, kept(yearly, never, MONTHLY))
    assert [each.secret for each in listed] == ["crm/key", "a/yearly", "a/never"]


def test_the_calendar_begins_what_has_a_driver_and_is_not_under_way():
    documents = kept(MONTHLY, BY_HAND)
    assert list(calendar.to_begin(DUE - HOUR, documents)) == []
    assert list(calendar.to_begin(DUE, documents)) == ["crm/key"]
    documents.commit(Unit([], [OF_SECRET.new("crm/key", Rotations(running="rot_1"))]))
    assert list(calendar.to_begin(DUE, documents)) == []


def test_after_one_that_was_rolled_back_it_waits(rolled_back):
    documents = kept(MONTHLY)
    documents.commit(Unit([], [OF_SECRET.new("crm/key", Rotations(past=("rot_1",))),
                               ROTATION.new("rot_1", rolled_back)]))  # fmt: skip
    assert list(calendar.to_begin(DUE + HOUR, documents)) == []
    assert list(calendar.to_begin(DUE + 7 * HOUR, documents)) == ["crm/key"]


def test_a_reminder_is_said_once_for_each_date():
    documents = kept(BY_HAND)

    def remind(at, because=""):
        doing = Doing(by="", now=at, entropy=b"e" * 96)
        unit = calendar.reminder("bank", because, documents, doing)
        if unit:
            documents.commit(unit)
        return unit

    (told,) = remind(DUE, "nobody was there").events
    assert (told.detail["since"], told.detail["why"]) == ("2026-11-22", "nobody was there")
    assert remind(DUE + DAY) is None
    was = SECRET.get("bank", documents)
    fresh = replace(was.value, versions=(replace(FIRST, number=2, made=DUE + 2 * DAY),))
    documents.commit(Unit([], [SECRET.replace(was, fresh)]))
    assert remind(DUE + 32 * DAY) is not None
    doing = Doing(by="", now=DUE, entropy=b"e" * 96)
    assert calendar.reminder("none", "", documents, doing) is None


@pytest.fixture
def rolled_back():
    desk = Desk()
    desk.begin()
    return replace(desk.rotation.value, back=True, ended=DUE)
