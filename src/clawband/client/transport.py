"""The operators' API over HTTP. Problems come back as the errors they were on the server."""

import json
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote
from uuid import uuid4

from clawband import __version__
from clawband.model import errors

# Imported where it is used: `clawband --help` must not wait for it.
if TYPE_CHECKING:
    import httpx

SECONDS = 30.0
"""For one answer. A grant or a published policy takes far less."""
PAUSES = (0.1, 0.4)
"""Seconds before a request is sent again, when the line broke before its answer was here."""
DATA = "data: "
KINDS: dict[int, type[errors.Error]] = {
    400: errors.InputError,
    401: errors.AuthenticationError,
    403: errors.AuthenticationError,
    404: errors.NotFoundError,
    405: errors.NotFoundError,  # an id with slashes in it, which no path has
    409: errors.ConflictError,
    429: errors.UnavailableError,
    503: errors.UnavailableError,
}


class PendingError(errors.InputError):
    """Nobody has let this terminal in yet."""


class SlowDownError(PendingError):
    """The same, and it asked too soon."""


AGAIN = {"authorization_pending": PendingError, "slow_down": SlowDownError}
"""Errors of RFC 8628 §3.5 after which one asks again."""


def part(text: str) -> str:
    """What somebody typed, as one part of a path. Raises `InputError` for what would leave it."""
    if text.strip(".") == "":
        raise errors.InputError(f"expected an id or a name, got `{text}`", remedy="copy it whole")
    return quote(text, safe="")


class Transport:
    """One server, and the token or key to show it. In a `with` its connection is kept open.

    Raises the `clawband.model.errors` that the server names; `UnavailableError` when it does not
    answer. A request whose line broke is sent again with the same idempotency key, so that
    it is done once.
    """

    def __init__(self, url: str, token: str = "") -> None:
        self.url, self.token = url.rstrip("/"), token
        self._open: httpx.Client | None = None

    def __enter__(self) -> Self:
        self._open = self._http()
        return self

    def __exit__(self, *_: object) -> None:
        if self._open:
            self._open.close()
        self._open = None

    def get(self, path: str, **query: object) -> Any:
        """Query values that are empty are left out."""
        kept = {key: str(value) for key, value in query.items() if value not in (None, "")}
        return self._again("GET", path, SECONDS, params=kept)

    def post(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        seconds: float = SECONDS,
        key: str = "",
    ) -> Any:
        """`key`: an idempotency key of your own, to send it again after an error."""
        headers = {"idempotency-key": key or str(uuid4())}
        return self._again("POST", path, seconds, json=dict(body or {}), headers=headers)

    def delete(self, path: str, *, key: str = "") -> Any:
        headers = {"idempotency-key": key or str(uuid4())}
        return self._again("DELETE", path, SECONDS, headers=headers)

    def form(self, path: str, fields: Mapping[str, str]) -> Any:
        """A form instead of JSON, as OAuth has it; never sent twice."""
        with self._reaching():
            return self._once("POST", path, SECONDS, data=dict(fields))

    def text(self, path: str) -> str:
        """The answer as it is, for files that must not be rewritten."""
        with self.stream(path, seconds=SECONDS) as lines:
            return "".join(lines)

    @contextmanager
    def stream(self, path: str, seconds: float | None = None) -> Iterator[Iterator[str]]:
        """The lines of a long answer, each with its newline."""
        with (
            self._reaching(),
            self._line() as http,
            http.stream(
                "GET", _below(path), headers=self._who(), timeout=_patience(seconds)
            ) as answer,
        ):
            if answer.status_code >= 400:
                answer.read()
                raise _problem(answer.status_code, answer.content)
            yield (f"{line}\n" for line in _lines(answer.iter_bytes()))

    @contextmanager
    def happening(self) -> Iterator[Iterator[dict[str, Any]]]:
        """Events as they become durable (server-sent events, WHATWG HTML §9.2), already connected:
        what happens after entering is in it."""
        with self.stream("/stream") as lines:
            yield (json.loads(line[len(DATA) :]) for line in lines if line.startswith(DATA))

    def unreadable(self, error: Exception) -> errors.UnavailableError:
        """Something answered, and it is not our server or not one of our age."""
        return errors.UnavailableError(
            f"the server does not answer at `{self.url}`: {type(error).__name__}",
            remedy="start it with `clawband up` or `clawband serve`, or name it with `--server`",
        )

    def _again(self, method: str, path: str, seconds: float, **options: Any) -> Any:
        import httpx

        for pause in PAUSES:
            try:
                return self._once(method, path, seconds, **options)
            except httpx.ConnectError as error:
                raise self.unreadable(error) from error
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                time.sleep(pause)
            except httpx.HTTPError as error:
                raise self.unreadable(error) from error
        with self._reaching():
            return self._once(method, path, seconds, **options)

    def _once(
        self,
        method: str,
        path: str,
        seconds: float,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Any:
        with self._line() as http:
            answer = http.request(
                method,
                _below(path),
                headers={**self._who(), **(headers or {})},
                timeout=_patience(seconds),
                **options,
            )
        if answer.status_code >= 400:
            raise _problem(answer.status_code, answer.content)
        try:
            return answer.json()
        except ValueError as error:
            raise self.unreadable(error) from error

    def _who(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    @contextmanager
    def _line(self) -> Iterator["httpx.Client"]:
        if self._open:
            yield self._open
            return
        with self._http() as http:
            yield http

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except httpx.HTTPError as error:
            raise self.unreadable(error) from error

    def _http(self) -> "httpx.Client":
        import httpx

        # Proxy variables are ignored: they are for the network, and this is the way to our server.
        agent = f"clawband/{__version__} on {platform.node()}".encode("ascii", "replace")
        try:
            httpx.Headers(self._who())
            return httpx.Client(base_url=self.url, trust_env=False, headers={b"user-agent": agent})
        except (httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise errors.InputError(
                f"expected the address or the token of a server, got `{self.url[:80]}`",
                remedy="give `--server http://127.0.0.1:8620`, and sign in again",
            ) from error


def _below(path: str) -> str:
    return f"/api/v1{path}"


def _patience(seconds: float | None) -> "httpx.Timeout":
    import httpx

    return httpx.Timeout(seconds, connect=5)


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    """Lines by line feed only: a leaf may hold any other character that ends lines elsewhere."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode()
    if rest:
        yield rest.decode()


def _problem(status: int, body: bytes) -> errors.Error:
    """The error of an answer (RFC 9457 problem details)."""
    try:
        told = json.loads(body)
        message, remedy = str(told["detail"]), str(told.get("remedy", ""))
        if pending := AGAIN.get(told.get("error", "")):
            return pending(message, remedy=remedy)
        if told.get("needs") == "code":
            return errors.SecondFactorNeededError(message, remedy=remedy)
    except (ValueError, TypeError, KeyError, AttributeError):
        message, remedy = f"the server answered {status}", "look at the server's output"
    return KINDS.get(status, errors.InvariantError)(message, remedy=remedy)
