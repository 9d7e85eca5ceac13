"""Texts inside a text that do not show as what they are: encoded, or written in unseen characters.

Every decoder is tried on the runs that could be its output; what comes out must read as text. The
work is bounded: so many runs, and so much decoded text as there is text.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator

_RUNS = 2048
_KEPT = 64
_LEAST = 6
_NEAR = 160
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_\-]{16,}[\s>]{1,4})*[A-Za-z0-9+/_\-]{12,}={0,2}")
_HEX = re.compile(r"(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[\s:,;\-]{0,2}){6,}")
_CODES = re.compile(r"(?:&#)?\d{2,3}(?:(?:[\s,;]{1,2}|;&#)\d{2,3}){5,}")
_BITS = re.compile(r"(?:[01]{8}\s?){6,}")
_TAGS = re.compile("[\U000e0020-\U000e007e]{3,}")
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_TORN = re.compile(r"(?<=[^\W_])<(?:!--[^<>]{0,200}--|/?[A-Za-z][^<>]{0,200})>(?=[^\W_])")
_SPELLED = {
    ".": "dot|punkt|punto|point",
    "@": "at|arroba",
    "-": "dash|hyphen|minus",
    "_": "underscore",
    "/": "slash",
    ":": "colon",
}


def hidden(text: str) -> Iterator[tuple[int, int, str]]:
    """Decoded texts with the place of what they were decoded from, at most `_KEPT`."""
    kept, room = 0, len(text) + 256
    for pattern, decode in _DECODERS:
        for number, found in enumerate(pattern.finditer(text)):
            if number >= _RUNS or kept >= _KEPT or room <= 0:
                break
            for result in decode(found[0]):
                if _reads(result):
                    kept, room = kept + 1, room - len(result)
                    yield found.start(), found.end(), result
    for start, end, result in _mended(text):
        if kept >= _KEPT:
            break
        kept += 1
        yield start, end, result


def _mended(text: str) -> Iterator[tuple[int, int, str]]:
    """Words that mark-up tears apart, put together again."""
    end = 0
    for number, found in enumerate(_TORN.finditer(text)):
        if number >= _RUNS:
            break
        if found.start() >= end:
            start, end = max(0, found.start() - _NEAR), found.end() + _NEAR
            yield start, min(end, len(text)), _TORN.sub("", text[start:end])


def _reads(text: str) -> bool:
    """Whether decoded characters are a text and not noise."""
    shown = sum(char.isprintable() or char.isspace() for char in text)
    return len(text) >= _LEAST and shown >= 0.9 * len(text) and any(map(str.isalnum, text))


def _from_base64(run: str) -> Iterator[str]:
    run = re.sub(r"[\s>=]", "", run).replace("-", "+").replace("_", "/")
    if run.isalpha() and (run.islower() or run.isupper() or run.istitle()):
        return
    for shift in range(4):
        part = run[shift:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        try:
            raw = base64.b64decode(part + "=" * (-len(part) % 4))
        except (binascii.Error, ValueError):
            continue
        yield from _texts(raw)


def _texts(raw: bytes) -> Iterator[str]:
    if raw[1::2].count(0) > len(raw) // 3:
        yield raw.decode("utf-16-le", "ignore")
    try:
        yield raw.decode()
    except UnicodeDecodeError as error:
        if error.start >= _LEAST:
            yield raw[: error.start].decode()


def _from_hex(run: str) -> Iterator[str]:
    digits = re.sub(r"0x|\\x|[^0-9A-Fa-f]", "", run)
    yield from _texts(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _from_codes(run: str) -> Iterator[str]:
    yield "".join(chr(int(code)) for code in re.findall(r"\d{2,3}", run))


def _from_bits(run: str) -> Iterator[str]:
    bits = re.sub(r"\s", "", run)
    yield from _texts(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)))


def _from_tags(run: str) -> Iterator[str]:
    yield "".join(chr(ord(char) - 0xE0000) for char in run)


def _from_variants(run: str) -> Iterator[str]:
    codes = (ord(char) - (0xFE00 if char <= "\ufe0f" else 0xE0100 - 16) for char in run)
    yield from _texts(bytes(code for code in codes if code < 256))


_DECODERS: tuple[tuple[re.Pattern[str], Callable[[str], Iterator[str]]], ...] = (
    (_TAGS, _from_tags),
    (_VARIANTS, _from_variants),
    (_BASE64, _from_base64),
    (_HEX, _from_hex),
    (_CODES, _from_codes),
    (_BITS, _from_bits),
)


def turned(needle: str) -> str:
    """The needle in rot13; empty if it is too short to be more than chance."""
    return codecs.encode(needle, "rot13") if len(needle) >= _LEAST and needle.isascii() else ""


def spelled(value: str, letters: Callable[[str], str]) -> re.Pattern[str] | None:
    """A pattern for the value's letters with its signs spoken: `ann dot lee at b dot co`."""
    parts = [
        f"(?:{_SPELLED[part]})?" if part in _SPELLED else re.escape(letters(part))
        for part in re.split(r"([.@\-_/:])", value[:512])
    ]
    return re.compile("".join(parts)) if len(parts) > 1 and letters(value) else None
