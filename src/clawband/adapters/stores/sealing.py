"""Payloads at rest: AES-256-GCM (NIST SP 800-38D), bound to the digest they are kept under."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clawband.model.errors import InvariantError

NONCE_BYTES = 12


class Sealing:
    """Encrypts and decrypts payloads with one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, digest: str, body: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, body, digest.encode())

    def open(self, digest: str, sealed: bytes) -> bytes:
        """Raises `InvariantError` when the bytes were altered or the key is another."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], digest.encode())
        except InvalidTag as error:
            raise InvariantError(
                f"the payload `{digest[:19]}…` cannot be opened: it was altered or belongs to "
                "another key",
                remedy="restore the payload key and the store from the same backup",
            ) from error
