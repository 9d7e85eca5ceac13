"""One bounded request to an issuer: no redirect, no proxy of the environment, little JSON."""

import json
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from clawband.model.errors import UnavailableError

SECONDS = 5.0
MAX_ANSWER = 256 * 1024


class Fetch:
    """`authorities`: a PEM file with certificate authorities of your own, beside the usual."""

    def __init__(self, authorities: str = "", transport: httpx.AsyncBaseTransport | None = None):
        self._trust = ssl.create_default_context()
        if authorities:
            self._trust.load_verify_locations(authorities)
        self._transport = transport

    async def get(self, url: str) -> dict[str, Any]:
        status, told = await self._ask("GET", url)
        if status != 200:
            raise _wrong(url, f"it answered {status}")
        return told

    async def post(
        self, url: str, form: Mapping[str, str], auth: tuple[str, str] | None
    ) -> tuple[int, dict[str, Any]]:
        """Status and body; a body that is no JSON object is empty."""
        return await self._ask("POST", url, data=form, auth=auth)

    async def _ask(self, method: str, url: str, **options: Any) -> tuple[int, dict[str, Any]]:
        try:
            async with (
                httpx.AsyncClient(
                    verify=self._trust,
                    trust_env=False,
                    timeout=SECONDS,
                    transport=self._transport,
                    headers={"accept": "application/json"},
                ) as http,
                http.stream(method, url, **options) as answer,
            ):
                return answer.status_code, _object(await _body(url, answer))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _wrong(url, type(error).__name__) from error


async def _body(url: str, answer: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER:
            raise _wrong(url, f"it answered more than {MAX_ANSWER} bytes")
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _wrong(url: str, why: str) -> UnavailableError:
    return UnavailableError(
        f"the issuer cannot be asked at `{url[:120]}`: {why}",
        remedy="look whether it runs and is reached from here, then try again",
    )
