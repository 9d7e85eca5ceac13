"""One text, ready to be searched for values.

`Passage.find` is for words that may explain a value: it finds only what the text really says.
`Passage.find_loose` is for content from outside: it finds a value under any disguise it knows.
Places are found by letters alone (`folding.Letters`) and then read with care; what strict search
misses costs a question, never a breach.
"""

from functools import partial

from clawband.labels.amounts import find_amount
from clawband.labels.dates import Day, days, find_time
from clawband.labels.disguises import hidden
from clawband.labels.edges import occurrences
from clawband.labels.folding import Letters, letters, plain, tied, unwrapped
from clawband.labels.meanings import Claim, same
from clawband.labels.names import holds_word, significant
from clawband.labels.quoting import LIMIT, quote
from clawband.labels.sought import Sought, sought
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
        return self._strictly(sought(meaning, value))

    def find_loose(self, meaning: Meaning, value: str) -> Span | None:
        """Where the value is under any disguise: look-alikes, spelling, spacing, encodings."""
        return self._loosely(sought(meaning, value))

    def quote(self, span: Span, limit: int = LIMIT) -> str:
        """The sentence around a span on one line, with unseen characters made visible."""
        return quote(self.text, *span, limit)

    def covers(self, value: str) -> frozenset[str]:
        """Which of the significant words of `value` the text holds as words."""
        return frozenset(word for word in significant(value) if self._holds(word))

    def _holds(self, word: str) -> bool:
        held = Claim(letters(word), partial(holds_word, word))
        return self._find_said(held) is not None

    def _strictly(self, value: Sought) -> Span | None:
        found = self._find_number(value, loose=False)
        return found or (self._find_said(value.claim) if value.claim else None)

    def _loosely(self, value: Sought) -> Span | None:
        found = self._strictly(value) or self._find_number(value, loose=True)
        found = found or self._find_letters(value)
        if found is not None:
            return found
        return next((span for span, within in self._within() if within._loosely(value)), None)

    def _find_number(self, value: Sought, *, loose: bool) -> Span | None:
        """A number, a day or a time; loosely in any writing, any reading and on any clock."""
        if value.amount is not None:
            return find_amount(self.text, value.amount, loose=loose)
        if value.day is not None:
            return self._find_day(value.day, loose=loose)
        if value.minutes is not None:
            return find_time(self.text, value.minutes, loose=loose)
        return None

    def _find_said(self, claim: Claim) -> Span | None:
        """The first place that is said. A long text is read a stride at a time, each place once."""
        drawn, at = self._drawn(), 0
        while (at := drawn.text.find(claim.needle, at)) >= 0:
            first = self._span(at, len(claim.needle))
            if self._says(claim, *first):
                return first
            stop = first[0] + _STRIDE
            if self._says(claim, first[0], stop):
                return self._exactly(claim, at, stop) or first
            at = max(at + 1, drawn.index(min(stop, len(self.text))))
        return None

    def _exactly(self, claim: Claim, at: int, stop: int) -> Span | None:
        """Which of the places of a stride it is that says the value."""
        for _ in range(_PLACES):
            span = self._span(at, len(claim.needle))
            if self._says(claim, *span):
                return span
            at = self._drawn().text.find(claim.needle, at + 1)
            if at < 0 or span[0] > stop:
                break
        return None

    def _says(self, claim: Claim, start: int, end: int) -> bool:
        """Whether what is around a part of the text says it. A cut edge is no word's edge."""
        text, margin = self.text, _MARGIN + claim.reach
        start, end = max(0, start - margin), min(len(text), end + margin)
        floor, ceiling = max(0, start - _STRETCH), min(len(text), end + _STRETCH)
        start = max(text.rfind(space, floor, start) + 1 for space in _SPACES) or floor
        stops = (text.find(space, end, ceiling) for space in _SPACES)
        end = min((at for at in stops if at >= 0), default=ceiling)
        before = "/x" if start and not text[start - 1].isspace() else ""
        after = "x" if end < len(text) and not text[end].isspace() else ""
        piece = before + text[start:end] + after
        if claim.raw:
            return claim.says(plain(piece))
        shown, bare = plain(tied(piece)), plain(unwrapped(piece))
        return claim.says(shown) or (bare != shown and claim.says(bare))

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

    def _find_letters(self, value: Sought) -> Span | None:
        drawn = self._drawn().text
        for needle in value.needles:
            for at in occurrences(drawn, needle, _PLACES):
                span = self._span(at, len(needle))
                if len(needle) >= _SURE or self._alone(span):
                    return span
        for pattern in value.spoken:
            found = pattern.search(drawn)
            if found is not None:
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
