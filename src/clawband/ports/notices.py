"""Notices leave by a courier."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from clawband.model.notice import Message


class Fate(Enum):
    """What became of one try."""

    SENT = "sent"
    LATER = "later"
    """This one cannot be taken now; another could."""
    NEVER = "never"
    """It will not be taken, however often it is tried."""


@dataclass(frozen=True, slots=True)
class Tried:
    fate: Fate
    why: str = ""
    """What the other side said, without addresses."""


class Courier(Protocol):
    async def send(self, message: Message) -> Tried:
        """Hand it over, once. `SENT` only when the other side has taken it.

        What was handed over without an answer may have been taken: it is sent again with the same
        id. Ends within half a minute, and at once when it is cancelled. Raises `UnavailableError`
        when nothing can be sent now, whatever it is.
        """
        ...
