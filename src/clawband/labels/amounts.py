"""Amounts of money and other numbers as people and systems type them."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice

from clawband.labels.dates import days
from clawband.labels.edges import follow, lead
from clawband.labels.folding import narrow
from clawband.labels.lexicon import CURRENCIES, DATED, MONTHS, NUMBERED, UNITS

_CODES = "|".join(sorted(CURRENCIES, key=len, reverse=True))
_NUMBER = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f\u2009'’]\d{3})+(?![\d])(?:[.,]\d{1,9})?"
    r"|\d+(?:[.,]\d+)*|(?<![\w.,])\.\d{1,9}(?![\d.,])"
)
_SIGNS = "$€£¥₿"
_MONEY_BEFORE = re.compile(rf"(?:[{_SIGNS}]|\b(?:{_CODES}))\s?[-+]?$", re.I)
_SCALE = "k|m|mio|million|thousand|tausend|bn|billion"
_MONEY_AFTER = re.compile(rf"(?:\s?(?:{_SCALE}))?\s?(?:[{_SIGNS}]|(?:{_CODES})\b)", re.I)
_SCALED = re.compile(rf"\s?({_SCALE})(?![^\W_])", re.I)
_SCALES = {"k": 3, "thousand": 3, "tausend": 3, "bn": 9, "billion": 9}
_ENUMERATED = re.compile(r"[.)]\s+\S")
_OR_SO = re.compile(rf"\s?(?:or|to|and|-)\s?\d{{1,4}}\s(?:{'|'.join(sorted(UNITS))})\b", re.I)
_LONGEST = 40
_AROUND = 48
_PLACES = 2_048


def amount_of(value: str) -> Decimal | None:
    """The number a value is, with or without a currency; none if it is not one number."""
    value = narrow(value.strip())
    value = _MONEY_AFTER.sub("", _MONEY_BEFORE.sub("", value)).strip() if len(value) < 64 else ""
    for text in (value, re.sub(rf"^\s*(?:[{_SIGNS}]|(?:{_CODES})\b)\s?", "", value, flags=re.I)):
        try:
            number = Decimal(text)
            return number if number.is_finite() and abs(number.adjusted()) < _LONGEST else None
        except InvalidOperation:
            digits = text.removeprefix("-")
            readings = readings_of(digits, money=True) if _NUMBER.fullmatch(digits) else ()
            if readings:
                return readings[0] * (-1 if text[0] == "-" else 1)
    return None


def readings_of(text: str, *, money: bool) -> tuple[Decimal, ...]:
    """What a typed number may be, the best reading first; `money` is when a currency is beside."""
    if len(text) > _LONGEST:
        return ()
    text = re.sub(r"[^\d.,]", "", text)
    points, commas = text.count("."), text.count(",")
    if points and commas:
        last = max(text.rfind("."), text.rfind(","))
        whole, rest = re.sub("[.,]", "", text[:last]), text[last + 1 :]
        return (
            (Decimal(f"{whole}.{rest}"),)
            if min(points, commas) and text.count(text[last]) == 1
            else ()
        )
    if not (points or commas):
        return (Decimal(text),)
    sign = "." if points else ","
    parts = text.split(sign)
    grouped = all(len(part) == 3 for part in parts[1:]) and 0 < len(parts[0]) <= 3
    if len(parts) > 2:
        return (Decimal("".join(parts)),) if grouped else ()
    decimal = Decimal(f"{parts[0] or 0}.{parts[1] or 0}")
    if grouped and parts[0].strip("0") and (sign == "," or money):
        return Decimal("".join(parts)), decimal
    if grouped and sign == ".":
        return decimal, Decimal("".join(parts))
    return (decimal,)


def find_amount(text: str, amount: Decimal, *, loose: bool) -> tuple[int, int] | None:
    """Where a number is typed as an amount; loosely, every number in every reading counts."""
    text = narrow(text)
    digits = str(amount.copy_abs()).strip("0.")
    if digits[:1] not in text:
        return None
    for place in islice(_places_of(amount.copy_abs()).finditer(text), _PLACES):
        found = _NUMBER.match(text, place.start())
        if found is None:
            continue
        start, end = found.span()
        if loose:
            if amount.copy_abs() in _loose_readings(text, found):
                return start, end
            continue
        money = _priced(text, start, end)
        readings = readings_of(found[0], money=money)[:1]
        if readings and _scaled(_signed(text, start, readings[0]), text, end) == amount:
            if _typed(text, start, end, money) and not _dated(text, start, end):
                return start, end
    return None


@lru_cache(maxsize=256)
def _places_of(amount: Decimal) -> re.Pattern[str]:
    """Where a number may begin that is this amount, with any grouping of its digits."""
    forms = [_grouped(amount)]
    for power in (3, 6, 9):
        if amount.scaleb(-power) >= 1:
            forms.append(_grouped(amount.scaleb(-power)))
    return re.compile(rf"(?<!\d)(?<!\d[.,])(?:{'|'.join(forms)})(?:[.,]?0+)?(?!\d)")


def _grouped(amount: Decimal) -> str:
    whole, _, rest = f"{amount:f}".partition(".")
    rest = rest.rstrip("0")
    digits = whole.lstrip("0") + rest
    return "0*[.,]?0*" + "[^\\w]?".join(digits) if digits else "0"


def _loose_readings(text: str, found: re.Match[str]) -> tuple[Decimal, ...]:
    readings = readings_of(found[0], money=False)
    readings += tuple(_scaled(number, text, found.end()) for number in readings)
    split = re.split(r"\s", found[0])
    return readings + tuple(Decimal(part) for part in split if part.isdecimal() and len(split) > 1)


def _scaled(number: Decimal, text: str, end: int) -> Decimal:
    """`5k` and `2 million`."""
    scale = _SCALED.match(text, end)
    return number.scaleb(_SCALES.get(scale[1].lower(), 6)) if scale else number


def _priced(text: str, start: int, end: int) -> bool:
    return bool(
        _MONEY_BEFORE.search(text[max(0, start - 12) : start]) or _MONEY_AFTER.match(text, end)
    )


def _signed(text: str, start: int, number: Decimal) -> Decimal:
    minus = text[start - 1 : start] in tuple("-−") and not text[start - 2 : start - 1].isalnum()
    return -number if start and minus else number


def _dated(text: str, start: int, end: int) -> bool:
    base = max(0, start - _AROUND)
    return any(
        day.start < end - base and start - base < day.end and day.certain
        for day in days(text[base : end + _AROUND])
    )


def _typed(text: str, start: int, end: int, money: bool) -> bool:
    """Whether a number at a place is an amount rather than a part or a count of something else."""
    opening = not text[:start].rpartition("\n")[2].strip(" \t>#*")
    if (opening and _ENUMERATED.match(text, end)) or not _stands_alone(text, start, end, money):
        return False
    return money or not _counted(text, start, end)


def _stands_alone(text: str, start: int, end: int, money: bool) -> bool:
    """Whether it is no part of a word, of a longer number, of a time or of a range."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    beyond = text[end + 1 : end + 2]
    if after == "%" or text[end : end + 2] == " %" or before == "#":
        return False
    if before in tuple(".,:/-@\\") and start > 1 and text[start - 2].isalnum():
        return False
    if after in tuple(".,:/-@\\") and (beyond.isdigit() or (beyond.isalpha() and not money)):
        return False
    scale = _SCALED.match(text, end)
    return money or not (
        before.isalnum()
        or (scale is not None and len(scale[1]) == 1)
        or (scale is None and after.isalnum())
        or (before == "_") != (after == "_")
        or re.search(r"\s", text[start:end])
    )


def _counted(text: str, start: int, end: int) -> bool:
    """Whether it counts days or people, is a date's or a year, or names a record."""
    after, ahead = follow(text, end), (*lead(text, start), "")[0]
    if after in UNITS or after in MONTHS or ahead in MONTHS or ahead in NUMBERED:
        return True
    year = text[start:end].isdecimal() and end - start == 4 and text[start] in "12"
    return bool(_OR_SO.match(text, end)) or (year and ahead in DATED)
