"""What a budget says of itself, and how it stands before a call."""

import pytest

from clawband.model.budget import Budget, Standing
from tests.simulators.clocks import START

REFUNDS = Budget(
    name="refunds", most=50_000, every="day", per="requester", currency="EUR", tools=("refund",)
)
CALLS = Budget(name="calls", most=20, every="hour")


def standing(used, asked, budget=REFUNDS, **more):
    return Standing(workflow="desk", budget=budget, used=used, asked=asked, **more)


def test_it_is_told_in_plain_words():
    assert REFUNDS.told == "500.00 EUR a day for each requester by `refund`"
    assert CALLS.told == "20 calls an hour"
    assert (CALLS.amount(1), CALLS.seconds, CALLS.unit) == ("1 call", 3_600, "calls")


@pytest.mark.parametrize(
    ("used", "asked", "over"),
    [
        (0, 50_000, ""),
        (1, 50_000, "refunds"),
        (60_000, 0, ""),
        (60_000, 1, "refunds"),
        (0, None, "refunds?"),
    ],
)
def test_policy_is_told_what_does_not_fit(used, asked, over):
    assert standing(used, asked).over == over


@pytest.mark.parametrize(
    ("used", "asked", "bar"),
    [(0, 0, (0, 0)), (25_000, 5_000, (50, 10)), (49_999, 5_000, (99, 1)), (60_000, 1, (100, 0)),
     (0, None, (0, 0))],
)  # fmt: skip
def test_it_is_a_bar(used, asked, bar):
    each = standing(used, asked)
    assert (each.share, each.takes) == bar


def test_a_budget_of_nothing_has_nothing_left():
    none = Budget(name="none", most=0, every="day")
    assert (standing(0, 1, none).share, standing(0, 1, none).takes) == (100, 0)
    assert standing(0, 1, none).over == "none"


def test_it_says_what_is_left_and_what_is_asked():
    told = standing(48_000, 5_000, fits=START).says
    when = f"{START:%Y-%m-%d %H:%M} UTC"
    assert told == f"20.00 EUR of 500.00 EUR left, and this is 50.00 EUR; it fits from {when} on"
    assert standing(60_000, 60_000).says.startswith("0.00 EUR of 500.00 EUR left")
    assert "expected an amount in EUR" in standing(0, None).says
