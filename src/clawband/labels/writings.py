"""The ways in which one value is written: as it is, escaped, percent-encoded, in base 64, in hex.

A form is found by its anchor, a few characters of it that stand there in each of its writings, and
then read as a whole around the anchor.
"""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html.entities import codepoint2name
from itertools import accumulate
from typing import Any, Final

import re2

LONGEST: Final = 512
"""Bytes of one piece."""
PIECES: Final = 64
RUN: Final = 32
"""Characters of a run that is known by itself: a line of a key, a part of a token."""
ANCHOR: Final = 10
MEMORY: Final = 64 << 20
_LOOKED = 16
"""Places of an anchor that are compared."""
_WIDE = 16
"""Bytes that one character takes in the longest writing of it that is looked for."""
_WRAPPED = 4
_WRAP = r"(?:(?:\\r|\r)?(?:\\n|\n))?"
_RUNS = re.compile(rb"[A-Za-z0-9+/_-]{%d,%d}" % (RUN, LONGEST))
_PASSWORD = re.compile(rb"://[^/@:\s]*:([^/@\s]+)@")
_SECRET = re.compile(r"(?i)pass|secret|token|key$")
_OBJECT = b"eyJ"
"""How base 64 of a JSON object begins: the head of a token is that of many others."""
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
"""Nobody escapes these (RFC 3986 §2.3)."""
_SHORT = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f", "\0": "0"}
_IN_BASE_64 = {"+": r"(?:[+-]|%2[Bb])", "/": r"(?:\\{0,7}/|_|%2[Ff])"}
_BEFORE = ((0, 0), (1, 2), (2, 3))
"""Bytes in front of a value, and how many characters of base 64 they have a part in."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a piece: for each character itself, or a pattern of its writings."""

    units: Sequence[str]
    begin: int
    between: str = ""
    """What may stand between two characters, but for those of the anchor."""

    @property
    def anchor(self) -> str:
        """A pattern."""
        return "".join(map(_pattern, self._chosen))

    @property
    def literal(self) -> bytes:
        """The anchor itself; empty when one of its characters has several writings."""
        chosen = self._chosen
        return "".join(chosen).encode() if all(len(each) == 1 for each in chosen) else b""

    @property
    def reach(self) -> int:
        """Bytes around the anchor within which the whole is."""
        wide = sum(_WIDE if len(each) > 1 else 1 for each in self.units)
        return wide + (_WRAPPED * len(self.units) if self.between else 0)

    def around(self, raw: bytes, start: int, end: int) -> tuple[int, int] | None:
        """The span of the whole, if what stands there is the anchor of one."""
        reach = self.reach
        low = max(0, start - reach)
        for match in _whole(self).finditer(raw[low : end + reach]):
            first, last = match.span()
            if low + first <= start and end <= low + last:
                return low + first, low + last
        return None

    @property
    def _chosen(self) -> Sequence[str]:
        return self.units[self.begin : self.begin + ANCHOR]


def pieces(value: bytes) -> Sequence[bytes]:
    """What is looked for: all of a value, the password in an address or in an object, and of a long
    value the runs that no other text has."""
    whole = value.strip()
    within = [each for each in _within(whole) if len(each) >= ANCHOR]
    if len(whole) <= 2 * RUN:
        return (whole, *within)
    runs = [each for each in _RUNS.findall(whole) if not each.startswith(_OBJECT) and _mixed(each)]
    if len(whole) <= LONGEST:
        runs.insert(0, whole)
    elif not runs:
        lines = map(bytes.strip, whole.split(b"\n"))
        runs = [line[:LONGEST] for line in lines if len(line) >= RUN]
    return tuple(dict.fromkeys((*within, *runs)))[:PIECES]


def _within(whole: bytes) -> list[bytes]:
    if not whole.startswith(b"{"):
        return _PASSWORD.findall(whole)
    try:
        told = json.loads(whole)
    except (ValueError, RecursionError):
        return []
    pairs = ((key, each) for key, each in told.items() if isinstance(each, str))
    return [
        each.strip().encode("utf-8", "surrogatepass") for key, each in pairs if _SECRET.search(key)
    ]


def written(value: bytes) -> Sequence[Form]:
    """Every way in which this value is looked for."""
    return tuple(form for piece in pieces(value) for form in _forms(piece))


def _forms(piece: bytes) -> Iterator[Form]:
    yield _form(tuple(map(_unit, piece.decode("utf-8", "surrogateescape"))))
    for before, cut in _BEFORE:
        text = base64.b64encode(bytes(before) + piece).decode()
        last = len(text) - (0, 3, 2)[(before + len(piece)) % 3]
        units = tuple(_IN_BASE_64.get(each, each) for each in text[cut:last])
        yield _form(units, _WRAP)
        if len(units) >= 4 * ANCHOR:
            # A line may end within one anchor (RFC 2045 §6.8), and not within another.
            yield _form(units, _WRAP, among=2 * ANCHOR)
    for text in dict.fromkeys((piece.hex(), piece.hex().upper())):
        yield _form(tuple(text))


@lru_cache(256)
def _whole(form: Form) -> Any:
    begin, end, between = form.begin, form.begin + ANCHOR, form.between
    before = "".join(_pattern(each) + between for each in form.units[:begin])
    after = "".join(between + _pattern(each) for each in form.units[end:])
    return compiled(f"{before}{form.anchor}{after}")


def compiled(pattern: str, memory: int = MEMORY) -> Any:
    """Of bytes, in linear time."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.never_capture = True
    options.max_mem = memory
    return re2.compile(pattern.encode("latin-1"), options)


def _form(units: Sequence[str], between: str = "", among: int = 0) -> Form:
    """The anchor is that with the fewest escapes, and then the most different characters; with
    `among` only the first so many characters are looked at."""
    looked = units[:among] if among else units
    escaped = [0, *accumulate(len(each) > 1 for each in looked)]
    windows = range(max(1, len(looked) - ANCHOR + 1))
    worst = [escaped[min(at + ANCHOR, len(looked))] - escaped[at] for at in windows]
    least = min(worst)
    best = [at for at in windows if worst[at] == least][-_LOOKED:]
    return Form(units, max(best, key=lambda at: len(set(looked[at : at + ANCHOR]))), between)


def _mixed(run: bytes) -> bool:
    """A path or a word in capitals is in many texts, a random run in one."""
    return sum(48 <= each <= 57 for each in run) >= 2 and len(set(run)) >= ANCHOR


def _pattern(unit: str) -> str:
    return r"\." if unit == "." else unit


def _unit(char: str) -> str:
    """A character that nobody escapes, or a pattern of its writings."""
    if char in _PLAIN:
        return char
    raw = char.encode("utf-8", "surrogateescape")
    percent = "".join(f"%(?:25){{0,3}}(?i:{each:02x})" for each in raw)
    byte = rf"\\{{1,7}}x(?i:{raw[0]:02x})"
    own = rf"\\{{0,7}}{_exactly(raw)}"
    alone = 0xD800 <= ord(char) <= 0xDFFF  # a byte that is no UTF-8
    told = () if alone else _escapes(char)
    return f"(?:{'|'.join((own, percent, byte, *told))})"


def _escapes(char: str) -> Iterator[str]:
    """Of JSON, of programs, of HTML (RFC 8259 §7)."""
    number, wide = ord(char), char.encode("utf-16-be")
    codes = (wide[at : at + 2].hex() for at in range(0, len(wide), 2))
    yield "".join(rf"\\{{1,7}}u(?i:{each})" for each in codes)
    yield rf"\\{{1,7}}u\{{0{{0,5}}(?i:{number:x})\}}"
    yield f"&#(?:0{{0,4}}{number}|[xX]0{{0,4}}(?i:{number:x}));"
    if number in codepoint2name or char == "'":
        yield f"&{codepoint2name.get(number, 'apos')};"
    if char in _SHORT:
        yield rf"\\{{1,7}}{_SHORT[char]}"
    if char == "\n":
        yield from (r"\r\n", r"\\{1,7}r\\{1,7}n", "%0[Dd]%0[Aa]")
    if char == " ":
        yield r"\+"


def _exactly(raw: bytes) -> str:
    return "".join(rf"\x{each:02x}" for each in raw)
