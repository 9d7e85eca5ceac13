"""Certificate: a name that somebody shows, until when, and who signed it. Never its key."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OWN, ACME, FILES = "own", "acme", "files"
ISSUERS = (OWN, ACME, FILES)


class Use(StrEnum):
    """What a certificate is shown for."""

    SERVER = "server"
    """By us, to whoever connects."""
    GATEWAY = "gateway"
    """By a gateway on another host, to us."""
    ISSUER = "issuer"
    """It signs others."""
    UPSTREAM = "upstream"
    """By a server that we connect to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is written in one. `serial` is in hex, in small letters."""

    serial: str
    names: tuple[str, ...]
    made: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """`name` is that of the settings, of the gateway, or of the host."""

    name: str
    use: Use
    issuer: str
    facts: Facts
    by: str = ""
    version: int = 0
    """Of its key in the own vault; 0 where we do not have it."""
    after: str = ""
    """Serial of the one with which a gateway took this one; empty where a person gave it."""
    revoked: datetime | None = None
    why: str = ""
