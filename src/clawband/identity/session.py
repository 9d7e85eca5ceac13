"""The rules of a sign-in: how long it lives, and what its secrets look like when stored."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.identity.assurance import Method

LIFE = timedelta(hours=12)
"""Absolute, not extended by use."""
IDLE = timedelta(minutes=30)
"""Without a request, for a browser. A terminal keeps its sign-in in a file of its owner."""
NOTED = timedelta(minutes=1)
"""The last use is written down at most this often."""
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where a sign-in came from, as far as an edge can see."""

    address: str = ""
    agent: str = ""
    """What the browser calls itself."""
    device: str = ""
    """A secret that this browser keeps between sign-ins; empty when it has none."""
    terminal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What is kept of a sign-in beside its secret; its id is `SignedIn.session`."""

    operator: str
    opened: datetime
    expires: datetime
    used: datetime
    proved: datetime | None
    method: Method
    address: str
    agent: str
    new_device: bool
    new_address: bool
    terminal: bool

    @property
    def odd(self) -> str:
        """What was new about it: `new device`, `new address`, or nothing."""
        if self.terminal:
            return ""
        return "new device" if self.new_device else "new address" if self.new_address else ""

    def over(self, used: datetime, now: datetime) -> bool:
        """Whether it was left alone too long; `used` is when it was used last."""
        return not self.terminal and now - max(self.used, used) >= IDLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser that somebody signed in with; its id is their name and the digest of its secret."""

    operator: str
    addresses: tuple[str, ...]
    used: datetime


def stored(secret: str) -> str:
    """The SHA-256 (hex) under which a bearer secret is kept: 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
