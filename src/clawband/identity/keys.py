"""Service accounts and their keys: what a key looks like, when it opens, when it is too broad.

A key is `cbk_<id>_<secret>`: the id finds it, the secret is 256 random bits of which only a digest
is kept. It names the acts it may do; without an act it could do nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.identity.roles import Act
from clawband.identity.session import SECRET_BYTES, same, stored

PREFIX = "cbk"
PRINCIPAL = "service:"
"""Before the name of a service account wherever people stand too: no person has a colon in it."""
LIFE_DAYS = 90
MAX_LIFE_DAYS = 365
OVERLAP_HOURS = 24
MAX_OVERLAP_HOURS = 7 * 24
USED = timedelta(minutes=1)
"""The last use is written at most this often."""
IDLE = timedelta(days=30)
LONG = timedelta(days=180)
MANY_ACTS = 4
_WRITING = frozenset({Act.PUBLISH, Act.STOP, Act.REVOKE})
_READING = frozenset({Act.READ_PAYLOAD, Act.EXPORT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A service account. `owner` is the operator who answers for it."""

    name: str
    owner: str
    purpose: str
    by: str
    added: datetime

    @property
    def principal(self) -> str:
        """How it stands in the log."""
        return PRINCIPAL + self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a service account. `digest` is the SHA-256 of the whole key."""

    account: str
    acts: frozenset[Act]
    digest: str
    by: str
    made: datetime
    expires: datetime
    environment: str = ""
    """The only one in which it opens; empty for all."""
    replaced: str = ""
    """The id of the key that took its place; until it expires both open."""

    def alive(self, now: datetime) -> bool:
        return now < self.expires


@dataclass(frozen=True, slots=True)
class Use:
    """When a key was last used, to the minute."""

    at: datetime


def written(id: str, entropy: bytes) -> str:
    """The key with this id, from 32 bytes of entropy."""
    return f"{PREFIX}_{id}_{entropy[:SECRET_BYTES].hex()}"


def digest(key: str) -> str:
    return stored(key)


def is_key(secret: str) -> bool:
    """Whether a bearer secret looks like a key, not like a sign-in."""
    return secret.startswith(f"{PREFIX}_")


def id_of(secret: str) -> str:
    """The id in a key; empty when it is none."""
    parts = secret.split("_")
    return parts[1] if len(parts) == 3 and parts[0] == PREFIX else ""


def opens(key: Key, secret: str) -> bool:
    """Whether this is the secret of the key; how long it lives is another question."""
    return same(stored(secret), key.digest)


def broad(key: Key) -> tuple[str, ...]:
    """Why this key may do more than one job needs; empty when it does not."""
    found = []
    if key.acts & _WRITING and key.acts & _READING:
        found.append("it reads what is confidential and changes things")
    elif len(key.acts) >= MANY_ACTS:
        found.append(f"it may do {len(key.acts)} different things")
    if key.expires - key.made > LONG:
        found.append(f"it lives longer than {LONG.days} days")
    return tuple(found)


def idle(key: Key, used: datetime | None, now: datetime) -> bool:
    """Not used for `IDLE`, or never and that old."""
    return now - (used or key.made) >= IDLE
