"""Text of a page that its human reader does not see, marked as such.

Elements that a style or an attribute hides, comments and attributes that speak to the assistant.
Everything stays in place; `[hidden in the page: …]` is put round it. What a style sheet, a script
or a colour far away hides is not seen here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import re2

from clawband.labels.instructions import addressed
from clawband.labels.signals import Tally

KIND = "hidden-html"
OPEN = "[hidden in the page: "
CLOSE = "]"
TAG = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30}+)"
    r"""((?:[^<>"']++|"(?:[^"<]++|<(?![A-Za-z/!]))*+"|'(?:[^'<]++|<(?![A-Za-z/!]))*+')*+)>"""
)
_CUE: Any = re2.compile(r"(?i)style\s*=|hidden")
_ATTRIBUTE = re.compile(
    r"""\s(?:title|alt|summary|placeholder|content|value|label|aria-[a-z]{1,20}|data-[\w-]{1,40})"""
    r"""\s{0,4}=\s{0,4}(?:\\?"([^"<>\\]{12,4000}+)|'([^'<>]{12,4000}+))""",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"""^\[[^\]\n]{1,40}+\]:[ \t]{0,8}(?:#|<>)[ \t]{1,8}["'(]([^\n]{12,4000}?)["')]\s*?$""", re.M
)
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
})  # fmt: skip
_ZERO = r"(?:0|0?\.0\d{0,3})(?:px|pt|em|rem|%|vh|vw)?(?=[;\"'!\\]|$)"
_HIDING = re.compile(
    "display:none|visibility:(?:hidden|collapse)|mso-hide:all|(?<![-\\w])color:transparent"
    f"|(?:opacity|font-size|max-height|max-width):{_ZERO}|font-size:1(?:px|pt)"
    r"|(?:left|top|right|bottom|text-indent|margin-left|margin-top):-\d{3,6}"
    r"|clip:rect\((?:0|1px)|clip-path:inset\((?:50|100)%|transform:scale\(0"
)
_HIDDEN = re.compile(
    r"(?:^|\s)(?:hidden(?=[\s=/]|$)|aria-hidden\s*=\s*\\?[\"']?true)", re.IGNORECASE
)
_COLOUR = re.compile(r"(?<![-\w])(background-color|background|color):([#\w(),.%]{1,40})")
_WORDS = re.compile(r"[^\W\d_]{2,}")
FEWEST_WORDS = 3
"""A hidden icon or an empty menu is no text."""


def unhidden(text: str, tally: Tally) -> str:
    """The text with marks round what a page hides, if it hides anything."""
    if not ("<" in text or "]:" in text):
        return text
    marks = [*_asides(text, tally)]
    if _CUE.search(text.encode()):
        marks += _elements(text, tally)
    marks.sort()
    parts, at = [], 0
    for place, mark in marks:
        parts += [text[at:place], mark]
        at = place
    return "".join(parts) + text[at:] if parts else text


Mark = tuple[int, str]


@dataclass(slots=True)
class _Open:
    """Elements that are open, innermost last; `hiding` is how deep the hiding one is."""

    names: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    hiding: int = 0
    start: int = 0

    def push(self, name: str) -> None:
        self.names.append(name)
        self.counts[name] = self.counts.get(name, 0) + 1

    def pop(self, name: str) -> None:
        """Close the innermost of that name and what was left open within it."""
        while self.counts.get(name):
            last = self.names.pop()
            self.counts[last] -= 1
            if last == name:
                return


def _elements(text: str, tally: Tally) -> Iterator[Mark]:
    opened = _Open()
    for tag in TAG.finditer(text):
        closing, name, attributes = tag[1], tag[2].lower(), tag[3]
        if closing:
            opened.pop(name)
            if opened.hiding and len(opened.names) < opened.hiding:
                opened.hiding = 0
                yield from _around(text, opened.start, tag.start(), tally)
        elif name not in _VOID and not attributes.endswith("/"):
            opened.push(name)
            if not opened.hiding and attributes and _hides(attributes):
                opened.hiding, opened.start = len(opened.names), tag.end()
    if opened.hiding:
        yield from _around(text, opened.start, len(text), tally)


def _around(text: str, start: int, end: int, tally: Tally) -> Iterator[Mark]:
    """Marks round a part of the text, unless they are there or it says nothing."""
    part = text[start:end]
    said = TAG.sub(" ", part)
    if part.startswith(OPEN) or len(_WORDS.findall(said)) < FEWEST_WORDS:
        return
    tally.add(KIND, said.strip())
    yield start, OPEN
    yield end, CLOSE


def _hides(attributes: str) -> bool:
    if _HIDDEN.search(attributes):
        return True
    lower = attributes.lower()
    if "style" not in lower:
        return False
    style = re.sub(r"\s+", "", lower)
    colours = {name.removesuffix("-color"): value for name, value in _COLOUR.findall(style)}
    same = colours.get("color") == colours.get("background", "")
    return same or _HIDING.search(style) is not None


def _asides(text: str, tally: Tally) -> Iterator[Mark]:
    """Comments and attributes that speak to the assistant."""
    spoken = addressed(text)
    if not spoken:
        return
    hidden = sorted(
        [*_comments(text)]
        + [each.span(each.lastindex or 0) for each in _ATTRIBUTE.finditer(text)]
        + [each.span(1) for each in _ASIDE.finditer(text)]
    )
    at = 0
    for start, end in hidden:
        while at < len(spoken) and spoken[at][1] <= start:
            at += 1
        if at < len(spoken) and spoken[at][0] < end:
            yield from _around(text, start, end, tally)


def _comments(text: str) -> Iterator[tuple[int, int]]:
    end = 0
    while (start := text.find("<!--", end)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            return
        yield start + 4, end
