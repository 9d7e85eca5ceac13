"""Money is read and written exactly, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.money import MOST, digits, is_currency, minor, shown


@pytest.mark.parametrize(
    ("written", "places", "units"),
    [
        ("12.5", 2, 1250), ("12.50", 2, 1250), (12.5, 2, 1250), (12, 2, 1200), ("0", 2, 0),
        ("0.07", 2, 7), (0.1, 2, 10), ("12.500", 2, 1250), ("12", 0, 12), ("1.234", 3, 1234),
        (12.0, 0, 12),
    ],
)  # fmt: skip
def test_what_is_written_is_read(written, places, units):
    assert minor(written, places) == units


@pytest.mark.parametrize(
    "written",
    ["", ".5", "5.", "-1", "+1", "1e3", " 1", "1 ", "1,5", "1.2.3", "007", "1.234", "٣", "0x1",
     "NaN", "Infinity", -0.5, -0.0, 1e30, 0.1 + 0.2, float("nan"), float("inf"), True, None, [],
     "9" * 40, MOST, str(MOST)],
)  # fmt: skip
def test_anything_else_is_no_amount(written):
    assert minor(written, 2) is None


@given(st.integers(0, MOST), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_what_is_shown_reads_back(units, currency):
    number, code = shown(units, currency).split()
    assert code == currency
    assert minor(number.replace(",", ""), digits(currency)) == units


def test_a_count_has_no_currency():
    assert shown(1250, "") == "1,250"
    assert (shown(1250, "EUR"), shown(1250, "JPY")) == ("12.50 EUR", "1,250 JPY")


def test_codes_have_three_capitals():
    assert is_currency("EUR")
    assert not any(map(is_currency, ("", "eur", "EU", "EURO", "EU1", "ÄÄÄ", "?")))
