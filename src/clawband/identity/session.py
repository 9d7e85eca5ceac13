"""The rules of a sign-in: how long it lives, and what its secrets look like when stored."""

import hashlib
import hmac
from datetime import timedelta

LIFE = timedelta(hours=12)
"""Absolute, not extended by use."""
SECRET_BYTES = 32


def stored(secret: str) -> str:
    """The SHA-256 (hex) under which a bearer secret is kept: 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
