"""Chats that people have made theirs: a code from the console, typed in the chat, then confirmed.

The code proves that whoever typed it saw the console, the confirmation that the owner of the
account knows the chat. A word from it is one factor: it never counts as more than level 1.
"""

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.identity.session import stored

LIFE = timedelta(minutes=10)
CODE_BYTES = 10
ASSURANCE = 1
MOST = 10
"""Chats of one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """A code that was shown to its owner, as a digest; its id is their name."""

    code: str
    made: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """The chat with this id, `GATEWAY:CHANNEL:SENDER`, and whose it is."""

    operator: str
    claimed: datetime
    linked: datetime | None = None
    """Since when its owner has confirmed it; before, it counts for nothing."""


def code(entropy: bytes) -> str:
    """80 bits in groups of four letters."""
    letters = b32encode(entropy[:CODE_BYTES]).decode()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def digest(typed: str) -> str:
    """What is kept of a code, however it was typed."""
    return stored(typed.strip().upper().replace("-", ""))
