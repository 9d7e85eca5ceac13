"""Action tokens: proof that one exact action was permitted, good once and for a short time.

The shape is a JSON Web Token (RFC 7519) in the compact form (RFC 7515 §7.1), signed with Ed25519
(RFC 8037 §3.1). Exactly one header is accepted, so no algorithm can be chosen by the bearer.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clawband.model.digest import canonical
from clawband.model.errors import AuthenticationError

LIFE = timedelta(seconds=60)
MOST = 4096
"""Characters of a token; a longer one is refused unread."""
JTI_BYTES = 16
CALL, EGRESS = "call", "egress"
"""What a token is for: the connections of one command, or one connection."""
_HEADER = b"eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9"
"""`{"alg":"EdDSA","typ":"JWT"}`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What was permitted. Empty strings mean "does not apply"."""

    aud: str
    """`CALL`, `EGRESS`, or what another boundary calls its own."""
    sub: str
    """The agent's principal id."""
    env: str
    session: str
    run: str
    call: str
    trace: str
    tool: str
    who: str
    """Requester id of the person for whom it is done."""
    act: str
    """Digest of the exact action (`Request.digest`)."""
    dst: str
    """`host:port`; empty where policy decides each destination."""
    cause: str
    """Id of the decision that permitted it."""
    jti: str
    iat: int
    """Whole seconds since 1970, UTC, like `exp`."""
    exp: int


_NAMES = frozenset(each.name for each in fields(Claims))
_TIMES = frozenset({"iat", "exp"})


class Mint:
    """Makes and checks tokens with a key that lives as long as the server.

    A restart therefore ends every token; nobody has to remember what was used before it.
    """

    def __init__(self, seed: bytes) -> None:
        """`seed`: 32 unpredictable bytes, never kept."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key()

    def make(self, claims: Claims) -> str:
        signed = _HEADER + b"." + _encoded(canonical(asdict(claims)))
        return (signed + b"." + _encoded(self._key.sign(signed))).decode()

    def check(self, token: str, *, aud: str, now: datetime) -> Claims:
        """The claims of a token that we made, for this use, and that is not over.

        Raises `AuthenticationError` for anything else. Whether it was used is the caller's to know.
        """
        claims = self._read(token)
        seconds = now.timestamp()
        if claims.aud != aud:
            raise _refusal(f"it is for `{claims.aud}`, expected `{aud}`")
        if not claims.iat <= seconds < claims.exp:
            raise _refusal("its time is over")
        return claims

    def _read(self, token: str) -> Claims:
        parts = token.encode("ascii", "replace").split(b".") if len(token) <= MOST else []
        if len(parts) != 3 or parts[0] != _HEADER:
            raise _refusal("it is not one of ours")
        try:
            self._public.verify(_decoded(parts[2]), parts[0] + b"." + parts[1])
            said = json.loads(_decoded(parts[1]))
        except (InvalidSignature, ValueError) as error:
            raise _refusal("its signature does not hold") from error
        return _claims(said)


class Spent:
    """Which single-use tokens were used; kept until they are over anyway."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def use(self, claims: Claims, now: datetime) -> bool:
        """True the first time, False ever after."""
        seconds = int(now.timestamp())
        if len(self._used) > 4096:
            self._used = {jti: exp for jti, exp in self._used.items() if exp > seconds}
        if claims.jti in self._used:
            return False
        self._used[claims.jti] = claims.exp
        return True


def _claims(said: Mapping[str, Any]) -> Claims:
    if not isinstance(said, dict) or set(said) != _NAMES:
        raise _refusal("its claims are not ours")
    if any(type(said[name]) is not (int if name in _TIMES else str) for name in said):
        raise _refusal("its claims are not ours")
    return Claims(**said)


def _refusal(why: str) -> AuthenticationError:
    return AuthenticationError(
        f"the action token is refused: {why}", remedy="have the call decided again for a new one"
    )


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decoded(data: bytes) -> bytes:
    """Strict: one text for one value, or a token could be altered without breaking it."""
    raw = base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4))
    if _encoded(raw) != data:
        raise ValueError("not the canonical encoding")
    return raw
