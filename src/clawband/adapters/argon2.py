"""Argon2id (RFC 9106) with a bound on how many run at once: each takes 64 MiB."""

from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2


class Argon2:
    """Implements `ports.passwords.Passwords`."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._gate = Semaphore(AT_ONCE)
        self._decoy = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        with self._gate:
            return self._hasher.hash(password)

    def verify(self, password: str, hashed: str) -> bool:
        with self._gate:
            try:
                self._hasher.verify(hashed or self._decoy, password)
                return bool(hashed)
            except (VerificationError, InvalidHashError, UnicodeEncodeError):
                return False
