"""One text, ready to be searched for values.

`Passage.find` is for words that may explain a value: it finds only what the text really says.
`Passage.find_loose` is for content from outside: it finds a value under any disguise it knows.
Places are found by letters alone (`folding.Letters`) and then read with care; what strict search
misses costs a question, never a breach.
"""

import re
from collections.abc import Iterator

from clawband.labels.amounts import amount_of, find_amount
from clawband.labels.dates import Day, day_of, days, find_time, time_of
from clawband.labels.disguises import hidden, spelled, turned
from clawband.labels.edges import occurrences
from clawband.labels.folding import Letters, letters, plain, unwrapped
from clawband.labels.meanings import Claim, claim, loose_parts, same
from clawband.labels.names import holds_word, significant
from clawband.labels.quoting import LIMIT, quote
from clawband.model.provenance import Meaning

__all__ = ["Passage", "Span", "same", "significant"]

Span = tuple[int, int]

_PLACES = 1024
"""A value that stands unsaid in more places than this is not looked at further."""
_SURE = 5
"""Fewer letters than this must be a word of their own, also when searched loosely."""
_MARGIN, _STRETCH = 80, 400
_DEPTH = 2


class Passage:
    """A text with what was needed so far to search it; safe to share between threads."""

    __slots__ = ("_days", "_depth", "_hidden", "_letters", "text")

    def __init__(self, text: str, depth: int = 0) -> None:
        self.text = text
        self._depth = depth
        self._letters: Letters | None = None
        self._days: dict[tuple[int, int, int, bool], Span] | None = None
        self._hidden: tuple[tuple[Span, Passage], ...] | None = None

    def find(self, meaning: Meaning, value: str) -> Span | None:
        """Where the text really says this value as this meaning; it never takes one for another."""
        if meaning is Meaning.AMOUNT:
            amount = amount_of(value)
            return None if amount is None else find_amount(self.text, amount, loose=False)
        if meaning is Meaning.DATE:
            day, minutes = day_of(value), time_of(value)
            if day is not None:
                return self._find_day(day, loose=False)
            if minutes is not None:
                return find_time(self.text, minutes, loose=False)
        sought = claim(meaning, value)
        return None if sought is None else self._find_said(sought, len(value))

    def find_loose(self, meaning: Meaning, value: str) -> Span | None:
        """Where the value is under any disguise: look-alikes, spelling, spacing, encodings."""
        found = self.find(meaning, value) or self._find_number(meaning, value)
        if found is not None:
            return found
        for part in loose_parts(meaning, value):
            found = self._find_letters(part)
            if found is not None:
                return found
        for span, within in self._within():
            if within.find_loose(meaning, value) is not None:
                return span
        return None

    def quote(self, span: Span, limit: int = LIMIT) -> str:
        """The sentence around a span on one line, with unseen characters made visible."""
        return quote(self.text, *span, limit)

    def covers(self, value: str) -> frozenset[str]:
        """Which of the significant words of `value` the text holds as words."""
        return frozenset(word for word in significant(value) if self._holds(word))

    def _holds(self, word: str) -> bool:
        return (
            self._find_said(Claim(letters(word), lambda piece: holds_word(piece, word)), 0)
            is not None
        )

    def _find_said(self, sought: Claim, length: int) -> Span | None:
        for number, span in enumerate(self._places(sought.needle)):
            if number >= _PLACES:
                break
            if any(map(sought.says, self._readings(span, length, raw=sought.raw))):
                return span
        return None

    def _places(self, needle: str) -> Iterator[Span]:
        """Where the letters stand one after the other, whatever is between them."""
        if self._letters is None:
            self._letters = Letters(self.text)
        for at in occurrences(self._letters.text, needle) if needle else ():
            yield self._span(at, at + len(needle))

    def _span(self, start: int, end: int) -> Span:
        assert self._letters is not None
        return self._letters.origin(start)[0], self._letters.origin(end - 1)[1]

    def _readings(self, span: Span, length: int, *, raw: bool) -> list[str]:
        """The surroundings of a place as they show; a cut edge is no word's edge."""
        start, end = span
        margin = _MARGIN + length
        start, end = max(0, start - margin), min(len(self.text), end + margin)
        floor, ceiling = max(0, start - _STRETCH), min(len(self.text), end + _STRETCH)
        while start > floor and not self.text[start - 1].isspace():
            start -= 1
        while end < ceiling and not self.text[end].isspace():
            end += 1
        before = "/x" if start and not self.text[start - 1].isspace() else ""
        after = "x" if end < len(self.text) and not self.text[end].isspace() else ""
        piece = before + self.text[start:end] + after
        if raw:
            return [" ".join(piece.split())]
        return list(dict.fromkeys((plain(piece), plain(unwrapped(piece)))))

    def _find_day(self, day: Day, *, loose: bool) -> Span | None:
        if self._days is None:
            found: dict[tuple[int, int, int, bool], Span] = {}
            for said in days(self.text):
                key = said.year, said.month, said.day, said.certain
                found.setdefault(key, (said.start, said.end))
            self._days = found
        years = {day.year, 0} if day.year else {key[0] for key in self._days}
        keys = [(year, day.month, day.day, True) for year in sorted(years, reverse=True)]
        if loose:
            keys += [(*key[:3], False) for key in keys]
        return next((self._days[key] for key in keys if key in self._days), None)

    def _find_number(self, meaning: Meaning, value: str) -> Span | None:
        """Loosely: a day in any reading, a time on any clock, a number in any writing."""
        if meaning is Meaning.AMOUNT:
            amount = amount_of(value)
            return None if amount is None else find_amount(self.text, amount, loose=True)
        if meaning is Meaning.DATE:
            day, minutes = day_of(value), time_of(value)
            if day is not None:
                return self._find_day(day, loose=True)
            if minutes is not None:
                return find_time(self.text, minutes, loose=True)
        return None

    def _find_letters(self, part: str) -> Span | None:
        needle = letters(part)
        for number, span in enumerate(self._places(needle)):
            if len(needle) >= _SURE or self._alone(span):
                return span
            if number >= _PLACES:
                break
        assert self._letters is not None
        for other in (turned(needle), spelled(part, letters)):
            found = re.search(other, self._letters.text) if other else None
            if found is not None:
                return self._span(*found.span())
        return None

    def _alone(self, span: Span) -> bool:
        """Not a part of a longer word; an escaped line end before it is no part of one."""
        before, after = self.text[max(0, span[0] - 2) : span[0]], self.text[span[1] : span[1] + 1]
        return (
            not before[-1:].isalnum() or before in {"\\n", "\\t", "\\r"}
        ) and not after.isalnum()

    def _within(self) -> tuple[tuple[Span, "Passage"], ...]:
        if self._hidden is None:
            found = hidden(self.text) if self._depth < _DEPTH else ()
            self._hidden = tuple(
                ((start, end), Passage(text, self._depth + 1)) for start, end, text in found
            )
        return self._hidden
