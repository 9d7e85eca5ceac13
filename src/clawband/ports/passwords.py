"""Password hashing: slow on purpose, so never on an event loop."""

from typing import Protocol


class Passwords(Protocol):
    def hash(self, password: str) -> str:
        """A salted hash with its parameters (argon2id, RFC 9106)."""
        ...

    def verify(self, password: str, hashed: str) -> bool:
        """True when it matches. An empty `hashed` costs the same and is False, so that an unknown
        name cannot be told from a wrong password by time."""
        ...
