"""Values that are known, such as those of kept secrets: found exactly, wherever they stand.

All of them in one pass, however many there are. What is too short or too plain to be told from an
ordinary word is not looked for, and `plain` says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, Final

from clawband.labels.classify import Found, in_characters, masked
from clawband.labels.writings import MEMORY, Form, compiled, written

SHORTEST: Final = 8
"""Bytes."""
DISTINCT: Final = 5
"""Different bytes."""
WORDY: Final = 16
"""Letters that are no word."""
_FEW: Final = 64
"""Values that are made ready by themselves: one more must not cost what all of them do."""
_MEMORY_EACH: Final = 4 << 10
"""Bytes that the automaton may take for each anchor."""

Entry = tuple[str, Sequence[Form]]
Place = tuple[str, int, int]


class Known:
    """Names and their values; one name may have several. Never changes."""

    def __init__(self, values: Iterable[tuple[str, bytes]] = ()) -> None:
        entries = [(name, written(value)) for name, value in values if not plain(value)]
        self._parts: tuple[_Part, ...] = (_Part(entries),) if entries else ()

    def __bool__(self) -> bool:
        return bool(self._parts)

    def __repr__(self) -> str:
        return f"Known({sum(len(each.entries) for each in self._parts)} values)"

    def and_(self, name: str, value: bytes) -> "Known":
        """With one more value, if it can be told from words."""
        if plain(value):
            return self
        one = (name, written(value))
        new = Known()
        *most, last = self._parts or (_Part([]),)
        if len(last.entries) < _FEW:
            new._parts = (*most, _Part([*last.entries, one]))
        elif not most:
            new._parts = (last, _Part([one]))
        else:
            new._parts = (_Part([*most[0].entries, *last.entries, one]),)
        return new

    def found(self, text: str) -> tuple[Found, ...]:
        """Where one stands, in characters, in the order of the text. Its kind is its name."""
        if not self._parts:
            return ()
        raw = text.encode("utf-8", "replace")
        places = tuple(Found(name, "secret", 1.0, *span) for name, *span in self.places(raw))
        return tuple(in_characters(places, raw)) if len(raw) != len(text) else places

    def names(self, raw: bytes) -> frozenset[str]:
        """Whose values stand in bytes of any kind."""
        return frozenset(name for name, _, _ in self.places(raw)) if self._parts else frozenset()

    def masked(self, text: str) -> str:
        """The text with each replaced by `[secret: name]`."""
        return masked(text, self.found(text))

    def masked_bytes(self, raw: bytes) -> bytes:
        """The same of bytes of any kind."""
        parts, last = [], 0
        for name, start, end in self.places(raw):
            if end > last:
                parts += [raw[last:start], f"[secret: {name}]".encode()]
                last = end
        return b"".join(parts) + raw[last:] if parts else raw

    def cleaned(self, value: Any) -> Any:
        """JSON with the same done to every text inside."""
        if not self._parts:
            return value
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, Mapping):
            return {self.masked(key): self.cleaned(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.cleaned(each) for each in value]
        return value

    @cached_property
    def reach(self) -> int:
        """Bytes that the longest writing of a value may take."""
        return max((part.reach for part in self._parts), default=0)

    def places(self, raw: bytes) -> list[Place]:
        found = (place for part in self._parts for place in part.places(raw))
        return sorted(found, key=itemgetter(1, 2))


class Passing:
    """Bytes on their way in pieces, with what is known masked also where it stands in two."""

    def __init__(self, known: Known) -> None:
        self._known, self._held = known, b""

    def feed(self, piece: bytes, *, whole: bool = False) -> bytes:
        """What can go on. `whole`: no value goes on in the next piece."""
        raw = self._held + piece
        cut = len(raw) if whole else max(0, len(raw) - self._known.reach)
        for _, start, end in self._known.places(raw):
            cut = start if start < cut < end else cut
        self._held = raw[cut:]
        return self._known.masked_bytes(raw[:cut])

    def end(self) -> bytes:
        return self.feed(b"", whole=True)


class _Part:
    """Values that are looked for in one pass; made ready when they first are."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries

    @cached_property
    def reach(self) -> int:
        return max(form.reach for _, forms in self.entries for form in forms)

    def places(self, raw: bytes) -> Iterator[Place]:
        pattern, known = self._ready
        at = 0
        while (match := pattern.search(raw, at)) is not None:
            start, end = match.span()
            ways = (*known.get(raw[start:end], ()), *known.get(b"", ()))
            spans = ((name, form.around(raw, start, end)) for name, form in ways)
            whole = [(name, *span) for name, span in spans if span]
            at = max((each[2] for each in whole), default=start + 1)
            if whole:
                yield max(whole, key=lambda each: each[2] - each[1])

    @cached_property
    def _ready(self) -> tuple[Any, Mapping[bytes, Sequence[tuple[str, Form]]]]:
        """A pattern of every anchor, and the forms that each is of."""
        known: dict[bytes, list[tuple[str, Form]]] = {}
        anchors = set()
        for name, forms in self.entries:
            for form in forms:
                anchors.add(form.anchor)
                known.setdefault(form.literal, []).append((name, form))
        return compiled("|".join(sorted(anchors)), MEMORY + len(anchors) * _MEMORY_EACH), known


NOTHING: Final = Known()


def plain(value: bytes) -> str:
    """Why this value cannot be told from ordinary words; empty when it can."""
    whole = value.strip()
    if len(whole) < SHORTEST:
        return f"it has fewer than {SHORTEST} bytes"
    if len(set(whole)) < DISTINCT:
        return f"it has fewer than {DISTINCT} different bytes"
    if len(whole) < WORDY and whole.isalpha() and whole[1:].islower():
        return "it is a word"
    return ""
