"""A value made ready to be looked for in many texts."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from clawband.labels.amounts import amount_of
from clawband.labels.dates import Day, day_of, time_of
from clawband.labels.disguises import spelled, turned
from clawband.labels.folding import letters
from clawband.labels.identifiers import digits_of_phone, mail_in
from clawband.labels.meanings import ADDRESSES, Claim, claim
from clawband.labels.urls import url_in
from clawband.model.provenance import Meaning

_REMEMBERED = 256
"""Characters of a value that is kept ready; longer ones are rare and would fill the memory."""


@dataclass(frozen=True, slots=True)
class Sought:
    """How a value is found: as a number, a day or a time if it is one, else by what it says."""

    claim: Claim | None = None
    amount: Decimal | None = None
    day: Day | None = None
    minutes: int | None = None
    needles: tuple[str, ...] = ()
    """For loose search: letters that show that a text holds it, the best first."""
    spoken: tuple[re.Pattern[str], ...] = ()
    """For loose search: the same with its signs spelled out."""


def sought(meaning: Meaning, value: str) -> Sought:
    """Made once for each short value."""
    return _remembered(meaning, value) if len(value) <= _REMEMBERED else _made(meaning, value)


def _made(meaning: Meaning, value: str) -> Sought:
    if meaning is Meaning.AMOUNT:
        return Sought(amount=amount_of(value))
    if meaning is Meaning.DATE:
        day, minutes = day_of(value), time_of(value)
        if day is not None or minutes is not None:
            return Sought(day=day, minutes=minutes, needles=_needles([value]))
    parts = _parts(meaning, value.strip())
    spoken = tuple(pattern for part in parts if (pattern := spelled(part, letters)))
    return Sought(claim=claim(meaning, value), needles=_needles(parts), spoken=spoken)


_remembered = lru_cache(maxsize=1024)(_made)


def _needles(parts: list[str]) -> tuple[str, ...]:
    straight = [letters(part) for part in parts]
    return tuple(filter(None, dict.fromkeys((*straight, *map(turned, straight)))))


def _parts(meaning: Meaning, value: str) -> list[str]:
    """What of a value shows by itself that a text holds it."""
    if meaning in ADDRESSES or "://" in value:
        url = url_in(value)
        whole = value.partition("://")[2] or value
        return [whole.removeprefix("www."), url.host if url else ""]
    if meaning is Meaning.PATH:
        return [value, value.replace("\\", "/").rstrip("/").rpartition("/")[2]]
    if meaning is Meaning.RECIPIENT:
        return [mail_in(value) or value, digits_of_phone(value)]
    return [value]
