"""Keys in files of the state folder: the log's signing key and the payload key.

Files are readable by their owner only; one that others may read is refused, not repaired, because
nobody can say who has read it.
"""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clawband.model.errors import UnavailableError

KEY_BYTES = 32


class FileSigner:
    """Implements `ports.sign.Signer` with a key kept in a file (raw, 32 bytes)."""

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._key = Ed25519PrivateKey.from_private_bytes(secret_file(path))
        self._public = self._key.public_key().public_bytes_raw()

    @property
    def name(self) -> str:
        return self._name

    @property
    def public_key(self) -> bytes:
        return self._public

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def secret_file(path: Path) -> bytes:
    """The 32 bytes in the file, made at random when it does not exist.

    Raises `UnavailableError` when the file is open to others or has another length.
    """
    try:
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        raise UnavailableError(
            f"the key file `{path.name}` cannot be used: {error.strerror}",
            remedy="make it readable and its folder writable for this user, and for nobody else",
        ) from error


def _make(path: Path) -> None:
    """Whole or not there, and never over a key that somebody else made in the same instant."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise UnavailableError(
            f"the key file `{path.name}` can be read by other users",
            remedy="find out who read it, replace the key, and set its mode to 0600",
        )
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UnavailableError(
            f"the key file `{path.name}` has {len(key)} bytes, expected {KEY_BYTES}",
            remedy="restore it from a backup; a new key cannot open what the old one sealed",
        )
    return key
