"""A text as a client reads addresses in it, with the way back to what was written.

Entities are decoded, width and dots made ASCII, unseen characters dropped.
"""

import html
import re
from bisect import bisect_left, bisect_right
from typing import Any

import re2

from clawband.labels.characters import UNSEEN

_DOTS = "。．｡․"
_CHANGED = re.compile(
    r"&(?:#[0-9]{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)"
    f"|[{UNSEEN}]+|[\uff01-\uff5e{_DOTS}]"
)
_SUSPECT: Any = re2.compile(
    f"&(?:#[0-9xX]|[A-Za-z][A-Za-z0-9]{{1,31}};)|[{UNSEEN}\uff01-\uff5e{_DOTS}]"
)
_UNSEEN = re.compile(f"[{UNSEEN}]+")
_SHOWN = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    ord(each): "." for each in _DOTS
}


_STRUCTURE = frozenset("<>\"'`[]()")


class Flat:
    """`text` is what is searched; `span` says where a part of it stands in `original`."""

    __slots__ = ("_origin", "_reached", "original", "text")

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = original
        # Pieces begin at `_reached` in the text and at `_origin` in the original.
        self._reached, self._origin = [0], [0]
        if ("&" in original or not original.isascii()) and _SUSPECT.search(
            original.encode("utf-8", "replace")
        ):
            self._flatten()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original behind `text[start:end]`, which is not empty."""
        piece = bisect_right(self._reached, start) - 1
        first = self._origin[piece] + start - self._reached[piece]
        piece = bisect_left(self._reached, end)
        if piece < len(self._reached) and self._reached[piece] == end:
            return first, self._origin[piece]
        return first, self._origin[piece - 1] + end - self._reached[piece - 1]

    def _flatten(self) -> None:
        pieces: list[str] = []
        at = reached = 0
        for changed in _CHANGED.finditer(self.original):
            plain = self.original[at : changed.start()]
            shown = _UNSEEN.sub("", html.unescape(changed[0]).translate(_SHOWN))
            if shown in _STRUCTURE or len(shown) > 1:
                # What is decoded to a sign of HTML or Markdown is text there.
                continue
            at = changed.end()
            pieces += [plain, shown]
            reached += len(plain)
            self._reached.append(reached)
            self._origin.append(changed.start())
            reached += len(shown)
            self._reached.append(reached)
            self._origin.append(at)
        pieces.append(self.original[at:])
        self.text = "".join(pieces)
