"""Links in an outgoing text: whatever a chat client, a browser or a preview robot could fetch.

Markdown (CommonMark 0.31 §4.7, §6.3-6.5), Slack's `<url|text>`, HTML, and bare addresses as clients
recognise them. It finds rather too much: code is not left out, since many networks show it as plain
text. An address written `hxxp` or with `[.]` is none.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import re2

from clawband.labels.addresses import TOKEN, ending, named
from clawband.labels.elements import embedded
from clawband.labels.flat import Flat
from clawband.model.hosts import UNREADABLE, host


@dataclass(frozen=True, slots=True)
class Link:
    """One address in a text.

    `kind` is `image` or `html` for what a client loads on its own by mark-up, else `link`,
    `autolink`, `reference` or `bare`. `url` is what would be fetched: entities decoded, unseen
    characters dropped. `host` is as in `clawband.model.hosts`. `text[start:end]` is the whole
    construct. `loads`: a client or a network's preview robot may fetch it without a click.
    """

    kind: str
    url: str
    host: str
    start: int
    end: int
    loads: bool


def links(text: str) -> tuple[Link, ...]:
    """Every link, in the order of the text. Constructs may be nested. Never raises."""
    found = _Found(Flat(text))
    for each in (_html, _inline, _definitions, _autolinks, _addresses, _names):
        each(found)
    return tuple(sorted(found.links, key=lambda link: (link.start, -link.end)))


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,31}):")
_BEFORE_COLON = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}\Z")
_LOADED = ("http", "https", "ws", "wss", "ftp")
_SPOKEN = (
    r"(?i)\b(?:(?:mailto|callto|skype|facetime|xmpp|sips?|magnet|bitcoin|ethereum|javascript"
    r"|vbscript|livescript|view-source):[^\s<>\"`]|(?:tel|smsto|sms|mms|geo):[+(]?[0-9]"
    r"|data:[a-z]*[/,;])"
)
"""Schemes that clients know without two slashes."""
_SPOKEN_SOMEWHERE: Any = re2.compile(_SPOKEN)
_SCHEMED = re.compile(r":[/\\]{2}")
_TICKED = re.compile(r"(?:^|(?<=\n))[ \t>]{0,20}(```+|~~~+)|(`[^`\n]+`)")
_LITERAL = re.compile(r"//\[[0-9A-Fa-f:.%]{2,60}\]")
_DESTINATION = re.compile(
    r"\(\s{0,99}(?:<([^<>\n]{0,4096})>|((?:[^\s()\\]|\\.|\((?:[^\s()]|\([^\s()]*+\))*+\))*+))"
)
_AWAY = re.compile(r"\(\s{0,99}<?\s{0,9}(?:[A-Za-z][\w+.-]{1,31}:|[/\\]{2}|[\w-]{1,63}\.\w)")
"""How an address that leads away begins, so that others need no closer look."""
_TITLE = re.compile(r"""\s{0,99}(?:"[^"]{0,999}"|'[^']{0,999}'|\([^()]{0,999}\))?\s{0,99}\)""")
_DEFINITION = re.compile(r"\]:\s{0,99}(?:<([^<>\n]{1,4096})>|([^\s<>]+))")
_LABEL = re.compile(r"[ \t>*+\-0-9.)]{0,20}\[([^\[\]\n]{1,300})")
_USED = re.compile(r"!\[([^\[\]\n]{0,300})\](?:\[([^\[\]\n]{0,300})\])?")
_AUTOLINK = re.compile(
    r"<((?:[A-Za-z][A-Za-z0-9+.-]{1,31}:|www\.|//)[^\s<>|]*)(?:\|[^<>\n]{0,999})?>"
)


class _Found:
    """Links found so far, and which parts of the flat text are their addresses."""

    def __init__(self, flat: Flat) -> None:
        self.flat = flat
        self.text = flat.text
        self.links: list[Link] = []
        self._taken = bytearray(len(flat.text))
        self._ticks: list[int] | None = None

    def add(self, kind: str, span: tuple[int, int], of: tuple[int, int]) -> None:
        """`span` is the construct, `of` its address, both in the flat text."""
        url = _joined(self.text[slice(*of)])
        start, end = self.flat.span(*span)
        written = _joined(self.flat.original[slice(*self.flat.span(*of))])
        scheme = _SCHEME.match(url)
        loads = not scheme or scheme[1].lower().endswith(_LOADED) or "." in scheme[1]
        # Clients that decode and clients that do not must agree.
        where = _host(url)
        if written != url and _host(written) != where:
            where = UNREADABLE
        self.links.append(Link(kind, url, where, start, end, loads))
        self._taken[of[0] : of[1]] = b"\x01" * (of[1] - of[0])

    def code(self, at: int) -> bool:
        """Whether this place is between code ticks."""
        if self._ticks is None:
            self._ticks = _ticks(self.text)
        return bisect_right(self._ticks, at) % 2 == 1

    def free(self, start: int, end: int) -> int:
        """How far from `start` the text is nobody's address yet."""
        at = self._taken.find(1, start, end)
        return end if at < 0 else at


def _ticks(text: str) -> list[int]:
    """Where code begins and ends, by turns: fences, and single ticks that close in their line."""
    places: list[int] = []
    fence = False
    for line in _TICKED.finditer(text):
        if line[1]:
            fence = not fence
            places.append(line.start(1))
        elif not fence:
            places += line.span(2)
    return places


def _joined(address: str) -> str:
    """As browsers read one: without space around it and line ends within."""
    return re.sub(r"[\t\r\n]", "", address).strip()


def _host(url: str) -> str:
    return host(f"https:{url}" if url.startswith("//") else url)


def _absolute(address: str) -> bool:
    """Whether an address leads away from where it stands."""
    url = _joined(address)
    scheme = _SCHEME.match(url)
    if scheme and "." not in scheme[1]:
        return not scheme[1].lower().startswith("hxxp")
    token = TOKEN.match(url)
    return url.startswith(("//", "\\\\", "/\\", "\\/")) or bool(token and named(token))


def _html(found: _Found) -> None:
    for kind, span, of in embedded(found.text):
        if _absolute(found.text[slice(*of)]) and found.free(*of) == of[1]:
            found.add(kind, span, of)


def _inline(found: _Found) -> None:
    """`[text](address "title")`, with `!` an image."""
    text = found.text
    opened: list[int] = []
    beyond = 0
    for bracket in re.finditer(r"[\[\]]", text) if "](" in text else ():
        at = bracket.start()
        if bracket[0] == "[":
            opened.append(at)
            continue
        start = opened.pop() if opened else at
        if at < beyond or not text.startswith("(", at + 1):
            continue
        inside = _AWAY.match(text, at + 1) and _DESTINATION.match(text, at + 1, at + 4098)
        if not inside:
            continue
        group = inside.lastindex or 0
        if inside[group] and _absolute(inside[group]):
            beyond = inside.end()
            closed = _TITLE.match(text, inside.end())
            image = text.startswith("!", start - 1) if start else False
            end = closed.end() if closed else inside.end()
            span = (start - image, end)
            found.add("image" if image else "link", span, inside.span(group))


def _definitions(found: _Found) -> None:
    """`[id]: address`; an image if the id is used by one."""
    text = found.text
    pictured: set[str] | None = None
    for each in _DEFINITION.finditer(text):
        line = text.rfind("\n", max(0, each.start() - 330), each.start()) + 1
        label = _LABEL.fullmatch(text, line, each.start())
        group = each.lastindex or 0
        if label and _absolute(each[group]) and found.free(*each.span(group)) == each.end(group):
            pictured = _pictured(text) if pictured is None else pictured
            kind = "image" if _id(label[1]) in pictured else "reference"
            found.add(kind, (label.start(), each.end()), each.span(group))


def _pictured(text: str) -> set[str]:
    """The ids that images use."""
    return {_id(each[2] or each[1]) for each in _USED.finditer(text)}


def _id(label: str) -> str:
    return " ".join(label.casefold().split())


def _autolinks(found: _Found) -> None:
    for each in _AUTOLINK.finditer(found.text):
        if _absolute(each[1]) and found.free(*each.span(1)) == each.end(1):
            found.add("autolink", each.span(), each.span(1))


def _addresses(found: _Found) -> None:
    """Bare addresses with a scheme."""
    text = found.text
    for slashes in _SCHEMED.finditer(text):
        colon = slashes.start()
        scheme = _BEFORE_COLON.search(text, max(0, colon - 32), colon)
        if scheme and not scheme[0].lower().startswith("hxxp"):
            _bare(found, scheme.start(), colon)
    if _SPOKEN_SOMEWHERE.search(text.encode("utf-8", "replace")):
        for spoken in re.finditer(_SPOKEN, text):
            _bare(found, spoken.start(), text.index(":", spoken.start()))


def _bare(found: _Found, start: int, colon: int) -> None:
    if found.free(colon, colon + 1) == colon:
        return
    literal = _LITERAL.match(found.text, colon + 1)
    end = found.free(colon, ending(found.text, literal.end() if literal else colon + 1))
    if end > colon + 1:
        found.add("bare", (start, end), (start, end))


def _names(found: _Found) -> None:
    """Bare addresses without a scheme: a name below a known domain, perhaps with a path."""
    text = found.text
    beyond = 0
    for dot in re.finditer(r"\.(?=\w)", text):
        start = dot.start()
        if start < beyond or found.free(start, start + 1) == start:
            continue
        while start > beyond and (text[start - 1].isalnum() or text[start - 1] in "-_."):
            start -= 1
        while start < dot.end() and text[start] in "-_.":
            start += 1
        token = TOKEN.match(text, start)
        beyond = token.end() if token else dot.end()
        span = named(token) if token else None
        if token and span and found.code(start):
            span = named(token, code=True)
        if span:
            end = found.free(*span)
            if end > span[0]:
                found.add("bare", (span[0], end), (span[0], end))
