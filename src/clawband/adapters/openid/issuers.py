"""Implements `ports.openid.Issuers`, with what an issuer said remembered for a while."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

from clawband.adapters.openid import tokens
from clawband.adapters.openid.fetch import Fetch
from clawband.model.errors import AuthenticationError, Error, InputError, UnavailableError
from clawband.model.openid import OpenId, address
from clawband.ports.openid import Described, Signed
from clawband.ports.own import Own

REMEMBERED = 600.0
"""Seconds after which a key that the issuer has withdrawn signs nothing any more."""
PAUSE = 5.0
"""Between two fetches for keys nobody knows: a stranger may send any number of tokens."""


@dataclass(slots=True)
class _Memory:
    described: Described | None = None
    keys: list[dict[str, Any]] = field(default_factory=list)
    described_at: float = float("-inf")
    keys_at: float = float("-inf")
    failed_at: float = float("-inf")
    learning: asyncio.Lock = field(default_factory=asyncio.Lock)


class HttpIssuers:
    """`steady` counts seconds; `secret` is that of a confidential client. Only issuers that the
    settings name are asked for."""

    def __init__(
        self, fetch: Fetch, steady: Callable[[], float] = monotonic, secret: Own | None = None
    ) -> None:
        self._fetch, self._steady, self._secret = fetch, steady, secret
        self._memory: dict[str, _Memory] = {}

    async def describe(self, issuer: str) -> Described:
        memory = self._memory.setdefault(issuer, _Memory())
        if memory.described is None or self._steady() - memory.described_at > REMEMBERED:
            url = issuer.rstrip("/") + "/.well-known/openid-configuration"
            memory.described = _described(issuer, await self._get(memory, url))
            memory.described_at = self._steady()
        return memory.described

    async def redeem(self, openid: OpenId, code: str, verifier: str, back: str) -> str:
        """OpenID Connect Core 1.0 §3.1.3.1."""
        described = await self.describe(openid.issuer)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        auth, secret = None, await self._own_secret()
        if secret and not described.posts_secret:
            # Encoded before they are joined (RFC 6749 §2.3.1).
            auth = (quote(openid.client, safe=""), quote(secret, safe=""))
        else:
            form["client_id"] = openid.client
            if secret:
                form["client_secret"] = secret
        status, told = await self._fetch.post(described.token, form, auth)
        token = told.get("id_token")
        if status >= 500:
            raise UnavailableError(f"the provider answered {status}", remedy="try again later")
        if status != 200 or not isinstance(token, str):
            said = str(told.get("error", status))[:60]
            raise tokens.refused(f"the provider takes the code for nothing: `{said}`")
        return token

    async def verify(self, issuer: str, token: str) -> Signed:
        tokens.header(token)
        memory = self._memory.setdefault(issuer, _Memory())
        await self._learn(issuer, memory, REMEMBERED)
        try:
            return tokens.verified(token, memory.keys)
        except AuthenticationError:
            # It may have changed its keys since: in the middle of a sign-in, too.
            if not await self._learn(issuer, memory, PAUSE):
                raise
            return tokens.verified(token, memory.keys)

    def unverified(self, token: str) -> str:
        try:
            return str(tokens.unverified(token).get("iss", ""))
        except Error:
            return ""

    async def _own_secret(self) -> str:
        return await asyncio.to_thread(self._secret) if self._secret else ""

    async def _get(self, memory: _Memory, url: str) -> dict[str, Any]:
        """An issuer that is away is not waited for by everybody in turn."""
        if self._steady() - memory.failed_at <= PAUSE:
            raise UnavailableError(
                "the issuer did not answer a moment ago", remedy="try again in a few seconds"
            )
        try:
            return await self._fetch.get(url)
        except UnavailableError:
            memory.failed_at = self._steady()
            raise

    async def _learn(self, issuer: str, memory: _Memory, age: float) -> bool:
        """Whether the keys were older than `age`, and are fresh now."""
        async with memory.learning:
            if self._steady() - memory.keys_at <= age:
                return False
            described = await self.describe(issuer)
            memory.keys = tokens.usable((await self._get(memory, described.keys)).get("keys"))
            memory.keys_at = self._steady()
            return True


def _described(issuer: str, told: dict[str, Any]) -> Described:
    """Raises `UnavailableError` for an issuer that is another one, or leads to unsafe places."""
    ways = told.get("token_endpoint_auth_methods_supported")
    found = Described(
        issuer=str(told.get("issuer", "")),
        authorization=str(told.get("authorization_endpoint", "")),
        token=str(told.get("token_endpoint", "")),
        keys=str(told.get("jwks_uri", "")),
        says_issuer=told.get("authorization_response_iss_parameter_supported") is True,
        posts_secret=isinstance(ways, list) and "client_secret_basic" not in ways,
    )
    if found.issuer != issuer:
        raise _odd(issuer, f"it calls itself `{found.issuer[:80]}`")
    # An issuer of CI tokens signs nobody in: it has keys and nothing else.
    for url in filter(None, (found.authorization, found.token, found.keys)):
        try:
            address(url, "an address of the issuer")
        except InputError as error:
            raise _odd(issuer, error.message) from error
        if urlsplit(issuer).scheme == "https" and urlsplit(url).scheme != "https":
            raise _odd(issuer, f"it leads to `{url[:80]}`")
    return found


def _odd(issuer: str, why: str) -> UnavailableError:
    return UnavailableError(
        f"the issuer `{issuer[:80]}` cannot be used: {why}",
        remedy="write `issuer` exactly as its discovery document does",
    )
