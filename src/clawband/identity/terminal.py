"""Signing in a terminal from a browser (RFC 8628): what was asked there, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from clawband.identity.session import Seen
from clawband.model.errors import AuthenticationError, InputError
from clawband.model.person import SignedIn

LIFE: Final = timedelta(minutes=10)
INTERVAL: Final = timedelta(seconds=1)
"""A terminal asks no more often; the server is next door, and the answer costs nothing."""
SLOWER: Final = timedelta(seconds=5)
"""Added for each time it did (§3.5)."""
LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so no words, and nothing that looks like a digit (§6.1)."""
LENGTH: Final = 8
GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"


class PendingError(InputError):
    """Nobody has decided yet."""


class SlowDownError(PendingError):
    """The terminal asks too often; it is to wait `SLOWER` longer each time."""


class OverError(InputError):
    """The code is unknown, was used, or its time has passed."""


class DeniedError(AuthenticationError):
    """The person refused."""


@dataclass(slots=True, kw_only=True)
class Waiting:
    """A terminal that waits for somebody. It lives in memory: a restart ends it."""

    code: str
    """What the person types, in `LETTERS`."""
    name: str
    """Whose sign-in it is to be; empty for whoever types the code."""
    seen: Seen
    asked: datetime
    interval: timedelta = INTERVAL
    polled: datetime | None = None
    by: SignedIn | None = field(default=None, repr=False)
    """Who approved it, in which sign-in."""
    refused: bool = False

    @property
    def open(self) -> bool:
        return self.by is None and not self.refused

    def over(self, now: datetime) -> bool:
        return now - self.asked >= LIFE

    def poll(self, now: datetime) -> SignedIn:
        """Who approved it. Raises `PendingError`, `SlowDownError` and `DeniedError`."""
        hasty = self.polled is not None and now - self.polled < self.interval
        self.polled = now
        if self.refused:
            raise DeniedError("the sign-in was refused", remedy="ask whoever refused it")
        if self.by:
            return self.by
        if hasty:
            self.interval += SLOWER
            raise SlowDownError("nobody has decided yet", remedy="ask less often")
        raise PendingError("nobody has decided yet", remedy="ask again")


def code(entropy: bytes) -> str:
    """A code out of `LENGTH` or more random bytes."""
    number, letters = int.from_bytes(entropy, "big"), ""
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters += LETTERS[letter]
    return letters


def shown(code: str) -> str:
    """`BCDF-GHJK`."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def typed(text: str) -> str:
    """The code in what somebody typed: case, spaces and dashes do not matter."""
    return "".join(each for each in text[:40].upper() if each in LETTERS)
