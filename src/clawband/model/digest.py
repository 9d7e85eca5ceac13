"""Canonical bytes and their digest.

Arbitrary JSON (tool arguments) is canonicalised by RFC 8785 (JCS), so that two requests that mean
the same have the same digest and no two that differ do. Digests are written `sha256:<hex>`.
"""

import hashlib
from collections.abc import Mapping, Sequence

import rfc8785

from clawband.model.errors import InputError

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


def canonical(value: object) -> bytes:
    """RFC 8785 bytes of a JSON value. Raises `InputError` for what JSON cannot carry exactly."""
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise InputError(
            f"the request has no canonical form: {error}",
            remedy="send finite numbers below 2^53, valid Unicode and no deep nesting",
        ) from error


def sha256(data: bytes) -> str:
    """`sha256:<64 hex digits>` of the bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest(value: object) -> str:
    """The digest of a JSON value's canonical bytes."""
    return sha256(canonical(value))
