"""One-time passwords by time (RFC 6238) and recovery codes."""

from base64 import b32encode
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest

import pyotp

from clawband.identity.session import stored

SECRET_BYTES = 20
"""RFC 4226 §4 R6."""
STEP_SECONDS = 30
DRIFT = 1
"""Steps before and after now whose code is taken too (RFC 6238 §5.2)."""
CODES = 10
CODE_BYTES = 10
"""Of a recovery code: 80 bits need no slow hash."""
ISSUER = "Clawband"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTime:
    """Somebody's device for one-time passwords. One each."""

    operator: str
    secret: str
    """Base 32."""
    last: int
    """The newest step whose code was taken; neither it nor an older one is taken again."""
    added: datetime
    used: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """The recovery codes somebody has left, as digests."""

    operator: str
    codes: tuple[str, ...]
    added: datetime


def secret(entropy: bytes) -> str:
    """Base 32, from the first 20 bytes of `entropy`."""
    return b32encode(entropy[:SECRET_BYTES]).decode()


def uri(name: str, secret: str, site: str) -> str:
    """`otpauth://totp/…` for an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=f"{name}@{site}", issuer_name=ISSUER)


def step(secret: str, code: str, last: int, now: datetime) -> int | None:
    """The step after `last` that `code` belongs to; None when there is none."""
    current = int(now.timestamp()) // STEP_SECONDS
    given = code.replace(" ", "")
    maker = pyotp.HOTP(secret)
    found = None
    for each in range(current - DRIFT, current + DRIFT + 1):
        if compare_digest(maker.at(each).encode(), given.encode()) and each > last:
            found = each
    return found


def codes(entropy: bytes) -> tuple[str, ...]:
    """Ten recovery codes out of 100 bytes, in groups of four letters."""
    parts = [entropy[at : at + CODE_BYTES] for at in range(0, CODES * CODE_BYTES, CODE_BYTES)]
    letters = [b32encode(part).decode().lower() for part in parts]
    return tuple("-".join(each[at : at + 4] for at in range(0, 16, 4)) for each in letters)


def digest(code: str) -> str:
    """What is kept of a recovery code, however it was typed."""
    return stored("".join(code.lower().split()).replace("-", ""))


def without(kept: Recovery, code: str) -> Recovery | None:
    """What is left when `code` is used; None when it is none of them."""
    wanted = digest(code)
    left = tuple(each for each in kept.codes if not compare_digest(each, wanted))
    return replace(kept, codes=left) if len(left) < len(kept.codes) else None
