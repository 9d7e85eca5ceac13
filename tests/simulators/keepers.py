"""Small real implementations of ports, where the production one is slow on purpose or a file."""

import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clawband.model.errors import InvariantError


class QuickPasswords:
    """Implements `ports.passwords.Passwords` without being slow. For tests only."""

    def hash(self, password: str) -> str:
        return "quick$" + hashlib.sha256(b"salt" + password.encode()).hexdigest()

    def verify(self, password: str, hashed: str) -> bool:
        return bool(hashed) and self.hash(password) == hashed


class MemoryShelf:
    """Implements `ports.shelf.Shelf`."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, str]] = {}

    def keep(self, digest: str, files: Mapping[str, str]) -> None:
        self.kept[digest] = dict(files)

    def files(self, digest: str) -> Mapping[str, str]:
        try:
            return dict(self.kept[digest])
        except KeyError as error:
            raise InvariantError(f"there is no set `{digest}`") from error


class MemoryWitness:
    """Implements `ports.witness.Witness`."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def keep(self, note: str) -> None:
        self.kept.append(note)

    def last(self) -> str | None:
        return self.kept[-1] if self.kept else None

    def notes(self) -> list[str]:
        return list(self.kept)


class MemorySigner:
    """Implements `ports.sign.Signer`."""

    def __init__(self, seed: bytes = b"\x01" * 32, name: str = "clawband.example/log") -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)
