"""Issuers of signed tokens, as they describe themselves (OpenID Connect Discovery 1.0)."""

from dataclasses import dataclass
from typing import Any, Protocol

from clawband.model.openid import OpenId


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What an issuer says about itself, checked: it names itself, and every address is safe."""

    issuer: str
    authorization: str
    token: str
    keys: str
    says_issuer: bool
    """It names itself in every answer (RFC 9207)."""
    posts_secret: bool
    """It wants the client secret in the form, not in a header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A token whose signature was right."""

    claims: dict[str, Any]
    type: str
    """`typ` of its header, in small letters."""
    digest: str
    """SHA-256 (hex) of what was signed: the same token again has the same one, however its
    signature is written."""


class Issuers(Protocol):
    """All of it raises `UnavailableError` when the issuer cannot be reached or says nonsense."""

    async def describe(self, issuer: str) -> Described: ...

    async def redeem(self, openid: OpenId, code: str, verifier: str, back: str) -> str:
        """The ID token for a code. Raises `AuthenticationError` when the provider refuses."""
        ...

    async def verify(self, issuer: str, token: str) -> Signed:
        """Check the signature with the issuer's keys of now. Raises `AuthenticationError`."""
        ...

    def unverified(self, token: str) -> str:
        """Who the token says its issuer is; empty for what is no token. Nothing is proved."""
        ...
