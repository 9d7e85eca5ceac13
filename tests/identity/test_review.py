"""When a review reminds, what counts as unused, and what may still be decided."""

from datetime import timedelta

import pytest

from clawband.identity.review import Item, Review, Subject, Verdict
from tests.simulators.clocks import START

DAY = timedelta(days=1)


def review(**changes):
    said = {"opened": START, "by": "ana", "due": START + 14 * DAY, "items": 1}
    return Review(**{**said, **changes})


def item(**changes):
    said = {"kind": Subject.ROLE, "name": "bo", "role": "admin", "of": "bo", "since": START}
    return Item(**{**said, **changes})


@pytest.mark.parametrize(
    ("day", "told", "reminds"),
    [
        (10.9, None, False), (11, None, True), (13.9, 11, False), (14, 11, True),
        (14.5, 14, False), (15, 14, True), (40, None, True),
    ],
)  # fmt: skip
def test_it_reminds_once_before_it_is_due_and_every_day_after(day, told, reminds):
    open_one = review(told=START + told * DAY if told else None)
    assert open_one.to_remind(START + day * DAY) == reminds
    assert not review(closed=START + DAY).to_remind(START + day * DAY)


def test_it_is_overdue_from_its_day_on_until_it_is_closed():
    assert not review().overdue(START + 14 * DAY - timedelta(seconds=1))
    assert review().overdue(START + 14 * DAY)
    assert not review(closed=START).overdue(START + 20 * DAY)


def test_an_item_is_named_by_what_it_is():
    assert item().id == "role:bo:admin"
    assert item(kind=Subject.KEY, name="01J", role="").id == "key:01J"


def test_unused_counts_from_the_last_use_or_from_the_beginning():
    assert not item().unused(START + 89 * DAY) and item().unused(START + 90 * DAY)
    assert not item(used=START + DAY).unused(START + 90 * DAY)


@pytest.mark.parametrize(
    ("was", "verdict", "may"),
    [
        (None, Verdict.KEEP, True), (None, Verdict.REVOKE, True),
        (Verdict.KEEP, Verdict.REVOKE, True), (Verdict.KEEP, Verdict.KEEP, False),
        (Verdict.REVOKE, Verdict.KEEP, False), (Verdict.REVOKE, Verdict.REVOKE, False),
    ],
)  # fmt: skip
def test_what_was_revoked_is_not_decided_again(was, verdict, may):
    assert item(verdict=was).becomes(verdict) == may
