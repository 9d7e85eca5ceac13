"""Texts made comparable: read strictly (what a careful reader sees) or by letters alone.

`plain` and `unwrapped` never make one letter of another: they drop what does not show, and undo
width, encoding and mark-up. `Letters` keeps only letters and digits, look-alikes made Latin, with
the way back to the original; it finds the places that are worth a careful look.
"""

import html
import html.entities
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from clawband.labels.confusables import look
from clawband.labels.lexicon import INLINE_TAGS

_MARK = (
    "\u0300-\u036f\u0483-\u0489\u1160-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_CODED = (
    r"(?:%(?:25){0,3}[0-9A-Fa-f]{2}){1,64}"
    r"|&(?:amp;){0,3}(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
    r"|\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})"
)
_INLINE = "|".join(sorted(INLINE_TAGS))
_SPECIAL = re.compile(
    rf"{_CODED}|</?(?:{_INLINE})>|[^\x00-\x7f][{_MARK}]{{0,8}}|[\x00-\x7f][{_MARK}]{{1,8}}"
)
"""What is read on its own: an encoded run, an inline tag, a character beyond ASCII, its marks."""
_ENCODED = re.compile(_CODED)
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_ENTITIES = html.entities.html5
_LETTER = re.compile("[A-Za-z0-9]")
_SPACES = re.compile(r"\s+")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,15})(?:\s[^<>]{0,400})?/?>")
_EMPHASIS = re.compile(r"\*+|_+|`+|~~|\\([!-/:-@\[-`{-~])")
_BLOCK = 128
_SHOWN_AS = str.maketrans("‘’‛“”„‟\u3000", '\'\'\'"""" ')
_FULLWIDTH = re.compile("[\uff01-\uff5e\u3000]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_PRINTED_UNSEEN = re.compile(
    "[\uff01-\uff5e\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""What `plain` changes although Python calls it printable."""
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")


def decoded(atom: str) -> str:
    """A percent-encoded run, an HTML entity or a backslash escape undone, also when nested."""
    if atom[0] == "%":
        raw = unquote_to_bytes(_unnested(atom))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    if atom[0] == "&":
        name = atom[1:].replace("amp;", "")
        return html.unescape(f"&{name}") if name[:1] == "#" else _ENTITIES.get(name, f"&{name}")
    return chr(int(atom[2:], 16))


def _unnested(run: str) -> str:
    return re.sub(r"%(?:25){1,3}([0-9A-Fa-f]{2})", r"%\1", run)


def unseen(char: str) -> bool:
    """Whether a character takes no place on a screen: joiners, direction marks, fillers, tags."""
    if char in _UNSEEN or "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e0fff":
        return True
    return unicodedata.category(char) == "Cf"


@lru_cache(maxsize=4096)
def _seen(char: str) -> str:
    if "\uff01" <= char <= "\uff5e":
        return char.translate(_NARROW)
    if char.isspace() or unicodedata.category(char) == "Cc":
        return " "
    return "" if unseen(char) else char


def plain(text: str) -> str:
    """As it shows: width and quotes made ASCII, unseen characters dropped, one space for many."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_SHOWN_AS)
    text = _SPACES.sub(" ", text)
    if text.isprintable() and (text.isascii() or not _PRINTED_UNSEEN.search(text)):
        return text
    return _SPACES.sub(" ", "".join(map(_seen, text)))


def narrow(text: str) -> str:
    """The same length with fullwidth signs made ASCII."""
    return text.translate(_NARROW) if _FULLWIDTH.search(text) else text


def tied(text: str) -> str:
    """`text` with its inline tags as parts of the words beside them, which they do not end."""
    return _TAG.sub(
        lambda found: f"x{found[0]}x" if found[1].lower() in INLINE_TAGS else found[0], text
    )


def unwrapped(text: str) -> str:
    """`text` without encodings, tags and emphasis, for `plain`. Emphasis within a word stays."""
    text = _ENCODED.sub(lambda found: decoded(found[0]), text)
    text = _TAG.sub(lambda found: "" if found[1].lower() in INLINE_TAGS else " ", text)
    return _EMPHASIS.sub(
        lambda found: found[1] or (found[0] if _inside(text, *found.span()) else ""), text
    )


def _inside(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isalnum() and text[end : end + 1].isalnum()


def folded(text: str) -> str:
    """Without case and of the same length; no letter beyond ASCII becomes an ASCII one."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


@lru_cache(maxsize=4096)
def _lower(char: str) -> str:
    lower = char.casefold()
    return lower if len(lower) == 1 and (char.isascii() or not lower.isascii()) else char


def letters(text: str) -> str:
    """Only letters and digits, as the eye takes them; encodings undone."""
    return "".join(made for _, _, made in _parts(text, 0, len(text)))


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The letters of each part of a text; in a plain part each letter stands for itself."""
    for found in _SPECIAL.finditer(text, start, end):
        if found.start() > start:
            yield start, found.start(), _NOT_LETTERS.sub("", text[start : found.start()].lower())
        start = found.end()
        yield *found.span(), look(_undone(found[0]))
    yield start, end, _NOT_LETTERS.sub("", text[start:end].lower())


def _undone(part: str) -> str:
    if part[0] == "<" and len(part) > 2:
        return ""
    return decoded(part) if part[0] in "%&\\" and part[-1].isascii() else part


class Letters:
    """`letters` of a text with the way back, in about one byte for each byte of text."""

    __slots__ = ("_origin", "_reached", "_text", "text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._origin, self._reached = array("I"), array("I")
        pieces, start, reached = [], 0, 0
        while start < len(text):
            end = _cut(text, start)
            piece = letters(text[start:end])
            self._origin.append(start)
            self._reached.append(reached)
            pieces.append(piece)
            start, reached = end, reached + len(piece)
        self.text = "".join(pieces)

    def origin(self, index: int) -> tuple[int, int]:
        """Where in the original the letter at `index` is written: start and end."""
        block = bisect_right(self._reached, index) - 1
        left = index - self._reached[block]
        first, last = self._origin[block], len(self._text)
        if block + 1 < len(self._origin):
            last = self._origin[block + 1]
        for start, end, made in _parts(self._text, first, last):
            if left >= len(made):
                left -= len(made)
            elif _SPECIAL.match(self._text, start):
                return start, end
            else:
                for _ in range(left + 1):
                    start = _LETTER.search(self._text, start).end()  # type: ignore[union-attr]
                return start - 1, start
        return last, last

    def index(self, position: int) -> int:
        """Where in `text` the first letter at or after a position of the original is."""
        block = bisect_right(self._origin, position) - 1
        return self._reached[block] + len(letters(self._text[self._origin[block] : position]))


def _cut(text: str, start: int) -> int:
    """The end of a block: at a space if there is one soon, never within an encoded run if short."""
    end = start + _BLOCK
    if end >= len(text):
        return len(text)
    space = _SPACES.search(text, end, end + 64)
    if space is not None:
        return space.start()
    coded = max(text.rfind(sign, end - 12, end) for sign in "%&\\")
    end = coded if coded > start else end
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end
