"""Honeytoken: a credential that opens nothing. Nobody has a reason to use it, so each use is an
alarm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

AGAIN: Final = timedelta(hours=1)
"""From the same source it is told once within this time."""


class Place(StrEnum):
    """Where a use was seen."""

    EGRESS = "egress"
    """On its way out: in an address, a field, a body, or what a client says of itself."""
    BROKER = "broker"
    """Asked for by its name."""
    CALL = "call"
    """In the arguments of a tool call."""
    REPLY = "reply"
    """In what an agent says to somebody."""
    MESSAGE = "message"
    """In what somebody says to an agent."""
    ANSWER = "answer"
    """In what a model says."""
    RESULT = "result"
    """In what a tool gives an agent."""
    PROMPT = "prompt"
    """In what a model is asked."""


READ: Final = frozenset({Place.RESULT, Place.PROMPT})
"""Somebody has read it there, and done nothing with it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Honeytoken:
    """Its value is kept nowhere. `marks` are pieces of it by which it is known again, `prints`
    (HMAC-SHA256, hex) tell the whole of it to a scan."""

    kind: str
    where: str
    """Where it is, in the words of who planted it."""
    by: str
    planted: datetime
    marks: tuple[str, ...]
    prints: tuple[str, ...]
    environment: str = ""
    """Of the gateway that it is planted in; empty for everywhere."""
    gateway: str = ""
    agent: str = ""
    file: str = ""
    """Where we planted it ourselves, in the agent's workspace."""
    secret: str = ""
    """The name by which a secret would be asked for; empty when there is none."""
    told: Mapping[str, datetime] = field(default_factory=dict)
    """When each source was last told of, the newest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A use: where, by whom as far as that is known, under which ids."""

    place: Place
    gateway: str = ""
    agent: str = ""
    session: str = ""
    run: str = ""
    call: str = ""
    trace: str = ""
    message: str = ""
    cause: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    """Such as the host that it was on its way to; never a content."""

    @property
    def source(self) -> str:
        """What is told once within an hour."""
        return f"{self.place}:{self.agent or self.gateway}"

    @property
    def outcome(self) -> str:
        return "read" if self.place in READ else "used"
