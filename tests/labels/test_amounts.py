from decimal import Decimal

import pytest

from clawband.labels.amounts import amount_of, find_amount, readings_of


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("10.0", "10"), ("£10", "10"), ("1,050", "1050"), ("1.050,00 €", "1050"), ("EUR 5", "5"),
        ("1e3", "1000"), ("-5", "-5"), ("1'000", "1000"), (".5", "0.5"),
    ],
)  # fmt: skip
def test_amount_of(value, amount):
    assert amount_of(value) == Decimal(amount)


@pytest.mark.parametrize(
    "value", ["", "x", "nan", "inf", "1.2.3", "ten", "1e99999999999", "5 apples", "5%", "--5"]
)
def test_no_amount(value):
    assert amount_of(value) is None


def test_readings():
    assert readings_of("1.050", money=False)[0] == Decimal("1.05")
    assert readings_of("1.050", money=True)[0] == 1050
    assert readings_of("1,050", money=False)[0] == 1050
    assert readings_of("1,05", money=False) == (Decimal("1.05"),)
    assert readings_of("1.2.3", money=False) == ()
    assert readings_of("9" * 50, money=False) == ()


@pytest.mark.parametrize(
    ("text", "amount", "typed"),
    [
        ("pay 10", "10", True),
        ("pay 10.", "10", True),
        ("pay 10EUR", "10", True),
        ("10,50 to Ann", "10.5", True),
        ("€ 1 050", "1050", True),
        ("pay _10_", "10", True),
        ("10. May", "10", False),
        ("10. Do it", "10", False),
        ("a10", "10", False),
        ("10-20", "10", False),
        ("10:20", "10", False),
        ("v1.10", "10", False),
        ("1 050", "1050", False),
        ("110", "10", False),
        ("10.01", "10", False),
        ("ticket 10", "10", False),
        ("by 2026", "2026", False),
        ("pay 2026", "2026", True),
        ("pay 10.", "10", True),
        ("$10k", "10", False),
        ("$10k", "10000", True),
        ("2.5 million dollars", "2500000", True),
        ("2.5 million", "2500000", True),
        ("5 m", "5000000", False),
        ("5k", "5000", False),
        ("2 or 3 days", "2", False),
        ("$20/month", "20", True),
    ],
)
def test_find_amount(text, amount, typed):
    assert (find_amount(text, Decimal(amount), loose=False) is not None) is typed


def test_loosely_every_reading_counts():
    for text in ("10%", "id 10", "1 10", "10.00", "May 10"):
        assert find_amount(text, Decimal(10), loose=True), text
    assert find_amount("2.5 million", Decimal(2_500_000), loose=True)
    assert find_amount("110", Decimal(10), loose=True) is None
