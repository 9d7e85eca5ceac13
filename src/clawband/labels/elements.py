"""Addresses in HTML: in attributes, in styles, and in tags that only a browser repairs."""

import re
from collections.abc import Iterator

from clawband.labels.markup import TAG

Span = tuple[int, int]
_VALUE = r"""\s{0,8}=\s{0,8}(?:\\"([^"\\]*)|"([^"]*)|'([^']*)|([^\s"'>\\]+))"""
_ATTRIBUTE = re.compile(rf"([A-Za-z][\w:-]{{0,30}}){_VALUE}")
_NAMES = (
    "href", "src", "srcset", "poster", "data", "action", "formaction", "background", "cite",
    "ping", "longdesc", "imagesrcset", "xlink:href", "manifest", "codebase", "archive", "profile",
    "dynsrc", "lowsrc", "content",
)  # fmt: skip
_ADDRESSES = frozenset(_NAMES)
_LOOSE = re.compile(rf"(?<=[\s/\"'])({'|'.join(_NAMES)}){_VALUE}", re.IGNORECASE)
_STYLED = re.compile(
    r"""(?i)\burl\(\s{0,8}(?:\\?["'])?([^)"'\s\\]{3,4096})|@import\s{1,8}\\?["']([^"'\\]{3,4096})"""
)
_PAGES = frozenset({
    "a", "area", "form", "button", "blockquote", "q", "del", "ins", "base",
})  # fmt: skip
_PICTURES = frozenset({
    "img", "image", "picture", "source", "input", "amp-img",
})  # fmt: skip
_LONGEST = 2000


def embedded(text: str) -> Iterator[tuple[str, Span, Span]]:
    """Kind of link, the construct and the address in it, relative ones too.

    `link` is followed by a click, `image` and `html` are loaded.
    """
    if "<" not in text:
        return
    beyond = 0
    for tag in TAG.finditer(text):
        yield from _torn(text, beyond, tag.start())
        beyond = tag.end()
        for each in _ATTRIBUTE.finditer(text, *tag.span(3)) if tag[3] else ():
            if each[1].lower() in _ADDRESSES:
                for of in _listed(each):
                    yield _kind(tag[2]), tag.span(), of
    yield from _torn(text, beyond, len(text))
    lower = text.lower()
    for style in _STYLED.finditer(text) if "url(" in lower or "@import" in lower else ():
        yield "html", style.span(), style.span(style.lastindex or 0)


def _kind(name: str) -> str:
    name = name.lower()
    return "link" if name in _PAGES else "image" if name in _PICTURES else "html"


def _torn(text: str, start: int, end: int) -> Iterator[tuple[str, Span, Span]]:
    """Attributes of a tag that has no end, or a tag in one of its values."""
    if text.find("<", start, end) < 0 or text.find("=", start, end) < 0:
        return
    for each in _LOOSE.finditer(text, start, end):
        opening = text.rfind("<", max(start, each.start() - _LONGEST), each.start())
        name = re.compile(r"[A-Za-z][\w:-]{0,30}").match(text, opening + 1)
        if opening >= 0 and name and text.find(">", opening, each.start()) < 0:
            for of in _listed(each):
                yield _kind(name[0]), each.span(), of


def _listed(attribute: re.Match[str]) -> Iterator[Span]:
    """The addresses in an attribute: one, or those of a `srcset`, or the one of a refresh."""
    start, end = attribute.span(attribute.lastindex or 0)
    name, value = attribute[1].lower(), attribute[attribute.lastindex or 0]
    if name.endswith("srcset"):
        for each in re.finditer(r"[^\s,]\S*", value):
            yield start + each.start(), start + each.start() + len(each[0].rstrip(","))
    else:
        at = value.lower().find("url=") if name == "content" else -1
        yield (start + at + 4 if at >= 0 else start), end
