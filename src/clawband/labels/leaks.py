"""Secrets in any bytes, quickly: source, configuration, transcripts, a database file.

The kinds are those of `classify`. Made for gigabytes: the bytes are looked at in blocks that
overlap, and only secrets are looked for. What JSON escapes (`\\n` before a token, `\\"` around it)
and what base 64 hides is opened once.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import re2

from clawband.labels.classify import Compiled, compiled, found_in

BLOCK: Final = 1 << 17
BEHIND: Final = 256
AHEAD: Final = 1 << 13
LONGEST: Final = 1 << 12
"""Bytes. What begins in a block is looked at with so much before and after it; a longer run of
base 64 is an image or an archive."""
PASSING: Final = frozenset({"one-time-code"})
"""Kinds that are worth nothing by the time somebody finds them."""
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ESCAPES = re.compile(rb'\\["nrt]')
_PLAIN = {b'\\"': b' "', b"\\n": b" \n", b"\\r": b" \r", b"\\t": b" \t"}
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_PRINTED = bytes(range(32, 127)) + b"\t\n\r"
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def _of(chosen: Callable[[int], bool]) -> str:
    """A class of the signs of base 64, in both alphabets, whose numbers are chosen."""
    signs = "".join(sign for number, sign in enumerate(_SIGNS) if chosen(number))
    return f"[{signs}{'_' * ('/' in signs)}{'-' * ('+' in signs)}]"


_GROUP = (
    _of(lambda number: number in (2, 3) or 8 <= number < 32)
    + _of(lambda number: number % 16 in (0, 2, 3, 4, 5, 6, 7))
    + _of(lambda number: number % 4 < 2)
    + _of(lambda _: True)
)
"""Four signs that stand for three bytes of printed ASCII, by the bits that tell them (RFC 4648 §4).
A run that is no text, such as a hash, ends at one of its first groups."""
_RUNS = re2.compile(f"(?:^|[^A-Za-z0-9+/_-])((?:{_GROUP}){{8}}[A-Za-z0-9+/_-]*={{0,2}})".encode())


@dataclass(frozen=True, slots=True)
class Leak:
    """One secret. `start` and `end` count bytes of what `utf_8` gives."""

    kind: str
    confidence: float
    start: int
    end: int
    value: bytes
    """The secret itself: never printed, never kept."""
    encoded: bool = False
    """It stands there in base 64; the place is that of the run."""


def utf_8(raw: bytes) -> bytes:
    """The same text in UTF-8 when a mark at its begin says that it is UTF-16 or UTF-32."""
    for mark, name in _WIDE:
        if raw.startswith(mark):
            return raw.decode(name, "replace").encode()
    return raw


def leaks(raw: bytes) -> Iterator[Leak]:
    """Every secret in the order of the bytes. Never raises."""
    kinds = compiled(frozenset({"secret"}), PASSING, long=True)
    for at in range(0, len(raw), BLOCK):
        begin = max(0, at - BEHIND)
        piece = raw[begin : at + BLOCK + AHEAD]
        new = [
            Leak(each.kind, each.confidence, begin + each.start, begin + each.end, each.value,
                 each.encoded)
            for each in _in(piece, kinds)
            if at <= begin + each.start < at + BLOCK
        ]  # fmt: skip
        yield from sorted(new, key=lambda each: (each.start, each.end))


def _in(piece: bytes, kinds: Compiled) -> Iterator[Leak]:
    plain = _unescaped(piece)
    places = found_in(plain, kinds)
    for each in places:
        value = plain[each.start : each.end]
        yield Leak(each.kind, each.confidence, each.start, each.end, value)
    for match in _RUNS.finditer(plain):
        start, end = match.span(1)
        text = _opened(plain[start:end]) if end - start <= LONGEST else b""
        if not text or any(each.start < end and start < each.end for each in places):
            continue
        for each in found_in(text, kinds):
            value = text[each.start : each.end]
            yield Leak(each.kind, each.confidence, start, end, value, encoded=True)


def _unescaped(piece: bytes) -> bytes:
    """JSON's escapes as what they stand for, at the same length: no word begins with `\\n`."""
    return _ESCAPES.sub(lambda match: _PLAIN[match[0]], piece) if b"\\" in piece else piece


def _opened(run: bytes) -> bytes:
    """The text that a run of base 64 stands for; empty when it is none."""
    body = run.rstrip(b"=").translate(_URL_SAFE)
    try:
        if base64.b64decode(body[:8]).translate(None, _PRINTED):
            return b""  # nearly every run that is no text ends here
        text = base64.b64decode(body + b"=" * (-len(body) % 4))
    except binascii.Error:
        return b""
    return b"" if text.translate(None, _PRINTED) else text
