"""Speaks to an OpenBao or HashiCorp Vault server: signs in, asks, and tells plainly what failed.

Its API is small and stable, so httpx is enough; a client library would bring another HTTP stack.
No redirect is followed: the token is for one address.
"""

import json
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

import httpx

from clawband.adapters.vaults import files
from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    Error,
    InputError,
    NotFoundError,
    UnavailableError,
)
from clawband.model.vaults import VaultSettings

MOST_ANSWER = 1024 * 1024
LOOK = "look whether it runs and is reached from here"
PAUSE = 5.0
"""Seconds for which a server that did not answer in time is not asked again: whoever wants fifty
values waits once."""
EARLY = 0.7
"""Of a token's life: afterwards another one is asked for."""


class Bao:
    """One server, one namespace, one way to sign in. Used by several threads."""

    def __init__(
        self, settings: VaultSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings, self._clock = settings, clock
        self._token, self._since, self._until = "", 0.0, 0.0
        self._silent = 0.0
        """Until when it is not asked."""
        self._lock = Lock()
        try:
            trust = ssl.create_default_context(cafile=settings.authorities or None)
        except (OSError, ssl.SSLError) as error:
            raise UnavailableError(
                f"the authorities of the vault `{settings.name}` cannot be read",
                remedy="name a PEM file with certificates in `authorities`",
            ) from error
        self._http = httpx.Client(
            base_url=f"{settings.url.rstrip('/')}/v1/",
            verify=trust,
            trust_env=False,
            timeout=httpx.Timeout(settings.seconds, connect=min(3, settings.seconds)),
            headers={"x-vault-request": "true"}
            | ({"x-vault-namespace": settings.namespace} if settings.namespace else {}),
        )

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The answer's object; empty when it has none.

        Raises `NotFoundError` for 404, `InputError` for 400, `ConflictError` for a version that
        somebody else wrote meanwhile, `AuthenticationError` for 403, and `UnavailableError` for a
        server that is sealed, a standby, too slow or not there.
        """
        token = self._signed_in()
        status, told = self._send(method, path, body, token)
        if status == 403 and self._settings.role_id and self._forgotten(token):
            # It may have been revoked, or be over by the server's clock: another one, once.
            status, told = self._send(method, path, body, self._signed_in())
        if status < 300:
            return told
        raise self._wrong(status, told)

    def reach(self) -> None:
        """Whether the server is unsealed and takes our token."""
        self.ask("GET", "auth/token/lookup-self")

    def close(self) -> None:
        self._http.close()

    def _signed_in(self) -> str:
        given = self._settings
        if given.token_file:
            return files.content(Path(given.token_file)).decode("ascii", "replace").strip()
        with self._lock:
            if self._clock() < self._until:
                return self._token
            asked = {
                "role_id": given.role_id,
                "secret_id": files.content(Path(given.secret_id_file)).decode(errors="replace"),
            }
            status, told = self._send("POST", f"auth/{given.login}/login", asked, "")
            auth = _part(told, "auth")
            token, seconds = auth.get("client_token"), auth.get("lease_duration")
            if status == 400:
                status = 403  # its word for a role or a secret id that it does not know
            if status >= 300:
                raise self._wrong(status, told)
            if not isinstance(token, str) or not isinstance(seconds, int):
                raise self._unusable("it signed us in without a token")
            self._token, self._since = token, self._clock()
            self._until = self._since + seconds * EARLY
            return token

    def _forgotten(self, token: str) -> bool:
        """Whether another token can be had: not for one that was given a moment ago, or who is
        refused again and again would leave tokens behind."""
        with self._lock:
            if self._token != token:
                return True
            if self._clock() - self._since <= PAUSE:
                return False
            self._until = 0.0
            return True

    def _send(self, method: str, path: str, body: object, token: str) -> tuple[int, dict[str, Any]]:
        if self._clock() < self._silent:
            raise self._unusable("it did not answer in time a moment ago")
        headers = {"x-vault-token": token} if token else {}
        try:
            with self._http.stream(method, path, json=body, headers=headers) as answer:
                raw = bytearray()
                for chunk in answer.iter_bytes():
                    raw += chunk
                    if len(raw) > MOST_ANSWER:
                        raise self._unusable("it answered more than a vault does")
                return answer.status_code, _object(bytes(raw))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            if isinstance(error, httpx.TimeoutException):
                self._silent = self._clock() + PAUSE
            raise self._unusable(_reason(error)) from error

    def _wrong(self, status: int, told: Mapping[str, Any]) -> Error:
        name, words = self._settings.name, _words(told)
        if status == 404:
            return NotFoundError(
                f"the vault `{name}` does not have it",
                remedy="put it there, or correct `mount` and the place of the secret",
            )
        if status == 403:
            return AuthenticationError(
                f"the vault `{name}` refuses us",
                remedy="give the token a policy for this path, or a token that is not over",
            )
        if status == 400 and "check-and-set" in words:
            return ConflictError("somebody else wrote it meanwhile", remedy="try again")
        if status == 400 and "upgrading" in words.lower():
            return self._unusable("its engine is being made ready", "try again in a moment")
        if status == 400:
            return InputError(
                f"the vault `{name}` did not understand: {words}",
                remedy="correct `mount`, which must be of the kind that is named",
            )
        if status == 503:
            return self._unusable("it is sealed, or not ready", "unseal it")
        if 300 <= status < 400 or status in (429, 472, 473):
            return self._unusable(
                f"it answers {status}, as a standby does", "name the address of its active node"
            )
        return self._unusable(f"it answers {status} {words}")

    def _unusable(self, why: str, remedy: str = LOOK) -> UnavailableError:
        return UnavailableError(f"the vault `{self._settings.name}`: {why}", remedy=remedy)


def path(*parts: str) -> str:
    """A path below `/v1/`. Raises `InputError` for a part that leads elsewhere."""
    for part in parts:
        steps = part.split("/")
        if not part.isprintable() or any(each in ("", ".", "..") for each in steps):
            raise InputError(
                f"`{part[:80]}` is no place in this vault", remedy="write it as `team/crm`"
            )
    return "/".join(quote(part, safe="/") for part in parts)


def _part(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _words(told: Mapping[str, Any]) -> str:
    """What the server says is wrong. It tells of paths and rules, never of values."""
    errors = told.get("errors")
    first = str(errors[0]) if isinstance(errors, list) and errors else ""
    return "".join(each for each in first if each.isprintable())[:160]


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not one that we trust"
    if isinstance(error, httpx.ConnectError):
        return "nobody answers at its address"
    return f"the connection failed ({type(error).__name__})"
