"""The operators' API over HTTP. Problems come back as the errors they were on the server."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from clawband.identity.assurance import SecondFactorNeededError
from clawband.model import errors

SECONDS = 30.0
"""For one answer. A grant or a published policy takes far less."""
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


def part(text: str) -> str:
    """What somebody typed, as one part of a path. Raises `InputError` for what would leave it."""
    if text.strip(".") == "":
        raise errors.InputError(f"expected an id or a name, got `{text}`", remedy="copy it whole")
    return quote(text, safe="")


class Client:
    """One server, one token. Each call is one request."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url, self._token = url, token

    def get(self, path: str, **query: object) -> Any:
        """Query values that are empty are left out."""
        kept = {key: str(value) for key, value in query.items() if value not in (None, "")}
        return self._ask("GET", path, params=kept)

    def post(
        self, path: str, body: Mapping[str, object] | None = None, *, seconds: float = SECONDS
    ) -> Any:
        return self._ask("POST", path, seconds, json=dict(body or {}))

    def form(self, path: str, fields: Mapping[str, str]) -> Any:
        """A form instead of JSON, as OAuth has it."""
        return self._ask("POST", path, data=dict(fields))

    def delete(self, path: str) -> Any:
        return self._ask("DELETE", path)

    def text(self, path: str) -> str:
        """The answer as it is, for files that must not be rewritten."""
        with self.stream(path, seconds=SECONDS) as lines:
            return "".join(lines)

    @contextmanager
    def stream(self, path: str, seconds: float | None = None) -> Iterator[Iterator[str]]:
        """The lines of a long answer, each with its newline."""
        import httpx

        try:
            with (
                self._http(seconds) as http,
                http.stream("GET", f"/api/v1{path}") as answer,
            ):
                if answer.status_code >= 400:
                    answer.read()
                    raise _problem(answer.status_code, answer.content)
                yield (f"{line}\n" for line in _lines(answer.iter_bytes()))
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error

    def _ask(self, method: str, path: str, seconds: float = SECONDS, **options: Any) -> Any:
        import httpx

        try:
            with self._http(seconds) as http:
                answer = http.request(method, f"/api/v1{path}", **options)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        if answer.status_code >= 400:
            raise _problem(answer.status_code, answer.content)
        try:
            return answer.json()
        except ValueError as error:
            raise self._unreachable(error) from error

    def _http(self, seconds: float | None) -> Any:
        import httpx

        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        # Proxy variables are ignored: they are for the network, and this is the way to our server.
        try:
            return httpx.Client(
                base_url=self.url,
                headers=headers,
                timeout=httpx.Timeout(seconds, connect=5),
                trust_env=False,
            )
        except (httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise errors.InputError(
                f"expected the address or the token of a server, got `{self.url[:80]}`",
                remedy="give `--server http://127.0.0.1:8620`, and sign in again",
            ) from error

    def _unreachable(self, error: Exception) -> errors.UnavailableError:
        return errors.UnavailableError(
            f"the server does not answer at `{self.url}`: {type(error).__name__}",
            remedy="start it with `clawband up` or `clawband serve`, or name it with `--server`",
        )


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
        if told.get("needs") == "code":
            return SecondFactorNeededError(message, remedy=remedy)
    except (ValueError, TypeError, KeyError, AttributeError):
        message, remedy = f"the server answered {status}", "look at the server's output"
    return KINDS.get(status, errors.InvariantError)(message, remedy=remedy)
