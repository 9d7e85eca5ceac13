"""One text, ready to be searched for values.

`Passage.find` is for words that may explain a value: it finds only what the text really says.
`Passage.find_loose` is for content from outside: it finds a value under any disguise it knows.
Places are found by letters alone (`folding.Letters`) and then read with care; what strict search
misses costs a question, never a breach.
"""

import re

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

_PLACES = 256
"""So many places of a few letters are looked at for one that stands alone."""
_SURE = 5
"""Fewer letters than this must be a word of their own, also when searched loosely."""
_MARGIN, _STRETCH, _STRIDE = 80, 400, 2_048
_DEPTH = 2
_SPACES = " \n\t"


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
        held = Claim(letters(word), lambda piece: holds_word(piece, word))
        return self._find_said(held, len(word)) is not None

    def _find_said(self, sought: Claim, length: int) -> Span | None:
        """The first place that is said. A long text is read a stride at a time, each place once."""
        drawn, margin, at = self._drawn(), _MARGIN + length, 0
        while (at := drawn.text.find(sought.needle, at)) >= 0:
            first = self._span(at, len(sought.needle))
            stop = first[0] + _STRIDE
            if self._says(sought, first[0], stop, margin):
                return self._exactly(sought, at, stop, margin) or first
            at = max(at + 1, drawn.index(min(stop, len(self.text))))
        return None

    def _exactly(self, sought: Claim, at: int, stop: int, margin: int) -> Span | None:
        """Which of the places of a stride it is that says the value."""
        for _ in range(_PLACES):
            span = self._span(at, len(sought.needle))
            if self._says(sought, *span, margin):
                return span
            at = self._drawn().text.find(sought.needle, at + 1)
            if at < 0 or span[0] > stop:
                break
        return None

    def _says(self, sought: Claim, start: int, end: int, margin: int) -> bool:
        """Whether what is around a part of the text says it. A cut edge is no word's edge."""
        text = self.text
        start, end = max(0, start - margin), min(len(text), end + margin)
        floor, ceiling = max(0, start - _STRETCH), min(len(text), end + _STRETCH)
        start = max(text.rfind(space, floor, start) + 1 for space in _SPACES) or floor
        stops = (text.find(space, end, ceiling) for space in _SPACES)
        end = min((at for at in stops if at >= 0), default=ceiling)
        before = "/x" if start and not text[start - 1].isspace() else ""
        after = "x" if end < len(text) and not text[end].isspace() else ""
        piece = before + text[start:end] + after
        shown = plain(piece)
        if sought.says(shown):
            return True
        bare = shown if sought.raw else plain(unwrapped(piece))
        return bare != shown and sought.says(bare)

    def _drawn(self) -> Letters:
        if self._letters is None:
            self._letters = Letters(self.text)
        return self._letters

    def _span(self, at: int, length: int) -> Span:
        """The place in the text of some of its letters."""
        drawn = self._drawn()
        return drawn.origin(at)[0], drawn.origin(at + length - 1)[1]

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
        needle, drawn = letters(part), self._drawn().text
        for number, at in enumerate(occurrences(drawn, needle)):
            span = self._span(at, len(needle))
            if len(needle) >= _SURE or self._alone(span):
                return span
            if number >= _PLACES:
                break
        for other in (turned(needle), spelled(part, letters)):
            found = re.search(other, drawn) if other else None
            if found is not None and found[0]:
                return self._span(found.start(), len(found[0]))
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
