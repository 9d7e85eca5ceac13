"""Master keys: what wraps the keys of the own vault."""

import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clawband.model.errors import InvariantError
from clawband.ports.vault import MasterKey

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

    @property
    def known(self) -> frozenset[str]:
        return frozenset({self._id})

    def wrap(self, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, self._id.encode())

    def unwrap(self, wrapped: bytes, id: str) -> bytes:
        if id != self._id:
            raise foreign(id, self._id)
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, id.encode())
        except (InvalidTag, ValueError) as error:
            raise altered() from error


class Succession:
    """Implements `ports.vault.MasterKey` while one key takes the place of another: the first
    wraps, both unwrap."""

    def __init__(self, now: MasterKey, previous: MasterKey) -> None:
        self._now = now
        self._all = (now, previous)

    @property
    def id(self) -> str:
        return self._now.id

    @property
    def known(self) -> frozenset[str]:
        return frozenset(each.id for each in self._all)

    def wrap(self, key: bytes) -> bytes:
        return self._now.wrap(key)

    def unwrap(self, wrapped: bytes, id: str) -> bytes:
        for each in self._all:
            if id == each.id:
                return each.unwrap(wrapped, id)
        raise foreign(id, self.id)


def foreign(id: str, own: str) -> InvariantError:
    """The id comes from a file, so little of it is said."""
    return InvariantError(
        f"the vault was sealed with the master key `{id[:60]}`, this one is `{own}`",
        remedy="restore the vault and its master key from the same backup, or name the key as "
        "`previous` under `[secrets]`",
    )


def altered() -> InvariantError:
    return InvariantError(
        "a wrapped key of the vault was altered", remedy="restore the vault from a backup"
    )
