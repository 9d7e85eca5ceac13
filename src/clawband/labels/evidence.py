"""Evidence that a value is what it looks like: check digits, entropy, signs of a placeholder."""

import math
import re
import zlib
from collections import Counter

import re2

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FILLERS = (
    "example", "xxxx", "your", "change", "placeholder", "dummy", "sample", "redacted", "foobar",
    "insert", "replace", "123456789", "abcdefgh", "...", "***", "____", "0000000000",
    "${", "{{", "%(", "<",
)  # fmt: skip
_FILLER = re.compile("|".join(map(re.escape, _FILLERS)))
_WORDS = re2.compile(r"[A-Z]?[a-z]{3,}|\b[A-Z]{3,}\b|(?:\A|_)[A-Z]{3,}_|_[A-Z]{3,}\z")
_NAME = re2.compile(
    r"[./~_-]*[A-Z][A-Z0-9]{1,7}(?:_[A-Z0-9]{2,})+|[./~_-]*[A-Za-z]+[0-9]{0,4}(?:[./_-]+[A-Za-z]*[0-9]{0,4})*"
)


def digits(value: str) -> list[int]:
    """The ASCII digits of a value, in order."""
    return [int(char) for char in value if "0" <= char <= "9"]


def luhn(value: str) -> bool:
    """The check digit of payment cards and many identity numbers (ISO/IEC 7812-1 annex B)."""
    found = digits(value)[::-1]
    doubled = (2 * digit - 9 * (digit > 4) for digit in found[1::2])
    return bool(found) and (sum(found[::2]) + sum(doubled)) % 10 == 0


def mod_97(value: str) -> bool:
    """Check digits of ISO/IEC 7064 MOD 97-10 over letters and digits, check digits last."""
    try:
        return int("".join(str(int(char, 36)) for char in value)) % 97 == 1
    except ValueError:
        return False


def mod_11_10(value: str) -> bool:
    """The check digit of ISO/IEC 7064 MOD 11,10, last."""
    *body, last = digits(value) or [0]
    product = 10
    for digit in body:
        total = (digit + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == last


def weighted(value: str, weights: tuple[int, ...]) -> int:
    """Sum of digits times weights, from the left; digits without a weight do not count."""
    return sum(digit * weight for digit, weight in zip(digits(value), weights, strict=False))


def crc_62(body: str) -> str:
    """CRC-32 of a token's body as six characters of base 62: how some issuers end their tokens."""
    number = zlib.crc32(body.encode())
    written = ""
    while number:
        number, rest = divmod(number, 62)
        written = BASE62[rest] + written
    return written.rjust(6, "0")


def entropy(value: str) -> float:
    """Bits per character, by the characters' own frequency; 0 for an empty value."""
    return -sum(
        count / len(value) * math.log2(count / len(value)) for count in Counter(value).values()
    )


def placeholder(value: str) -> bool:
    """Does it stand for a secret in a manual, rather than being one?"""
    lower = value.lower()
    few = len(value) >= 12 and len(set(lower)) < 6
    return few or bool(_FILLER.search(lower))


def wordy(value: str) -> bool:
    """Are most of its letters those of words, with hardly a digit or with dots between them?"""
    letters = sum(char.isalpha() for char in value)
    inside = sum(sum(map(str.isalpha, found[0])) for found in _WORDS.finditer(value))
    few = sum(map(str.isdigit, value)) * 10 < len(value)
    return inside * 2 > letters and (few or "." in value)


def name_like(value: str) -> bool:
    """Is it words of a path, a variable or a sentence, with a short number at most on each?"""
    return bool(_NAME.fullmatch(value))
