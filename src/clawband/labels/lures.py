"""Lures: credentials that look real to people, programs and scanners, and open nothing.

Each kind has the prefix, the length, the alphabet and the check sum that its issuer gives it
(the classifiers name the sources), so that a thief cannot tell it from a real one before using it.
"""

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import shake_256
from typing import Final

from clawband.labels.evidence import BASE62, crc_62

MARK: Final = 14
"""Characters of a value by which it is known again."""
SEED_BYTES: Final = 32
_BASE32 = string.ascii_uppercase + "234567"
_ACCOUNTS = 10**12


@dataclass(frozen=True, slots=True)
class Lure:
    """`text` is what is planted; `values` are the credentials in it, `marks` pieces of them."""

    text: str
    values: tuple[str, ...]
    marks: tuple[str, ...]


class _Draw:
    """Characters that follow from a seed, each drawn once."""

    def __init__(self, seed: bytes) -> None:
        self._stream = iter(shake_256(seed).digest(4096))

    def of(self, alphabet: str, count: int) -> str:
        # What an alphabet does not divide is drawn again: no character is likelier than another.
        fair = 256 - 256 % len(alphabet)
        chosen = ""
        while len(chosen) < count:
            byte = next(self._stream)
            chosen += alphabet[byte % len(alphabet)] if byte < fair else ""
        return chosen


def lure(kind: str, seed: bytes) -> Lure:
    """A new one of a kind of `KINDS`, out of 32 unpredictable bytes."""
    return KINDS[kind](_Draw(seed))


def _aws(draw: _Draw) -> Lure:
    """A key id tells its account (40 bits from the second on), so it must be one of 12 digits."""
    body = draw.of(_BASE32, 16)
    while _account(body) >= _ACCOUNTS:
        body = draw.of(_BASE32, 16)
    first = draw.of(BASE62, 2 * MARK)
    secret = f"{first}/{draw.of(BASE62, 5)}+{draw.of(BASE62, 5)}"
    text = f"aws_access_key_id = AKIA{body}\naws_secret_access_key = {secret}"
    return Lure(text, (f"AKIA{body}", secret), (body[:MARK], first[:MARK]))


def _account(body: str) -> int:
    bits = 0
    for char in body:
        bits = bits << 5 | _BASE32.index(char)
    return bits >> (80 - 48) >> 7 & (1 << 40) - 1


def _summed(prefix: str, name: str) -> Callable[[_Draw], Lure]:
    def make(draw: _Draw) -> Lure:
        body = draw.of(BASE62, 30)
        return _one(f"{name}={{}}", f"{prefix}{body}{crc_62(body)}", body[:MARK])

    return make


def _plain(prefix: str, length: int, name: str) -> Callable[[_Draw], Lure]:
    def make(draw: _Draw) -> Lure:
        body = draw.of(BASE62, length)
        return _one(f"{name}={{}}", prefix + body, body[:MARK])

    return make


def _openai(draw: _Draw) -> Lure:
    first, last = draw.of(BASE62, 74), draw.of(BASE62, 74)
    return _one("OPENAI_API_KEY={}", f"sk-proj-{first}T3BlbkFJ{last}", first[:MARK])


def _anthropic(draw: _Draw) -> Lure:
    body = draw.of(BASE62, 91)
    return _one("ANTHROPIC_API_KEY={}", f"sk-ant-api03-{body}-{draw.of(BASE62, 1)}AA", body[:MARK])


def _slack(draw: _Draw) -> Lure:
    team, bot, body = draw.of("123456789", 12), draw.of("123456789", 13), draw.of(BASE62, 24)
    return _one("SLACK_BOT_TOKEN={}", f"xoxb-{team}-{bot}-{body}", body[:MARK])


def _telegram(draw: _Draw) -> Lure:
    number, body = draw.of("123456789", 10), draw.of(BASE62, 33)
    return _one("TELEGRAM_BOT_TOKEN={}", f"{number}:AA{body}", body[:MARK])


def _sendgrid(draw: _Draw) -> Lure:
    first, last = draw.of(BASE62, 22), draw.of(BASE62, 43)
    return _one("SENDGRID_API_KEY={}", f"SG.{first}.{last}", last[:MARK])


def _database(draw: _Draw) -> Lure:
    password = draw.of(BASE62, 24)
    form = "DATABASE_URL=postgresql://reporting:{}@db-replica.internal:5432/customers"
    return _one(form, password, password[:MARK])


def _one(form: str, value: str, mark: str) -> Lure:
    return Lure(form.format(value), (value,), (mark,))


KINDS: Final[Mapping[str, Callable[[_Draw], Lure]]] = {
    "anthropic": _anthropic,
    "aws": _aws,
    "database": _database,
    "github": _summed("ghp_", "GITHUB_TOKEN"),
    "gitlab": _plain("glpat-", 20, "GITLAB_TOKEN"),
    "google": _plain("AIzaSy", 33, "GOOGLE_API_KEY"),
    "npm": _summed("npm_", "NPM_TOKEN"),
    "openai": _openai,
    "sendgrid": _sendgrid,
    "slack": _slack,
    "stripe": _plain("sk_live_51", 97, "STRIPE_SECRET_KEY"),
    "telegram": _telegram,
}
"""What can be planted."""
