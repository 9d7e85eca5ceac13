"""Identifiers: a three-letter kind and a ULID, sortable by time, safe to copy and to search.

The layout is that of the ULID specification: 48 bits of milliseconds, 80 bits of entropy,
Crockford base 32. Entropy is an argument because the core reads no randomness.
"""

from datetime import datetime
from typing import NewType

DecisionId = NewType("DecisionId", str)
ApprovalId = NewType("ApprovalId", str)
EventId = NewType("EventId", str)

ENTROPY_BYTES = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(now: datetime, entropy: bytes) -> str:
    """26 characters for `now` (aware) and 10 bytes of `entropy`."""
    value = (int(now.timestamp() * 1000) << 80) | int.from_bytes(entropy[:ENTROPY_BYTES], "big")
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


def new(kind: str, now: datetime, entropy: bytes) -> str:
    """`dec_01J…`: a fresh identifier of `kind`."""
    return f"{kind}_{ulid(now, entropy)}"
