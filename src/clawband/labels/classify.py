"""What a text holds that deserves protection: secrets, personal data, business data.

The prefilter says which kinds are worth a closer look; only those are searched for their places,
checked and weighed. Findings are signals for policy, never permission.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any, Final

import re2

from clawband.labels.classifiers import TAGS, Classifier, shipped
from clawband.labels.evidence import placeholder
from clawband.labels.prefilter import Exact, Prefilter
from clawband.model.label import CLASSES, Confidentiality

LIKELY: Final = 0.5
"""The confidence from which a finding gives the text its tag."""
CERTAIN: Final = 0.8
"""The confidence from which a secret is masked: shapes that are known, not words that hint."""
DEFAULTS: Final[Mapping[str, Confidentiality]] = CLASSES
CONTACTS: Final = frozenset({"phone", "postal-address", "person-name"})
OF_PERSON: Final = 0.3
"""The confidence of a mail address that is not an office's."""
PEOPLE: Final = 10
"""So many different mail addresses of persons, and as many of one of these kinds, are a list of
people in one text. Each alone says little."""
MOST: Final = 1000
"""Places of one kind that are looked at, unless it is a secret: more say nothing new."""
RECENT: Final = 16
"""Texts whose findings are remembered: one decision looks at the same text several times."""
_BEFORE, _AFTER = 80, 40


@dataclass(frozen=True, slots=True)
class Found:
    """One place in a text. `start` and `end` count characters."""

    kind: str
    tag: str
    confidence: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Ready:
    """A classifier with its patterns compiled."""

    classifier: Classifier
    pattern: Any
    groups: range
    near: Any


@dataclass(frozen=True, slots=True)
class Compiled:
    """Kinds that are looked for together."""

    prefilter: Prefilter | Exact
    ready: tuple[_Ready, ...]


@lru_cache(RECENT)
def classify(text: str) -> tuple[Found, ...]:
    """Everything found, in the order of the text. Never raises.

    Where places overlap, the more confident one explains the other away, if it has the same tag
    or is a secret: the password of a URL, not also the mail address it looks like.
    """
    # A lone surrogate becomes one other character, so that places stay true.
    raw = text.encode("utf-8", "replace")
    kept: Iterable[Found] = found_in(raw, compiled(frozenset(TAGS)))
    if not kept:
        return ()
    if len(raw) != len(text):
        kept = in_characters(kept, raw)
    found = list(kept)
    return tuple(sorted((*found, *_people(found, text)), key=attrgetter("start", "end", "kind")))


def tags(text: str, at_least: float = LIKELY) -> frozenset[str]:
    """The classes of data a text holds."""
    return tags_of(classify(text), at_least)


def tags_of(found: Iterable[Found], at_least: float = LIKELY) -> frozenset[str]:
    """The classes of what was found."""
    return frozenset(each.tag for each in found if each.confidence >= at_least)


def level(tags: frozenset[str], classes: Mapping[str, int] = DEFAULTS) -> Confidentiality:
    """Who may see data with these tags. A class that is missing keeps its default; -1 ignores."""
    levels = (classes.get(tag, DEFAULTS.get(tag, Confidentiality.PUBLIC)) for tag in tags)
    return Confidentiality(max((Confidentiality.PUBLIC, *levels)))


def masked(text: str, found: Iterable[Found], at_least: float = CERTAIN) -> str:
    """The text with its secrets replaced by `[secret: kind]`; everything else stays."""
    parts, last = [], 0
    for each in sorted(found, key=attrgetter("start")):
        if each.tag == "secret" and each.confidence >= at_least and each.end > last:
            parts += [text[last : each.start], f"[secret: {each.kind}]"]
            last = each.end
    return "".join(parts) + text[last:]


@cache
def compiled(
    tags: frozenset[str], without: frozenset[str] = frozenset(), *, long: bool = False
) -> Compiled:
    """The shipped kinds with one of these tags, but for some by their ids. `long` for blocks of
    64 KiB and more."""
    kinds = [each for each in shipped() if each.tag in tags and each.id not in without]
    prefilter = (Exact if long else Prefilter)([each.pattern for each in kinds])
    return Compiled(prefilter, tuple(map(_ready, kinds, prefilter.patterns)))


def found_in(raw: bytes, kinds: Compiled) -> tuple[Found, ...]:
    """What stands in UTF-8, places in bytes, the most confident first. Never raises."""
    suspects = kinds.prefilter.suspects(raw)
    places = [found for index in suspects for found in _places(kinds.ready[index], raw)]
    return tuple(_explained(places, len(raw))) if places else ()


def _ready(classifier: Classifier, pattern: Any) -> _Ready:
    near = re2.compile(f"(?i)(?:{classifier.near})") if classifier.near else None
    return _Ready(classifier, pattern, range(1, pattern.groups + 1), near)


def _places(ready: _Ready, raw: bytes) -> Iterator[Found]:
    """Where one kind stands, in bytes."""
    kind = ready.classifier
    limit = None if kind.tag == "secret" else MOST
    for match in islice(ready.pattern.finditer(raw), limit):
        start, end = _span(match, ready.groups)
        confidence = _confidence(ready, raw, start, end)
        if confidence > 0:
            yield Found(kind.id, kind.tag, round(confidence, 2), start, end)


def _span(match: Any, groups: range) -> tuple[int, int]:
    """The first group that took part, or the whole match."""
    for number in groups:
        span: tuple[int, int] = match.span(number)
        if span[0] >= 0:
            return span
    whole: tuple[int, int] = match.span()
    return whole


def _confidence(ready: _Ready, raw: bytes, start: int, end: int) -> float:
    kind = ready.classifier
    value = raw[start:end].decode("utf-8", "replace")
    if kind.tag == "secret" and placeholder(value):
        return 0.0
    weight = kind.check(value) if kind.check else 1.0
    if not weight or not ready.near:
        return weight * kind.confidence
    around = ((max(0, start - _BEFORE), start), (end, end + _AFTER))
    near = any(ready.near.search(raw, *span) for span in around)
    return weight * (kind.confidence if near else kind.alone)


def _explained(places: Iterable[Found], size: int) -> Iterator[Found]:
    """Without what a more confident place explains. Linear in what the places cover."""
    taken = {tag: bytearray(size) for tag in TAGS}
    for each in sorted(places, key=lambda each: (-each.confidence, each.start - each.end)):
        over = (taken["secret"], taken[each.tag])
        if all(marks.find(1, each.start, each.end) < 0 for marks in over):
            taken[each.tag][each.start : each.end] = b"\1" * (each.end - each.start)
            yield each


def _people(found: Iterable[Found], text: str) -> Iterator[Found]:
    """Many contacts of persons: the list is worth more than each of them."""
    contacts = [each for each in found if each.kind in CONTACTS or _of_person(each)]
    distinct = {(each.kind, text[each.start : each.end].lower()) for each in contacts}
    counts = Counter(kind for kind, _ in distinct)
    if counts["email"] >= PEOPLE and any(counts[kind] >= PEOPLE for kind in CONTACTS):
        places = [place for each in contacts for place in (each.start, each.end)]
        yield Found("contact-list", "personal", 0.7, min(places), max(places))


def _of_person(found: Found) -> bool:
    return found.kind == "email" and found.confidence >= OF_PERSON


def in_characters(found: Iterable[Found], raw: bytes) -> Iterator[Found]:
    """The same places, counted in characters instead of bytes of UTF-8."""
    found = tuple(found)
    at, characters = 0, {0: 0}
    for offset in sorted({place for each in found for place in (each.start, each.end)}):
        # A pattern may end inside a character only where it matches raw bytes; none does.
        characters[offset] = characters[at] + len(raw[at:offset].decode("utf-8", "replace"))
        at = offset
    for each in found:
        yield replace(each, start=characters[each.start], end=characters[each.end])
