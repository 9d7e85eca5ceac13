"""What a delegation may say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.approvals.delegation import AHEAD, LONGEST, Delegation, check
from clawband.model.errors import InputError
from tests.simulators.clocks import START

DAY = timedelta(days=1)
GOOD = Delegation(
    giver="ana", to="bo", start=START, until=START + DAY, purpose="holiday", added=START
)


def test_it_holds_from_its_beginning_to_before_its_end():
    check(GOOD)
    assert GOOD.holds(START) and not GOOD.holds(START - DAY) and not GOOD.holds(START + DAY)


@pytest.mark.parametrize(
    "wrong",
    [{"to": "ana"}, {"until": START}, {"until": START + LONGEST + DAY}, {"purpose": ""},
     {"start": START + AHEAD + DAY, "until": START + AHEAD + 2 * DAY}, {"purpose": "x" * 301},
     {"start": START - 2 * DAY, "until": START - DAY}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(InputError):
        check(replace(GOOD, **wrong))
