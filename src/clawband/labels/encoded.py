"""What a text holds in base 64 or hexadecimal: found when somebody asks for a closer look.

Slower than `classify`, because every long run of such characters is decoded. One layer is opened;
what is compressed or encrypted stays closed.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import re2

from clawband.labels.classify import Found, classify

LONGEST: Final = 1 << 20
"""Characters of one run that are decoded."""
_RUNS = re2.compile(
    r"(?:[A-Za-z0-9+/]{64}(?:[A-Za-z0-9+/]{12})?\r?\n)+[A-Za-z0-9+/]{1,76}={0,2}"
    r"|[A-Za-z0-9+/_-]{24,}={0,2}"
)
"""In lines of 76 or 64 (RFC 2045 §6.8, RFC 7468 §2), or in one piece."""
_HEX = re2.compile(r"(?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def encoded(text: str) -> tuple[Found, ...]:
    """What stands in encoded runs, in the order of the text; the place is that of the run."""
    return tuple(found for start, end in _runs(text) for found in _inside(text, start, end))


def _runs(text: str) -> Iterator[tuple[int, int]]:
    # The same characters; RE2 refuses a lone surrogate.
    for match in _RUNS.finditer(text.encode("utf-8", "replace").decode()):
        start, end = match.span()
        yield start, min(end, start + LONGEST)


def _inside(text: str, start: int, end: int) -> Iterator[Found]:
    kinds = set()
    for found in classify(_decoded(text[start:end])):
        if found.kind not in kinds:
            kinds.add(found.kind)
            yield replace(found, start=start, end=end)


def _decoded(run: str) -> str:
    """The text a run stands for; empty when it is none."""
    plain = "".join(run.split()).rstrip("=")
    try:
        if _HEX.fullmatch(plain):
            return bytes.fromhex(plain).decode()
        whole = plain[: len(plain) // 4 * 4] if len(plain) % 4 == 1 else plain
        padded = whole + "=" * (-len(whole) % 4)
        return base64.b64decode(padded.encode().translate(_URL_SAFE), validate=True).decode()
    except (ValueError, binascii.Error):
        return ""
