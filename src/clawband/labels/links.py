"""Links in an outgoing text: whatever a chat client, a browser or a preview robot could fetch.

Markdown (CommonMark 0.31 §4.7, §6.3-6.5), Slack's `<url|text>`, HTML, and bare addresses as clients
recognise them. It finds rather too much: code is not left out, since many networks show it as plain
text. An address written `hxxp` or with `[.]` is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clawband.labels.addresses import TOKEN, ending, named
from clawband.labels.flat import Flat
from clawband.labels.markup import TAG
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
    if not _GATE.search(text):
        return ()
    flat = Flat(text)
    found = _Found(flat)
    for each in (_html, _inline, _definitions, _autolinks, _addresses, _names):
        each(found)
    return tuple(sorted(found.links, key=lambda link: (link.start, -link.end)))


_GATE = re.compile(r"[.:。．｡：․&]|//|\\\\")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,31}):")
_BEFORE_COLON = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}\Z")
_LOADED = ("http", "https", "ws", "wss", "ftp")
_SPOKEN = frozenset({
    "mailto", "tel", "sms", "smsto", "mms", "callto", "skype", "facetime", "xmpp", "sip", "sips",
    "geo", "maps", "magnet", "bitcoin", "ethereum", "javascript", "vbscript", "livescript",
    "data", "blob", "about", "view-source", "jar", "intent", "market", "itms-apps", "tg",
    "whatsapp", "signal", "viber", "slack", "discord", "msteams", "zoommtg", "spotify", "steam",
})  # fmt: skip
"""Schemes that clients know without two slashes."""
_LITERAL = re.compile(r"//\[[0-9A-Fa-f:.%]{2,60}\]")
_DESTINATION = re.compile(
    r"\(\s{0,99}(?:<([^<>\n]{0,4096})>|((?:[^\s()\\]|\\.|\((?:[^\s()]|\([^\s()]*+\))*+\))*+))"
)
_TITLE = re.compile(r"""\s{0,99}(?:"[^"]{0,999}"|'[^']{0,999}'|\([^()]{0,999}\))?\s{0,99}\)""")
_DEFINITION = re.compile(
    r"^[ \t>*+\-0-9.)]{0,20}\[([^\]\n]{1,300})\]:\s{0,99}(?:<([^<>\n]{1,4096})>|([^\s<>]+))", re.M
)
_USED = re.compile(r"!\[([^\[\]\n]{0,300})\](?:\[([^\[\]\n]{0,300})\])?")
_AUTOLINK = re.compile(
    r"<((?:[A-Za-z][A-Za-z0-9+.-]{1,31}:|www\.|//)[^\s<>|]*)(?:\|[^<>\n]{0,999})?>"
)
_ATTRIBUTE = re.compile(
    r"""([A-Za-z][\w:-]{0,30})\s{0,8}=\s{0,8}(?:\\?"([^"]*)"|'([^']*)'|([^\s"'<>\\]+))"""
)
_STYLED = re.compile(
    r"""(?i)\burl\(\s{0,8}(?:\\?["'])?([^)"'\s\\]{3,4096})|@import\s{1,8}\\?["']([^"'\\]{3,4096})"""
)
_PAGES = frozenset({
    "a", "area", "form", "button", "blockquote", "q", "del", "ins", "base",
})  # fmt: skip
_PICTURES = frozenset({
    "img", "image", "picture", "source", "input", "amp-img",
})  # fmt: skip
_ADDRESSES = frozenset({
    "href", "src", "srcset", "poster", "data", "action", "formaction", "background", "cite",
    "ping", "longdesc", "imagesrcset", "xlink:href", "manifest", "codebase", "archive", "profile",
    "dynsrc", "lowsrc", "content",
})  # fmt: skip


class _Found:
    """Links found so far, and which parts of the flat text are their addresses."""

    def __init__(self, flat: Flat) -> None:
        self.flat = flat
        self.text = flat.text
        self.links: list[Link] = []
        self._taken = bytearray(len(flat.text))

    def add(self, kind: str, span: tuple[int, int], of: tuple[int, int]) -> None:
        """`span` is the construct, `of` its address, both in the flat text."""
        url = _joined(self.text[slice(*of)])
        start, end = self.flat.span(*span)
        written = _joined(self.flat.original[slice(*self.flat.span(*of))])
        scheme = _SCHEME.match(url)
        loads = not scheme or scheme[1].lower().endswith(_LOADED) or "." in scheme[1]
        # Clients that decode and clients that do not must agree.
        where = _host(url) if _host(url) == _host(written) else UNREADABLE
        self.links.append(Link(kind, url, where, start, end, loads))
        self._taken[of[0] : of[1]] = b"\x01" * (of[1] - of[0])

    def free(self, start: int, end: int) -> int:
        """How far from `start` the text is nobody's address yet."""
        at = self._taken.find(1, start, end)
        return end if at < 0 else at


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
    text = found.text
    if "<" not in text:
        return
    for tag in TAG.finditer(text):
        name = tag[2].lower()
        kind = "link" if name in _PAGES else "image" if name in _PICTURES else "html"
        for each in _ATTRIBUTE.finditer(text, *tag.span(3)) if tag[3] else ():
            if each[1].lower() in _ADDRESSES:
                for start, end in _listed(text, each):
                    if _absolute(text[start:end]):
                        found.add(kind, tag.span(), (start, end))
    for style in _STYLED.finditer(text) if "url(" in text.lower() or "@import" in text else ():
        of = style.span(style.lastindex or 0)
        if _absolute(style[style.lastindex or 0]) and found.free(*of) == of[1]:
            found.add("html", style.span(), of)


def _listed(text: str, attribute: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The addresses in an attribute: one, or those of a `srcset`, or the one of a refresh."""
    start, end = attribute.span(attribute.lastindex or 0)
    name = attribute[1].lower()
    if name.endswith("srcset"):
        for each in re.finditer(r"[^\s,]\S*", text[start:end]):
            yield start + each.start(), start + len(text[start : start + each.end()].rstrip(","))
    elif name == "content":
        at = text.lower().find("url=", start, end)
        yield (at + 4 if at >= 0 else start), end
    else:
        yield start, end


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
        inside = _DESTINATION.match(text, at + 1)
        if not inside:
            continue
        group = inside.lastindex or 0
        beyond = inside.end()
        if inside[group] and _absolute(inside[group]):
            closed = _TITLE.match(text, inside.end())
            image = text.startswith("!", start - 1) if start else False
            end = closed.end() if closed else inside.end()
            span = (start - image, end)
            found.add("image" if image else "link", span, inside.span(group))


def _definitions(found: _Found) -> None:
    """`[id]: address`; an image if the id is used by one."""
    text = found.text
    defined = [*_DEFINITION.finditer(text)] if "]:" in text else []
    pictured = {
        " ".join((each[2] or each[1]).casefold().split())
        for each in (_USED.finditer(text) if defined and "![" in text else ())
    }
    for each in defined:
        group = 2 if each[2] else 3
        if _absolute(each[group]) and found.free(*each.span(group)) == each.end(group):
            known = " ".join(each[1].casefold().split()) in pictured
            found.add("image" if known else "reference", each.span(), each.span(group))


def _autolinks(found: _Found) -> None:
    for each in _AUTOLINK.finditer(found.text):
        if _absolute(each[1]) and found.free(*each.span(1)) == each.end(1):
            found.add("autolink", each.span(), each.span(1))


def _addresses(found: _Found) -> None:
    """Bare addresses with a scheme."""
    text = found.text
    at = text.find(":")
    while at >= 0:
        scheme = _BEFORE_COLON.search(text, max(0, at - 32), at)
        slashes = text[at + 1 : at + 3]
        if scheme and found.free(at, at + 1) > at and not scheme[0].lower().startswith("hxxp"):
            after = text[at + 1 : at + 2]
            known = scheme[0].lower() in _SPOKEN and after and not after.isspace()
            if (len(slashes) == 2 and not slashes.strip("/\\")) or known:
                inside = _LITERAL.match(text, at + 1)
                end = found.free(at, ending(text, inside.end() if inside else at + 1))
                found.add("bare", (scheme.start(), end), (scheme.start(), end))
        at = text.find(":", at + 1)


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
        while text[start] in "-_.":
            start += 1
        token = TOKEN.match(text, start)
        beyond = token.end() if token else dot.end()
        if token and (span := named(token)):
            end = found.free(*span)
            found.add("bare", (span[0], end), (span[0], end))
