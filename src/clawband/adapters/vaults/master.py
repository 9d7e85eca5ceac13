"""Master keys: what wraps the keys of the own vault."""

import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clawband.model.errors import InvariantError

NONCE_BYTES = 12
_PURPOSE = b"clawband master key"


class LocalMaster:
    """Implements `ports.vault.MasterKey` with 32 bytes at hand (AES-256-GCM, NIST SP 800-38D)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._id = sha256(_PURPOSE + key).hexdigest()[:16]

    @property
    def id(self) -> str:
        return self._id

    def wrap(self, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, self._id.encode())

    def unwrap(self, wrapped: bytes, id: str) -> bytes:
        try:
            if id != self._id:
                raise InvalidTag
            nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, sealed, id.encode())
        except (InvalidTag, ValueError) as error:
            raise InvariantError(
                f"the vault was sealed with the master key `{id[:16]}`, this one is `{self._id}`"
                if id != self._id
                else "a wrapped key of the vault was altered",
                remedy="restore the vault and its master key from the same backup",
            ) from error
