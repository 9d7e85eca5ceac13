"""Money: whole minor units of a currency, read and written exactly. There are no floats."""

from typing import Final

_DIGITS: Final = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
}  # fmt: skip
"""ISO 4217, list one: the currencies whose minor unit is not a hundredth."""
MOST: Final = 2**53 - 1
"""The largest integer that JSON carries exactly everywhere."""


def is_currency(code: str) -> bool:
    """Whether it is written like a code of ISO 4217."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def digits(currency: str) -> int:
    """How many digits of this currency stand after the point."""
    return _DIGITS.get(currency, 2)


def minor(value: object, places: int) -> int | None:
    """What is written as `12.5` in units of 10^-places, here 1250 for 2 places.

    None for everything that is not exactly that: no text of plain digits with at most one point,
    negative, finer than `places`, or above `MOST`. A number of JSON counts as it is written.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    whole, point, rest = str(value).partition(".")
    if not _plain(whole) or (whole[0] == "0" and whole != "0") or (point and not _plain(rest)):
        return None
    rest = rest.rstrip("0")
    if len(rest) > places or len(whole) > len(str(MOST)):
        return None
    units = int(whole + rest.ljust(places, "0"))
    return units if units <= MOST else None


def shown(units: int, currency: str) -> str:
    """`1,250.00 EUR`; a count without a currency is only a number."""
    if not currency:
        return f"{units:,}"
    places = digits(currency)
    whole, rest = divmod(units, 10**places)
    return f"{whole:,}{f'.{rest:0{places}}' if places else ''} {currency}"


def _plain(text: str) -> bool:
    return text.isascii() and text.isdecimal()
