"""Texts made comparable: read strictly (what a careful reader sees) or by letters alone.

`plain` and `unwrapped` never make one letter of another: they drop what does not show, and undo
width, encoding and mark-up. `Letters` keeps only letters and digits, look-alikes made Latin, with
the way back to the original; it finds the places that are worth a careful look.
"""

import html
import re
import unicodedata
from array import array
from bisect import bisect_right
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
_ATOM = re.compile(rf"{_CODED}|[\s\S][{_MARK}]{{0,8}}")
"""The smallest parts that are read on their own: an encoded run, or a character with its marks."""
_ENCODED = re.compile(_CODED)
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_SPACES = re.compile(r"\s+")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,15})(?:\s[^<>]{0,400})?/?>")
_EMPHASIS = re.compile(r"\*+|_+|`+|~~|\\(?=[!-/:-@\[-`{-~])")
_BLOCK = 128
_SHOWN_AS = str.maketrans("‘’‛“”„‟\u3000", '\'\'\'"""" ')
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def decoded(atom: str) -> str:
    """A percent-encoded run, an HTML entity or a backslash escape undone, also when nested."""
    if atom[0] == "%":
        raw = unquote_to_bytes(_unnested(atom))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    if atom[0] == "&":
        return html.unescape("&" + atom[1:].replace("amp;", ""))
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
        return chr(ord(char) - 0xFEE0)
    if char.isspace() or unicodedata.category(char) == "Cc":
        return " "
    return "" if unseen(char) else char


def plain(text: str) -> str:
    """As it shows: width and quotes made ASCII, unseen characters dropped, one space for many."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_SHOWN_AS)
    text = _SPACES.sub(" ", text)
    if text.isascii() and text.isprintable():
        return text
    return _SPACES.sub(" ", "".join(map(_seen, text)))


def unwrapped(text: str) -> str:
    """`text` without encodings, tags and emphasis, for `plain`. Emphasis within a word stays."""
    text = _ENCODED.sub(lambda found: decoded(found[0]), text)
    text = _TAG.sub(lambda found: "" if found[1].lower() in INLINE_TAGS else " ", text)
    return _EMPHASIS.sub(lambda found: found[0] if _inside(text, *found.span()) else "", text)


def _inside(text: str, start: int, end: int) -> bool:
    if text[start] == "\\":
        return False
    return text[start - 1 : start].isalnum() and text[end : end + 1].isalnum()


def folded(text: str) -> str:
    """Without case; no letter beyond ASCII becomes an ASCII one."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


@lru_cache(maxsize=4096)
def _lower(char: str) -> str:
    lower = char.casefold()
    if char.isascii() or not any(map(str.isascii, lower)):
        return lower
    return char


def letters(text: str) -> str:
    """Only letters and digits, as the eye takes them; encodings undone."""
    if text.isascii() and not ("%" in text or "&" in text or "\\" in text):
        return _NOT_LETTERS.sub("", text.lower())
    return "".join(_letters_of(atom) for atom in _ATOM.findall(text))


def _letters_of(atom: str) -> str:
    if len(atom) > 2 and atom[0] in "%&\\" and atom[1].isascii():
        return look(decoded(atom))
    return look(atom)


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
        position, reached = self._origin[block], self._reached[block]
        for atom in _ATOM.finditer(self._text, position):
            reached += len(_letters_of(atom[0]))
            if reached > index:
                return atom.span()
        return len(self._text), len(self._text)


def _cut(text: str, start: int) -> int:
    """The end of a block: at a space if there is one soon, never within an encoded run if short."""
    end = start + _BLOCK
    if end >= len(text):
        return len(text)
    for near in range(end, min(end + 64, len(text))):
        if text[near].isspace():
            return near
    coded = max(text.rfind(sign, end - 12, end) for sign in "%&\\")
    end = coded if coded > start else end
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end
