"""Pseudonyms: what stands for personal data in a prompt, and gives way to it in the answer.

A pseudonym is made of the value with a secret of its session (HMAC-SHA-256). So one person is the
same one in every prompt of a session, nothing has to be kept between two prompts, and in another
session it means nothing. It looks like what it stands for, in a form that nobody can own, so that
a model copies it letter by letter: `mail.k3f9x2ab@pseudonym.invalid` (RFC 2606 §2), a number of the
unassigned country code 999, a card number that begins with 0000.
"""

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

_LETTERS, _DIGITS = 8, 11
VAGUE: Final = frozenset({"contact-list", "diagnosis-code", "health-term"})
"""Kinds that identify nobody by themselves: replacing them would take the meaning away."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """What stands for what in one prompt, and in the answer to it."""

    real: Mapping[str, str] = field(default_factory=dict)
    """Pseudonym to value."""

    def __bool__(self) -> bool:
        return bool(self.real)

    def restore(self, text: str) -> str:
        """The text with every pseudonym as the value it stands for."""
        return replaced(text, self.real)

    def stream(self, written: Callable[[str], str] = str) -> "Stream":
        """Restores a text that comes in pieces. `written` says how a value is spelled there."""
        return Stream({name: written(value) for name, value in self.real.items()})


class Stream:
    """Restores piece by piece; keeps back only what could become a pseudonym."""

    __slots__ = ("_begins", "_longest", "_real", "_rest")

    def __init__(self, real: Mapping[str, str]) -> None:
        self._real = real
        self._begins = {name[:end] for name in real for end in range(1, len(name))}
        self._longest = max(map(len, real), default=0)
        self._rest = ""

    def feed(self, piece: str) -> str:
        """What can be passed on now."""
        whole = self._rest + piece
        parts, last = [], 0
        for start, end in occurrences(whole, self._real):
            parts += [whole[last:start], self._real[whole[start:end]]]
            last = end
        held = self._held(whole, last)
        parts.append(whole[last : len(whole) - held])
        self._rest = whole[len(whole) - held :]
        return "".join(parts)

    def end(self) -> str:
        """What was kept back: it became none."""
        rest, self._rest = self._rest, ""
        return rest

    def _held(self, whole: str, since: int) -> int:
        for length in range(min(self._longest - 1, len(whole) - since), 0, -1):
            if whole[-length:] in self._begins:
                return length
        return 0


def pseudonym(kind: str, value: str, secret: bytes, attempt: int = 0) -> str:
    """What stands for a value; another `attempt` gives another one."""
    said = f"{attempt}\0{kind}\0{value}".encode("utf-8", "surrogatepass")
    code = hmac.digest(secret, said, "sha256")
    letters = base64.b32encode(code)[:_LETTERS].decode()
    digits = str(int.from_bytes(code[:8]) % 10**_DIGITS).zfill(_DIGITS)
    match kind:
        case "email":
            return f"mail.{letters.lower()}@pseudonym.invalid"
        case "phone":
            return f"+999{digits}"
        case "payment-card":
            return f"00000{digits}"
        case "iban":
            return f"ZZ00PSEU{letters}"
        case "person-name":
            return f"Person-{letters.lower()}"
        case _:
            return f"{kind}-{letters.lower()}"


def replaced(text: str, instead: Mapping[str, str]) -> str:
    """The text with each key of `instead` as its value; the leftmost and then the longest first."""
    parts, last = [], 0
    for start, end in occurrences(text, instead):
        parts += [text[last:start], instead[text[start:end]]]
        last = end
    return "".join(parts) + text[last:]


def occurrences(text: str, needles: Iterable[str]) -> list[tuple[int, int]]:
    """Where they stand, without overlaps: the leftmost and then the longest first."""
    spans: list[tuple[int, int]] = []
    for needle in needles:
        start = text.find(needle)
        while start >= 0:
            spans.append((start, start + len(needle)))
            start = text.find(needle, start + 1)
    kept, last = [], 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last:
            kept.append((start, end))
            last = end
    return kept
