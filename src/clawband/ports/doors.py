"""What a front door shows to browsers: its certificate, which may change while it is open."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Shown:
    """Both in PEM: the chain with the leaf first, and its private key, not encrypted.

    `challenges`: certificates by host name that are shown to who asks for `acme-tls/1` only
    (RFC 8737), each a chain and its key.
    """

    chain: bytes
    key: bytes = field(repr=False)
    challenges: tuple[tuple[str, bytes, bytes], ...] = field(default=(), repr=False)


class Certificates(Protocol):
    """Asked for every door each second, from memory: a door takes another one for its next
    connection, and those that are open stay."""

    def of(self, door: str) -> Shown:
        """Raises `UnavailableError` when there is none that is good now."""
        ...
