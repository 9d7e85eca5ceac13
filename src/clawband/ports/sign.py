"""The log's signing key."""

from typing import Protocol


class Signer(Protocol):
    """An Ed25519 key with a name (RFC 8032). The private half never leaves the adapter."""

    @property
    def name(self) -> str:
        """The key name, which is also the log's origin line."""
        ...

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message. Raises `UnavailableError` when the key is out of reach."""
        ...
