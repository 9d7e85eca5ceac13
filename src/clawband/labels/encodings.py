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
_BREAK = r"(?:\r?\n|\\r\\n|\\n)[ \t]{0,16}"
_LETTER = "[A-Za-z0-9+/_-]"
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_ENCODED: Any = re2.compile(
    rf"(?P<run>{_LETTER}{{24,}}(?:{_BREAK}{_LETTER}{{24,}})*(?:{_BREAK}{_LETTER}{{2,}}=)?={{0,2}})"
    r"|(?P<pairs>[0-9A-Fa-f]{2}(?:[ :,][0-9A-Fa-f]{2}){11,}"
    r"|0x[0-9A-Fa-f]{2}(?:,? ?0x[0-9A-Fa-f]{2}){11,})"
    r"|(?P<bits>[01]{8}(?: [01]{8}){7,})"
    r"|(?P<percent>(?:%[0-9A-Fa-f]{2}){8,})"
    r"|(?P<escapes>(?:\\{1,2}(?:x|u00)[0-9A-Fa-f]{2}){8,})"
    r"|(?P<entities>(?:&#(?:[xX][0-9A-Fa-f]{1,6}|[0-9]{1,7});){8,})"
    r"|\b[Rr][Oo][Tt][-_ ]?13\b[^A-Za-z\[\]]{0,20}(?P<rot13>[^\[\]]{15,600}[^\[\]\s])",
    _OPTIONS,
)
_TABLE = str.maketrans('[]"\\<>\n\r\t\f`', "()'∖‹›    '")


def explained(text: str, tally: Tally, depth: int = 0) -> str:
    """The text with ` [base64 text, decoded: …]` behind every run that decodes to prose."""
    if not _ENCODED.search(text.encode()):
        return text
    parts: list[str] = []
    at = 0
    for found in _ENCODED.finditer(text):
        start, end = found.span()
        if start < at:
            # Within our own words of an earlier time.
            continue
        name, said = _DECODERS[found.lastgroup](found.group(found.lastgroup))
        if not said:
            continue
        note = f" [{name} text, decoded: {_inline(said, depth)}]"
        parts += [text[at:end], note]
        at = end
        if text.startswith(note, end):
            at += len(note)
        else:
            tally.add(KIND, said)
    return "".join(parts) + text[at:] if parts else text


def _inline(said: str, depth: int) -> str:
    """One line that can stand within JSON, HTML and a chat template without meaning anything."""
    if depth < _DEEPEST:
        said = explained(said, Tally(), depth + 1)
    more = len(said) - LONGEST_SHOWN
    shown = bare(said[:LONGEST_SHOWN]).translate(_TABLE).strip()
    return f"{shown}… and {more} more characters" if more > 0 else shown


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
    readable = sum(each.isprintable() or each in "\n\r\t" for each in head)
    if len(head) < 12 or letters < 0.6 * len(head) or readable < 0.98 * len(head):
        return ""
    return text if head.count(" ") + head.count("\n") >= 2 or foreign >= 8 else ""


def _run(run: str) -> tuple[str, str]:
    plain = re.sub(r"[^A-Za-z0-9+/_-]", "", re.sub(_BREAK, "", run))[:LONGEST_DECODED]
    if not set(plain) - set("01"):
        return "binary", _octets(plain)
    if not set(plain) - set("0123456789abcdefABCDEF"):
        return "hex", _prose(bytes.fromhex(plain[: len(plain) & ~1]))
    pieces = [plain]
    if not plain.isalnum():
        # A path or a name may be glued to the payload.
        pieces += [each for each in re.split("[/_-]", plain) if len(each) >= _SHORTEST]
    return "base64", next(filter(None, map(_base64, pieces)), "")


def _base64(run: str) -> str:
    run = run.replace("-", "+").replace("_", "/")
    run = run[: len(run) - 1] if len(run) % 4 == 1 else run
    return _prose(binascii.a2b_base64(run + "=" * (-len(run) % 4)))


def _pairs(run: str) -> tuple[str, str]:
    digits = re.sub("0x|[^0-9A-Fa-f]", "", run)
    return "hex", _prose(bytes.fromhex(digits[:LONGEST_DECODED]))


def _bits(run: str) -> tuple[str, str]:
    return "binary", _octets(run.replace(" ", "")[:LONGEST_DECODED])


def _octets(bits: str) -> str:
    return _prose(bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits) - 7, 8)))


def _percent(run: str) -> tuple[str, str]:
    return "percent-encoded", _needless(unquote_to_bytes(run))


def _entities(run: str) -> tuple[str, str]:
    return "entity", _needless(html.unescape(run).encode("utf-8", "replace"))


def _needless(data: bytes) -> str:
    """Nobody needs to escape ASCII letters; other scripts are ordinary in a URL."""
    return _prose(data) if 2 * sum(each < 0x80 for each in data) >= len(data) else ""


def _escapes(run: str) -> tuple[str, str]:
    return "escaped", _prose(
        bytes.fromhex("".join(re.findall("([0-9A-Fa-f]{2})(?![0-9A-Fa-f])", run)))
    )


def _rot13(run: str) -> tuple[str, str]:
    said = codecs.decode(run, "rot13")
    return "rot13", said if _common(said) > max(1, _common(run)) else ""


_COMMON = frozenset({
    "the", "and", "to", "you", "of", "in", "is", "it", "this", "that", "all", "not", "for",
    "with", "your", "are", "from", "on",
})  # fmt: skip


def _common(text: str) -> int:
    return sum(word in _COMMON for word in re.findall("[a-z]+", text.lower()))


_DECODERS: dict[str, Callable[[str], tuple[str, str]]] = {
    "run": _run,
    "pairs": _pairs,
    "bits": _bits,
    "percent": _percent,
    "escapes": _escapes,
    "entities": _entities,
    "rot13": _rot13,
}
