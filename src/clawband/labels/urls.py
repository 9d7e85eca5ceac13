"""Web addresses in a text: the same host, and the same path if the value has one."""

import re
from dataclasses import dataclass

from clawband.labels.edges import chunk, glued, occurrences, sentences_apart
from clawband.labels.folding import folded
from clawband.labels.identifiers import clean

_FORM = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.\-]{0,20}):)?(?://)?([^/?#@]*)(/[^?#]*)?(\?[^#]*)?(#.*)?", re.S
)
_WEB = {"": "", "http": "80", "https": "443", "ws": "80", "wss": "443"}
_HOST = re.compile(r"(?:[^\W_]|[.\-_]){1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_TRAILING = ".,;:!?'\"`*_~)]}>|"
_OPENERS = "=:([{|,;>*_~!"
_SCHEME = "abcdefghijklmnopqrstuvwxyz0123456789+.-"
_LONGEST = 2_048
_PAIRS = {"(": ")", "[": "]", "{": "}", "|": "|"}
_UNRESERVED = re.compile(r"%([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Url:
    """What decides whether two addresses are the same; a query holds its `?`."""

    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str

    @property
    def bare(self) -> bool:
        """Names a host, nothing on it."""
        return not (self.path or self.query or self.fragment)


def url_in(value: str) -> Url | None:
    """The parts of a web address or a bare host; none for what is not exactly one."""
    value = clean(value)
    found = _FORM.fullmatch(value)
    if not value or "\\" in value or found is None:
        return None
    scheme, authority, path, query, fragment = (part or "" for part in found.groups())
    if found[1] and "//" not in value[: len(scheme) + 3] and scheme.lower() not in _WEB:
        if _HOST.fullmatch(scheme) and authority.isdecimal():
            scheme, authority = "", f"{scheme}:{authority}"
        else:
            return None
    host, _, port = authority.rpartition(":") if _ported(authority) else (authority, "", "")
    host = folded(host).removesuffix(".").removeprefix("www.")
    scheme = scheme.lower()
    if not _HOST.fullmatch(host) or (port and not port.isdecimal()) or host[0] in ".-":
        return None
    if port == _WEB.get(scheme or "https") or (port in {"80", "443"} and not scheme):
        port = ""
    scheme = "" if scheme in _WEB else scheme
    return Url(
        scheme, host, port, _normal(path).rstrip("/"), _normal(query).rstrip("?"), _normal(fragment)
    )


def _ported(authority: str) -> bool:
    return ":" in authority and not authority.endswith("]")


def _normal(part: str) -> str:
    """Percent-encoding of unreserved characters undone, as in RFC 3986 §6.2.2."""

    def plainer(found: re.Match[str]) -> str:
        char = chr(int(found[1], 16))
        return char if char.isascii() and (char.isalnum() or char in "-._~") else found[0].upper()

    return _UNRESERVED.sub(plainer, part)


def covered_by(value: Url, said: Url) -> bool:
    """Whether naming `said` names `value`: a host alone is named by anything on it."""
    if (value.scheme, value.host, value.port) != (said.scheme, said.host, said.port):
        return False
    if value.bare:
        return True
    return (
        value.path == said.path
        and value.query in ("", said.query)
        and value.fragment in ("", said.fragment)
    )


def says_url(value: Url, piece: str) -> bool:
    """Whether a text holds an address that names the value."""
    piece = sentences_apart(piece)
    text = folded(piece)
    return any(
        covered_by(value, said)
        for at in occurrences(text, value.host)
        if _may_be(value, piece, at + len(value.host))
        for said in _written_at(piece, at, at + len(value.host))
    )


def _may_be(value: Url, piece: str, end: int) -> bool:
    """Whether it is worth a closer look: the path begins soon, as it is or encoded."""
    soon = piece[end : end + 64]
    return value.path[:12] in soon or "%" in soon or "%" in value.path


def _written_at(piece: str, start: int, end: int) -> list[Url]:
    """What the address around a host may be: with and without the signs that may end a sentence."""
    left, right = chunk(piece, start, end)
    if glued(piece[end - 1], piece[end : end + 1]) or right - left > _LONGEST:
        return []
    begins = _begins(piece, left, start)
    if begins < 0:
        return []
    whole = piece[begins:right]
    closer = _PAIRS.get(piece[begins - 1 : begins], "")
    inner = whole.partition(closer)[0] if closer else whole
    forms = [whole, whole.rstrip(_TRAILING), inner.rstrip(_TRAILING)]
    if piece[end : end + 1] in tuple(",;|)]}"):
        forms.append(piece[begins:end])
    return [url for url in map(url_in, dict.fromkeys(forms)) if url is not None]


def _begins(piece: str, left: int, host: int) -> int:
    """Where the address begins that a host at a place belongs to; -1 if it is part of another."""
    prefix = folded(piece[left:host]).removesuffix("www.")
    lead, scheme, rest = prefix.partition("://")
    before = lead.rstrip(_SCHEME) if scheme else prefix
    if rest or any(sign in before for sign in "/?#@%\\&"):
        return -1
    if not scheme and before and before[-1] not in _OPENERS:
        return -1
    begins = left + len(before)
    return -1 if glued(before.rstrip("*_~!")[-1:], piece[begins]) else begins
