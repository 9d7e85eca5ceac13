"""Challenges of passkeys: made without being remembered, good once."""

from datetime import datetime

from clawband.identity import challenge, passkeys
from clawband.model.errors import AuthenticationError
from clawband.service.running import Running

KEY_BYTES = 32


class Challenges:
    """Those that were answered rightly are remembered until they would have ended anyway."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._key = running.randomness.bytes(KEY_BYTES)
        self._spent: dict[bytes, datetime] = {}

    def make(self, purpose: str) -> bytes:
        return challenge.issue(
            self._key, purpose, self._running.now(),
            self._running.randomness.bytes(challenge.NONCE_BYTES),
        )  # fmt: skip

    def open(self, purpose: str, id: str) -> bytes:
        """The challenge, if it is ours, for this purpose and not used. Raises
        `AuthenticationError`."""
        made, now = passkeys.decoded(id), self._running.now()
        if made in self._spent or not challenge.valid(self._key, purpose, made, now):
            raise AuthenticationError(
                "this attempt took too long or was used already", remedy="start again"
            )
        return made

    def spend(self, made: bytes) -> None:
        """It was answered rightly, and is good no longer."""
        now = self._running.now()
        self._spent = {each: end for each, end in self._spent.items() if now < end}
        self._spent[made] = now + challenge.LIFE
