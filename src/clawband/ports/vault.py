"""Where the values of secrets are: in encrypted files of ours, or in a manager that a team has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

NEWEST = 0
"""Asked for as a version: whichever is the newest."""


class Vault(Protocol):
    """Values under a place and a version that counts from 1.

    May take seconds. Raises `NotFoundError` for what is not there, `UnavailableError` when the
    vault cannot be asked or is sealed, `AuthenticationError` when it refuses us, and
    `InvariantError` for what was altered: never another value, never an empty one.
    """

    def reach(self) -> None:
        """Whether it can be asked now: raises what `read` raises when it cannot."""
        ...

    def read(self, place: str, version: int) -> bytes:
        """The value: 1 to 65,536 bytes of any kind."""
        ...

    def newest(self, place: str) -> int:
        """The number of the newest version that can be read; 0 when there is none. Where values
        are lent for a time it keeps those alive, and makes the next one in time."""
        ...

    def write(self, place: str, value: bytes) -> int:
        """Keep it durably as a new version, and return its number. Nothing that is there changes.

        Raises `InputError` for a vault that is only read from.
        """
        ...

    def drop(self, place: str, version: int) -> None:
        """Destroy the value of a version, so that nobody can read it again. Dropping what is not
        there changes nothing. Raises `InputError` for a vault that is only read from."""
        ...

    def close(self) -> None:
        """Let go of connections. Nobody asks afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """`damaged` versions could not be opened and are as they were."""

    changed: int
    damaged: int


class Wrapping(Protocol):
    """What the own vault tells about its master key."""

    @property
    def master(self) -> str:
        """The id of the key that wraps now."""
        ...

    def wrapped(self) -> Mapping[str, int]:
        """How many versions each master key wraps. What is damaged counts under no key."""
        ...

    def rewrap(self, *, again: bool = False) -> Rewrapped:
        """Let the master key of now wrap every version; `again`: also what it wraps already.

        Each is replaced in one step, so a crash leaves every version readable, and the next call
        goes on. Raises `UnavailableError` when a key is out of reach, with the rest undone.
        """
        ...


class MasterKey(Protocol):
    """Wraps the keys under which values are sealed (envelope encryption). May be far away."""

    @property
    def id(self) -> str:
        """Which key wraps now; no part of the key."""
        ...

    @property
    def known(self) -> frozenset[str]:
        """The ids of all keys that `unwrap` has at hand."""
        ...

    def wrap(self, key: bytes) -> bytes:
        """The 32 bytes, sealed. Raises `UnavailableError`."""
        ...

    def unwrap(self, wrapped: bytes, id: str) -> bytes:
        """Raises `UnavailableError` when the key is out of reach, and `InvariantError` when the
        bytes were altered or the master key is another one than `id`."""
        ...
