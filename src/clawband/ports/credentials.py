"""The credentials that stand in the files of a gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from clawband.openclaw.credentials import Held, Provider

MAIN = "openclaw.json"
"""What the configuration itself is called here, wherever it is."""


@dataclass(frozen=True, slots=True)
class Found:
    """One credential: in which file, and what it opens. Never its value."""

    file: str
    """Below the gateway's state folder, such as `openclaw.json`."""
    held: Held
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found in all files that could be read."""

    found: tuple[Found, ...] = ()
    providers: Mapping[str, Provider] = field(default_factory=dict)
    """Who resolves references, by name."""
    problems: tuple[str, ...] = ()
    """Files that could not be read, in words."""


class GatewayCredentials(Protocol):
    """May take seconds. Raises nothing: what cannot be read is a problem of the reading."""

    def read(self) -> Reading: ...
