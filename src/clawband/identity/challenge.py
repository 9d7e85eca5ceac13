"""Challenges that need no memory until they are answered, so that asking for many costs nothing.

A challenge is its end, a nonce and an authenticator over both and over what it is for. Whoever
checks it remembers only the ones that were answered rightly.
"""

import hmac
from datetime import datetime, timedelta

LIFE = timedelta(minutes=5)
NONCE_BYTES = 16
_TIME_BYTES, _MAC_BYTES = 8, 32


def issue(key: bytes, purpose: str, now: datetime, entropy: bytes) -> bytes:
    """56 bytes, good for `LIFE` and for `purpose` only."""
    end = int((now + LIFE).timestamp()).to_bytes(_TIME_BYTES, "big")
    head = end + entropy[:NONCE_BYTES]
    return head + _mac(key, purpose, head)


def valid(key: bytes, purpose: str, challenge: bytes, now: datetime) -> bool:
    """Whether `issue` made it with this key for this purpose, and its time is not over."""
    head, mac = challenge[:-_MAC_BYTES], challenge[-_MAC_BYTES:]
    if len(challenge) != _TIME_BYTES + NONCE_BYTES + _MAC_BYTES:
        return False
    if not hmac.compare_digest(mac, _mac(key, purpose, head)):
        return False
    return now.timestamp() < int.from_bytes(head[:_TIME_BYTES], "big")


def _mac(key: bytes, purpose: str, head: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + head, "sha256")
