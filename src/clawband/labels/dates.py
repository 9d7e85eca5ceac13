"""Days and times in a text, and whether a value's day is one of them.

A day is said with or without its year. What may be read in two ways (`05/06/2024`) is said only
when `loose`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from clawband.labels.folding import narrow
from clawband.labels.lexicon import DOUBTFUL_MONTHS, MONTHS

_S = r"[\s,.*_`~]{0,4}"
_DAY = r"(\d{1,2})(st|nd|rd|th|er|\.|º)?"
_TO = r"(?:-|–|—|to|until|till|through|and|or|&|,|bis|und|au|al)"
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_AFTER = re.compile(
    rf"{_S}(?:the\s)?{_DAY}(?![\d%]|[:.,/]\d|[^\W_])"
    rf"(?:{_S}{_TO}{_S}(?:the\s)?{_DAY}(?![\d%]|[:.,/]\d|[^\W_]))?(?:{_S}(\d{{4}})(?!\d|[.,:]\d))?",
    re.I,
)
_BEFORE = re.compile(
    rf"(?:(?<![\d.,:/$€£-]){_DAY}(?:\s(?:of|de))?{_S}{_TO}{_S}(?:the\s)?)?"
    rf"(?<![^\W_])(?<![$€£])(?<!\d[.,:/-]){_DAY}(?:\s(?:of|de))?{_S}$",
    re.I,
)
_YEAR_AFTER = re.compile(rf"{_S}(?:de\s)?(\d{{4}})(?!\d|[.,:]\d)")
_YEAR_BEFORE = re.compile(rf"(?<![\d.,])(\d{{4}}){_S}$")
_NUMERIC = re.compile(
    r"(?<![\d])(?<!\d[.,:/-])(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\6"
    r"(\d{4}|\d{2}))(?!\d|[-/.]\d)"
)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_SHORT = re.compile(r"(?<![\d.,:/-])(\d{1,2})[./-](\d{1,2})\.?(?![\d/:-])")
_TIME = re.compile(
    r"(?<![\d:.,])(?:([01]?\d|2[0-4])[:.h]([0-5]\d)(?::[0-5]\d)?(?![\d:])|(1?\d)(?=\s?[ap]\.?m))"
    r"(?:\s?([ap])\.?m\b)?",
    re.I,
)
_CLOCK = re.compile(
    r"[T ,]+(?:at )?(\d{1,2}:\d{2})(?::\d{2})?(?:\.\d{1,9})?(\s?[ap]m)?\s?(Z|UTC|[+-]\d\d:?\d\d)?",
    re.I,
)
_CONNECTED = re.compile(rf"{_S}{_TO}{_S}(?:the\s)?", re.I)
_UTC = {"UTC", "+00:00", "+0000", "Z"}
_NEAR = 48
_MOST = 4_096
"""Dates of one writing that are read in a text; a flood of them is not read to its end."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day in a text. `year` is 0 when none is said; `certain` when it has one reading only."""

    year: int
    month: int
    day: int
    start: int
    end: int
    certain: bool = True

    def fits(self, other: "Day") -> bool:
        """The same day, as far as the years are said."""
        if (self.month, self.day) != (other.month, other.day):
            return False
        return not (self.year and other.year) or self.year == other.year


def days(text: str) -> list[Day]:
    """Every day a text names, in order; positions are those of the text."""
    text = narrow(text)
    found = [*_by_name(text), *_by_numbers(text)]
    found = [day for day in found if 1 <= day.month <= 12 and 1 <= day.day <= 31]
    return _with_years(text, sorted(found, key=lambda day: day.start))


def _by_name(text: str) -> Iterator[Day]:
    used = 0
    names = (found for found in _WORD.finditer(text) if found[0].lower() in MONTHS)
    for found in islice(names, _MOST):
        name, start, end = found[0], *found.span()
        month = MONTHS[name.lower()]
        base = max(used, start - _NEAR)
        left = _BEFORE.search(text[base:start])
        right = None if left else _AFTER.match(text, end)
        if left is not None:
            year = _YEAR_AFTER.match(text, end)
            stop, said = (year.end(), int(year[1])) if year else (end, 0)
            marked = bool(year) or bool(left[4]) or " of" in left[0]
            numbers, begin = (left[1], left[3]), base + left.start()
        elif right is not None:
            year = None if right[5] else _YEAR_BEFORE.search(text[base:start])
            said = int(right[5] or (year[1] if year else 0))
            marked, stop = bool(said or right[2] or right[4]), right.end()
            numbers, begin = (right[1], right[3]), base + year.start() if year else start
        else:
            continue
        used = stop
        sure = marked or name.lower() not in DOUBTFUL_MONTHS or name[0].isupper()
        for number in filter(None, numbers):
            yield Day(said, month, int(number), begin, stop, sure)


def _by_numbers(text: str) -> Iterator[Day]:
    for found in _at_numbers(text, _NUMERIC):
        span = found.span()
        if found[1]:
            yield Day(int(found[1]), int(found[3]), int(found[4]), *span)
            continue
        one, two, year = int(found[5]), int(found[7]), int(found[8])
        year += 2000 if year < 100 else 0
        sure = found[6] == "." or one > 12 or two > 12 or one == two
        if two <= 12:
            yield Day(year, two, one, *span, sure)
        if one <= 12 and found[6] != ".":
            yield Day(year, one, two, *span, sure)
    for found in _at_numbers(text, _COMPACT):
        yield Day(int(found[1]), int(found[2]), int(found[3]), *found.span(), False)
    for found in _at_numbers(text, _SHORT):
        yield Day(0, int(found[2]), int(found[1]), *found.span(), False)
        yield Day(0, int(found[1]), int(found[2]), *found.span(), False)


def _at_numbers(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Matches that begin with a number, found faster than by trying every place."""
    tried = (pattern.match(text, number.start()) for number in _DIGITS.finditer(text))
    return islice(filter(None, tried), _MOST)


def _with_years(text: str, found: list[Day]) -> list[Day]:
    """`from May 1st to May 5th 2025`: the year is said once for both."""
    for index in range(len(found) - 2, -1, -1):
        day, later = found[index], found[index + 1]
        if not day.year and later.year and _CONNECTED.fullmatch(text[day.end : later.start]):
            ordered = (day.month, day.day) <= (later.month, later.day)
            found[index] = replace(day, year=later.year - (not ordered))
    return found


def day_of(value: str) -> Day | None:
    """The day of an ISO date or date-time, or of a value that is one day in any writing."""
    value = value.strip()
    if len(value) > 64:
        return None
    named = [day for day in days(value) if day.certain]
    if not named or named[0].start or len({(day.month, day.day) for day in named}) > 1:
        return None
    rest = value[named[0].end :]
    return named[0] if not rest.strip(" .Z") or _CLOCK.fullmatch(rest) else None


def time_of(value: str) -> int | None:
    """Minutes since midnight of a bare time of day; none for anything else."""
    found = list(_TIME.finditer(value.strip()))
    if len(found) == 1 and found[0].span() == (0, len(value.strip())):
        return _minutes(found[0])
    return None


def _minutes(found: re.Match[str]) -> int:
    hour = int(found[1] or found[3])
    if found[4]:
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    return hour * 60 + int(found[2] or 0)


def moment_of(value: str) -> tuple[int, int, int, int | None, str] | None:
    """Year, month, day, minutes and time zone of a value; zeros without a day."""
    day, minutes = day_of(value), time_of(value)
    if day is None:
        return None if minutes is None else (0, 0, 0, minutes, "")
    clock = _CLOCK.fullmatch(value.strip()[day.end :])
    minutes = time_of(clock[1] + (clock[2] or "")) if clock else None
    zone = (clock[3] or "").upper() if clock else ""
    return day.year, day.month, day.day, minutes, "Z" if zone in _UTC else zone


def find_time(text: str, minutes: int, *, loose: bool) -> tuple[int, int] | None:
    """Where a time of day is said; loosely also on a twelve-hour clock without am or pm."""
    text = narrow(text)
    for found in _at_numbers(text, _TIME):
        said, dotted = _minutes(found), "." in found[0][:3] and not found[4]
        if dotted and not loose:
            continue
        if said == minutes or (loose and said % 720 == minutes % 720):
            return found.span()
    return None
