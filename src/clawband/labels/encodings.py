"""Encoded text, with what it says put beside it.

Base64, hexadecimal, binary, percent and character escapes, HTML entities, ROT13 where the text
names it. Only what decodes to prose is told: pictures, keys, digests and tokens stay as they are.
Nothing is run.
"""

import binascii
import codecs
import html
import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any
from urllib.parse import unquote_to_bytes

import re2

from clawband.labels.characters import bare
from clawband.labels.signals import Tally

KIND = "encoded-text"
LONGEST_SHOWN = 2000
LONGEST_DECODED = 1 << 16
_DEEPEST = 3
_SHORTEST = 24
_MARKS = 80
_BREAK = r"(?:\r?\n|\\r\\n|\\n)[ \t]{0,16}"
_LETTER = "[A-Za-z0-9+/_-]"
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
# Without groups, so that RE2 never leaves its automaton.
_ENCODED: Any = re2.compile(
    rf"{_LETTER}{{24,}}(?:{_BREAK}{_LETTER}{{24,}})*(?:{_BREAK}{_LETTER}{{2,}}=)?={{0,2}}"
    r"|[0-9A-Fa-f]{2}(?:[ :,][0-9A-Fa-f]{2}){11,}|0x[0-9A-Fa-f]{2}(?:,? ?0x[0-9A-Fa-f]{2}){11,}"
    r"|[01]{8}(?: [01]{8}){7,}"
    r"|(?:%[0-9A-Fa-f]{2}){8,}|(?:\\{1,2}(?:x|u00)[0-9A-Fa-f]{2}){8,}"
    r"|(?:&#(?:[xX][0-9A-Fa-f]{1,6}|[0-9]{1,7});){8,}",
    _OPTIONS,
)
_ROT13 = re.compile(r"(?i)\brot[-_ ]?13\b[^A-Za-z\[\]]{0,20}([^\[\]]{15,600}+(?<!\s))")
_TABLE = str.maketrans('[]"\\<>\n\r\t\f`', "()'∖‹›    '")


def explained(text: str, tally: Tally, depth: int = 0) -> str:
    """The text with ` [base64 text, decoded: …]` behind every run that decodes to prose."""
    parts: list[str] = []
    at = 0
    for start, end, decode in _runs(text):
        if start < at:
            # Within our own words of an earlier time.
            continue
        name, said = decode(text[start:end])
        if not said:
            continue
        note = f" [{name} text, decoded: {_inline(said, depth)}]"
        parts += [text[at:end], note]
        at = end
        # Perhaps it is told already, behind a mark that something else made.
        told = text.find(note, end, end + len(note) + _MARKS)
        if told >= 0:
            at = told + len(note)
            parts[-1] = text[end:at]
        else:
            tally.add(KIND, said)
    return "".join(parts) + text[at:] if parts else text


Decode = Callable[[str], tuple[str, str]]


def _runs(text: str) -> list[tuple[int, int, Decode]]:
    """Where something may be encoded, in order, and what reads it."""
    raw = text.encode()
    found: list[tuple[int, int, Decode]] = []
    if _ENCODED.search(raw):
        found += [(*run.span(), _decoded) for run in _ENCODED.finditer(text)]
    if b"13" in raw:
        found += [(*run.span(1), _rot13) for run in _ROT13.finditer(text)]
    return sorted(found, key=itemgetter(0, 1))


def _decoded(run: str) -> tuple[str, str]:
    """How a run is encoded and what it says; nothing if it does not decode to prose."""
    if run.startswith("%"):
        return "percent-encoded", _needless(unquote_to_bytes(run))
    if run.startswith("&#"):
        return "entity", _needless(html.unescape(run).encode("utf-8", "replace"))
    if run.startswith("\\"):
        return "escaped", _prose(bytes.fromhex("".join(re.findall(r"(?:x|u00)(..)", run))))
    if not run.isalnum():
        run = re.sub(_BREAK, "", run).rstrip("=")
        if not re.search("[^0-9A-Fa-fx :,]", run):
            run = re.sub("0x|[ :,]", "", run)
    used = set(run := run[:LONGEST_DECODED])
    if used <= _BITS:
        octets = re.findall("[01]{8}", run)
        return "binary", _prose(bytes(int(each, 2) for each in octets))
    if used <= _HEXADECIMAL:
        return "hex", _prose(bytes.fromhex(run[: len(run) & ~1]))
    return "base64", _base64(run)


_BITS = frozenset("01")
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


def _inline(said: str, depth: int) -> str:
    """One line that can stand within JSON, HTML and a chat template without meaning anything."""
    if depth < _DEEPEST:
        said = explained(said, Tally(), depth + 1)
    more = len(said) - LONGEST_SHOWN
    shown = bare(said[:LONGEST_SHOWN]).translate(_TABLE).strip()
    return f"{shown}… and {more} more characters" if more > 0 else shown


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]")


def _prose(data: bytes) -> str:
    """The text if these bytes are one that says something; else nothing."""
    try:
        wide = data[1::2].count(0) * 3 > len(data)
        text = data[: len(data) & ~1].decode("utf-16-le") if wide else data.decode()
    except UnicodeDecodeError as error:
        if error.end < len(data) or error.start < 16:
            return ""
        text = data[: error.start].decode("utf-8", "ignore")
    head = text[:1000]
    letters = sum(map(str.isalpha, head))
    foreign = sum(each.isalpha() and not each.isascii() for each in head)
    controls = len(_CONTROL.findall(head))
    if len(head) < 12 or letters < 0.55 * len(head) or controls > 0.02 * len(head):
        return ""
    return text if head.count(" ") + head.count("\n") >= 2 or foreign >= 8 else ""


def _base64(run: str) -> str:
    """Prose in base64 has letters of both cases; a path mostly has not."""
    if run.islower() or run.isupper():
        return ""
    pieces = [run]
    if not run.isalnum():
        # A path or a name may be glued to the payload.
        pieces += [each for each in re.split("[/_-]", run) if len(each) >= _SHORTEST]
    for piece in pieces:
        piece = piece.replace("-", "+").replace("_", "/")
        if binascii.a2b_base64(piece[:_SHORTEST]).translate(None, _READABLE):
            continue
        piece = piece[:-1] if len(piece) % 4 == 1 else piece
        if said := _prose(binascii.a2b_base64(piece + "=" * (-len(piece) % 4))):
            return said
    return ""


def _needless(data: bytes) -> str:
    """Nobody needs to escape ASCII letters; other scripts are ordinary in a URL."""
    return _prose(data) if 2 * sum(each < 0x80 for each in data) >= len(data) else ""


def _rot13(run: str) -> tuple[str, str]:
    said = codecs.decode(run, "rot13")
    return "rot13", said if _common(said) > max(1, _common(run)) else ""


_READABLE = bytes({0, *b"\t\n\r", *range(0x20, 0x7F), *range(0x80, 0x100)})
_COMMON = frozenset({
    "the", "and", "to", "you", "of", "in", "is", "it", "this", "that", "all", "not", "for",
    "with", "your", "are", "from", "on",
})  # fmt: skip


def _common(text: str) -> int:
    return sum(word in _COMMON for word in re.findall("[a-z]+", text.lower()))
