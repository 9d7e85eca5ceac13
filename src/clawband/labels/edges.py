"""Where a value begins and ends in a text: what stands beside it, and what introduces it.

All of it works on a piece that `folding.plain` made; positions are in that piece.
"""

import re
import unicodedata
from collections.abc import Iterator

QUOTES = "\"'`"
_WRAPS = "\"'`*_~"
_BLANK = " :=#(\"'`[*_<"
_FORGOTTEN = re.compile(r"(?<=[a-z0-9])\.(?=(?:I|A|[A-Z][a-z]{2,14})[ ,!?'])")
_STOPS = re.compile("[ \"'`<>]")
_ITEMS = 12
_REACH = 80


def occurrences(text: str, part: str, most: int = 48) -> Iterator[int]:
    """The first positions of `part`, also overlapping ones; who repeats it is not heard longer."""
    at = text.find(part) if part else -1
    while at >= 0 and most:
        yield at
        at, most = text.find(part, at + 1), most - 1


def _wordy(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in {"Mn", "Mc", "Me", "Cs", "Co"}


def _unspaced(char: str) -> bool:
    """Of a script that is written without spaces: any neighbour may be another word."""
    return (
        "\u2e80" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" or "\u0e00" <= char <= "\u0eff"
    )


def glued(one: str, other: str) -> bool:
    """Whether two neighbours belong to one word. Either may be empty, at the end of a text."""
    if not (one and other and _wordy(one) and _wordy(other)):
        return False
    return not (_unspaced(one) or _unspaced(other))


def apart(text: str, start: int, end: int, before: str = "", after: str = "") -> bool:
    """Whether `text[start:end]` is a token of its own, not a part of a longer one.

    `before` and `after` are characters that join it to a word on that side, such as the dot in
    `b.com.evil.org`. Quotes and emphasis around it are no part of it.
    """
    if (text[start - 1 : start] == "_") != (text[end : end + 1] == "_"):
        return False
    left, right = start, end
    while left and text[left - 1] in _WRAPS:
        left -= 1
    while right < len(text) and text[right] in _WRAPS:
        right += 1
    if right > end and text[right : right + 1] == "@":
        return False
    first, last = ("a" if text[start] in before else text[start]), text[end - 1]
    last = "a" if last in after else last
    if glued(text[left - 1 : left], first):
        return False
    if glued(last, text[right : right + 1]) and not _possessive(text, end):
        return False
    if left == start and text[start - 1 : start] in tuple(before):
        if glued(text[start - 2 : start - 1] if start > 1 else "", first):
            return False
    return not (
        right == end
        and text[end : end + 1] in tuple(after)
        and glued(last, text[end + 1 : end + 2])
    )


def _possessive(text: str, end: int) -> bool:
    """`'s` after a word, as in `Alice's`."""
    return text[end : end + 2] == "'s" and not text[end + 2 : end + 3].isalnum()


def chunk(text: str, start: int, end: int) -> tuple[int, int]:
    """The longest stretch around a place without a space, a quote or an angle bracket."""
    stop = _STOPS.search(text, end)
    start = max(text.rfind(sign, 0, start) for sign in " \"'`<>") + 1
    return start, stop.start() if stop else len(text)


def sentences_apart(text: str) -> str:
    """`b.co.They sent` as `b.co They sent`: a forgotten space after a sentence; same length."""
    return _FORGOTTEN.sub(" ", text)


def quoted(text: str, start: int, end: int) -> bool:
    """Whether the place is the whole content of a pair of quotes."""
    left, right = text[start - 1 : start], text[end : end + 1]
    if not (start and left and left == right and left in QUOTES):
        return False
    return not (text[start - 2 : start - 1].isalnum() if start > 1 else False)


def lead(text: str, start: int) -> tuple[str, ...]:
    """The lower-case words right before a place, nearest first; none across a sentence end."""
    found: list[str] = []
    at = start
    floor = max(0, start - _REACH)
    while len(found) < _ITEMS:
        stop = at
        while stop > floor and text[stop - 1] in _BLANK:
            stop -= 1
        begin = stop
        while begin > floor and (text[begin - 1].isalnum() or text[begin - 1] in ",&"):
            begin -= 1
            if text[begin] in ",&":
                break
        if begin == stop:
            break
        found.append(text[begin:stop].lower())
        at = begin
    return tuple(found)


def follow(text: str, end: int) -> str:
    """The lower-case word right after a place; empty if a sign or the end comes first."""
    at = end
    while at < len(text) and text[at] in " \"'`)]*_>":
        at += 1
    stop = at
    while stop < len(text) and text[stop].isalnum():
        stop += 1
    return text[at:stop].lower()


def opens_sentence(text: str, start: int) -> bool:
    """Whether the place is the first word of a sentence, where every word has a capital."""
    before = text[:start].rstrip(" \"'`(*_")
    return not before or before[-1] in ".!?:;\n…"
