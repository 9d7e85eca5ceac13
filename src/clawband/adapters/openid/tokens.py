"""The signature of a token (RFC 7515), by the keys of its issuer (RFC 7517).

Only asymmetric algorithms, named here: neither `none` nor one that would take a public key for a
shared secret. A key is taken from the issuer's own set, never from the token.
"""

import base64
import hashlib
import json
import warnings
from collections.abc import Sequence
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from clawband.model.errors import AuthenticationError
from clawband.ports.openid import Signed

ALGORITHMS = {
    "RS256": "RSA", "PS256": "RSA", "ES256": "EC", "ES384": "EC", "EdDSA": "OKP", "Ed25519": "OKP",
}  # fmt: skip
"""Each with the kind of its key. RS256 must be known (OpenID Connect Core 1.0 §15.1)."""
_KINDS: dict[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {
    "RSA": RSAKey, "EC": ECKey, "OKP": OKPKey,
}  # fmt: skip
MIN_RSA = 2048
MAX_TOKEN = 16_384
MAX_KEYS = 50
_REGISTRY = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
_REGISTRY.max_header_length = 4_096


def usable(keys: object) -> list[dict[str, Any]]:
    """Those of a key set that may check a signature."""
    given = keys if isinstance(keys, list) else []
    return [
        each
        for each in given[:MAX_KEYS]
        if isinstance(each, dict)
        and each.get("kty") in _KINDS
        and each.get("use", "sig") == "sig"
        and each.get("alg", "RS256") in ALGORITHMS
    ]


def header(token: str) -> dict[str, Any]:
    """Not proved yet. Raises `AuthenticationError` for what is no signed token, or signed in a way
    that is not taken."""
    head = _decoded(token, 0)
    algorithm = head.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise refused(f"`{str(algorithm)[:20]}` is not an algorithm that is taken here")
    return head


def unverified(token: str) -> dict[str, Any]:
    """Its claims, not proved. Raises `AuthenticationError` for what is no signed token."""
    return _decoded(token, 1)


def verified(token: str, keys: Sequence[dict[str, Any]]) -> Signed:
    """Raises `AuthenticationError` unless one of the keys signed it that could have: one of its
    kind, for its algorithm, with its id if it names one."""
    head = header(token)
    for key in keys:
        payload = _checked(token, key) if _fits(key, head) else None
        if payload is not None:
            signed = token.rpartition(".")[0]
            return Signed(
                claims=_object(payload),
                type=str(head.get("typ", "")).lower(),
                digest=hashlib.sha256(signed.encode()).hexdigest(),
            )
    raise refused("no key of its issuer signed it")


def refused(why: str) -> AuthenticationError:
    return AuthenticationError(f"the token is refused: {why}", remedy="get a fresh one")


def _fits(key: dict[str, Any], head: dict[str, Any]) -> bool:
    algorithm: str = head["alg"]
    named = "kid" not in head or key.get("kid") == head["kid"]
    right = key["kty"] == ALGORITHMS[algorithm] and key.get("alg", algorithm) == algorithm
    return bool(named and right)


def _checked(token: str, given: dict[str, Any]) -> bytes | None:
    """What was signed, if this key signed it."""
    try:
        key: Key = _KINDS[given["kty"]].import_key(given)
        if isinstance(key, RSAKey) and key.raw_value.key_size < MIN_RSA:
            return None
        with warnings.catch_warnings():
            # `EdDSA` is deprecated (RFC 9864) and still what most issuers say.
            warnings.simplefilter("ignore")
            return jws.deserialize_compact(token, key, registry=_REGISTRY).payload
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _decoded(token: str, part: int) -> dict[str, Any]:
    parts = token.split(".")
    if len(token) > MAX_TOKEN or len(parts) != 3 or not token.isascii():
        raise refused("it is no signed token")
    try:
        return _object(base64.urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4)))
    except ValueError as error:
        raise refused("it is no signed token") from error


def _object(body: bytes) -> dict[str, Any]:
    """Raises `AuthenticationError`; also for a name that is there twice, which two readers could
    read differently."""
    try:
        told = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise refused("it cannot be read") from error
    if not isinstance(told, dict):
        raise refused("it cannot be read")
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found
