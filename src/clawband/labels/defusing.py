"""Links made harmless in place: still readable, no longer fetched or clicked."""

import re
from collections.abc import Iterable

from clawband.labels.links import Link, links

_ROUNDS = 8
_LONGEST = 60
_SCHEME = re.compile(r"(?i)([a-z][a-z0-9+.-]{1,31}):(//)?|[/\\]{2}")
_PATH = re.compile(r"[A-Za-z0-9._~/-]{0,60}")
_CAPTION = re.compile(r"!?\[(.*)\]\(", re.DOTALL)
_TITLED = re.compile(r"<[^<>|]*\|([^<>]*)>")


def defused(text: str, chosen: Iterable[Link]) -> str:
    """The text in which the chosen links can no longer be fetched, wherever else they stand.

    An address becomes `hxxps://evil[.]example/path` in code ticks, without its query; an image or
    an element `[image removed: evil[.]example]`. A link that only comes about by that goes too.
    """
    wanted = {link.url for link in chosen}
    kept = {link.url for link in links(text)} - wanted
    for _ in range(_ROUNDS):
        alive = [link for link in links(text) if link.url not in kept]
        if not alive:
            return text
        text = _replaced(text, alive)
    return REFUSED


REFUSED = "(a text whose links could not be made harmless)"


def _replaced(text: str, alive: list[Link]) -> str:
    """One step: of links within each other the innermost, so that no caption is lost."""
    inner: list[Link] = []
    for link in sorted(alive, key=lambda each: (each.end, -each.start)):
        if not inner or link.start >= inner[-1].end:
            inner.append(link)
    parts, at = [], 0
    for link in inner:
        parts += [text[at : link.start], _spelled(link, text)]
        at = link.end
    return "".join(parts) + text[at:]


def _spelled(link: Link, text: str) -> str:
    construct = text[link.start : link.end]
    if link.kind in ("image", "html"):
        return f"[{link.kind} removed: {_dotted(_name(link.url))}]"
    line = text.rfind("\n", 0, link.start) + 1
    tick = "" if "`" in text[line : link.start] else "`"
    address = f"{tick}{_harmless(link.url)}{tick}{_left_out(link.url)}"
    caption = _CAPTION.match(construct) if link.kind == "link" else _TITLED.fullmatch(construct)
    if link.kind == "reference":
        return f"{construct[: construct.index(']')].lstrip()}]  {address}"
    said = caption[1].strip() if caption else ""
    return f"{said} ({address})" if said and said not in (link.url, address) else address


def _harmless(url: str) -> str:
    scheme = _SCHEME.match(url)
    rest = url[scheme.end() :] if scheme else url
    name = _name(url)
    path = _PATH.match(rest[len(name) :]) if rest.startswith(name) else None
    word = (scheme[1] or "") if scheme else ""
    said = re.sub("(?i)^http", "hxxp", word) if word[:4].lower() == "http" else f"{word}[:]"
    start = f"{said}://" if said.startswith("hxxp") else said if word else ""
    return f"{start}{_dotted(name + (path[0] if path else ''))}"


def _left_out(url: str) -> str:
    return " (query left out)" if set(url) & set("?#") else ""


def _name(url: str) -> str:
    """The part of an address that says where it leads, as written."""
    scheme = _SCHEME.match(url)
    rest = url[scheme.end() :] if scheme else url
    return re.split(r"[/?#\\]", rest, maxsplit=1)[0][:_LONGEST]


def _dotted(name: str) -> str:
    plain = "".join(each if each.isalnum() or each in "-_~./" else "·" for each in name)
    return plain.replace(".", "[.]")
