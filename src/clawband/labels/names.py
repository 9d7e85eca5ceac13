"""Names in a text: of people, channels, hotels, subjects, and words that are used as names.

A word of everyday language is no mention of a channel or a person of that name unless something
marks it as one: quotes, `#` or `@`, a capital within a sentence, or a word beside it.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from clawband.labels.edges import (
    apart,
    chunk,
    follow,
    glued,
    lead,
    occurrences,
    opens_sentence,
    quoted,
)
from clawband.labels.folding import folded, plain
from clawband.labels.lexicon import (
    ACTING,
    ADDRESSED,
    COMMON,
    JOINED,
    PLACES,
    STOPWORDS,
    TITLED,
    VAGUE,
)

_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]{1,2}(?![^\W_]))?")
_GAP = str.maketrans("‐‑‒–—―−_", "--------", " *`~")


def significant(value: str) -> tuple[str, ...]:
    """The folded words of a name or title that say something, in order."""
    return tuple(word for word in _words(value) if word not in STOPWORDS)


def _words(value: str) -> list[str]:
    return [word.removesuffix("'s") for word in _WORD.findall(folded(plain(value)))]


def named(value: str) -> str:
    """The form in which two whole names are compared."""
    return folded(plain(value)).strip(" \"'`*_").translate(_GAP)


def says_name(value: str, piece: str) -> bool:
    """Whether the words of a title, a subject or a person are there, one after the other."""
    return any(True for _ in mentions(piece, plain(value).strip()))


def mentions(piece: str, value: str) -> Iterator[tuple[int, int]]:
    """Where the whole value is, word for word, and not within an address or a longer word."""
    value, text = folded(value), folded(piece)
    words = [found.span() for found in _TOKEN.finditer(value)]
    if not words:
        yield from ((at, at + len(value)) for at in occurrences(text, value))
        return
    first, last = value[slice(*words[0])], words[-1][1]
    for at in occurrences(text, first):
        end = _through(text, at, value, words)
        if end and apart(text, at, end, "-@", "-@") and not _addressed(text, at, end, value):
            if text.startswith(value[last:].rstrip(".,;:!?\"'`*_) "), end):
                yield at, end


_TOKEN = re.compile(r"\w+")


def _through(text: str, at: int, value: str, words: list[tuple[int, int]]) -> int:
    """Where the words of the value end, when they all stand in the text from `at`; else 0."""
    end = at + words[0][1] - words[0][0]
    for (_, before), (start, stop) in pairwise(words):
        word = value[start:stop]
        found = text.find(word, end, end + start - before + 6 + len(word))
        if found < 0 or not _same_gap(text[end:found], value[before:start]):
            return 0
        end = found + len(word)
    return end


def _same_gap(one: str, other: str) -> bool:
    if not one or not other:
        return one == other
    a, b = one.translate(_GAP), other.translate(_GAP)
    return a == b or {a, b} <= {"", "-"}


def _addressed(text: str, start: int, end: int, value: str) -> bool:
    """Within a web or mail address or a file name, which names something else."""
    left, right = chunk(text, start, end)
    around = text[left:start] + "\0" + text[end:right].rstrip(".,;:!?)]*_")
    if "://" in around or "@" in around.lstrip("(@"):
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    beyond = text[end + 1 : end + 2]
    return (before in tuple("./\\=%") and text[start - 2 : start - 1].isalnum() and start > 1) or (
        after in tuple("./\\=%") and beyond.isalnum()
    )


def says_word(value: str, piece: str) -> bool:
    """Whether one word is there as the name of someone or something."""
    value = plain(value).strip()
    return any(_is_mention(piece, value, at, end) for at, end in mentions(piece, value))


def _is_mention(text: str, value: str, start: int, end: int) -> bool:
    """Whether a word at a place is used as a name; see the module."""
    if not _everyday(value) or quoted(text, start, end) or text[start - 1 : start] in tuple("#@"):
        return True
    if named(text).strip(".,!? ") == named(value):
        return True
    common = folded(value) in COMMON
    if text[start:end] == value and value != value.lower():
        after = follow(text, end)
        if not opens_sentence(text, start) or (not common and (not after or after in ACTING)):
            return True
    return _introduced(text, start, end, TITLED if common else ADDRESSED, loud=not common)


def _introduced(text: str, start: int, end: int, cues: frozenset[str], *, loud: bool) -> bool:
    before, after = lead(text, start), follow(text, end)
    if loud and text[end : end + 2] == "'s":
        return True
    if after in PLACES and text[end : end + 1] in tuple(" \"'`*_"):
        return not (before and before[0] in VAGUE)
    place = 0
    while place + 1 < len(before) and before[place] in JOINED:
        place += 2
    if place < len(before) and before[place] in {"the", "my", "our"} and not loud:
        return False
    return place < len(before) and before[place] in cues


def _everyday(value: str) -> bool:
    """One word of letters only, as any sentence may hold it by chance."""
    return value.isalpha() and value.isascii() and not any(map(str.isupper, value[1:]))


def holds_word(word: str, piece: str) -> bool:
    """Whether a folded word is there as a word."""
    text = folded(piece)
    for at in occurrences(text, word):
        end = at + len(word)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not glued(before, word[0]) and not glued(word[-1], after):
            return True
    return False
