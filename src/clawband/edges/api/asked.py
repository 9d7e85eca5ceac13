"""What a request asks for in its query and its body, within bounds."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

import msgspec
from starlette.requests import Request

from clawband.edges.api import wire
from clawband.model.errors import InputError
from clawband.ports.store import Query

MANY = 10**18 - 1
"""More than any store holds."""
_object = msgspec.json.Decoder(dict[str, Any])


def query(request: Request) -> Query:
    """A search from the query string."""
    asked = request.query_params
    tag = asked.get("tag", "")
    return Query(
        text=asked.get("text", "")[:200],
        outcome=asked.get("outcome", ""),
        tags=frozenset({tag}) if tag else frozenset(),
        agent=asked.get("agent", ""),
        run=asked.get("run", ""),
        session=asked.get("session", ""),
        before=number(request, "before", 0, MANY),
        limit=limit(request),
    )


def limit(request: Request, usual: int = 50, most: int = 1_000) -> int:
    """How many at most; `usual` where nothing is said. Raises `InputError`."""
    asked = number(request, "limit", 1, most)
    return usual if asked is None else asked


def number(request: Request, name: str, least: int, most: int) -> int | None:
    """A number of the query, None where there is none. Raises `InputError`: a place in a list that
    is not understood would begin the list again."""
    asked = request.query_params.get(name)
    if asked is None:
        return None
    if asked.isascii() and asked.isdecimal() and len(asked) <= 18 and least <= int(asked) <= most:
        return int(asked)
    raise InputError(
        f"expected `{name}` from {least} to {most}, got `{asked[:20]}`",
        remedy="send a whole number, or leave it out",
    )


async def fields(request: Request, *, empty: bool = False) -> dict[str, Any]:
    """A JSON object; with `empty` also no body at all. Raises `InputError`."""
    body: dict[str, Any] = wire.read(await wire.body(request) or (b"{}" if empty else b""), _object)
    return body


def count(body: Mapping[str, Any], key: str, absent: int) -> int:
    """A whole number of a body, also as `60.0`. Raises `InputError`."""
    value = body.get(key, absent)
    whole = isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
    if not whole:
        raise InputError(f"expected `{key}` to be a whole number, got `{str(value)[:40]}`")
    return int(value)


def texts(body: dict[str, Any], key: str, *, needed: bool = False) -> list[str]:
    """None when nothing is said and nothing is `needed`. Raises `InputError`."""
    value = body.get(key, None if needed else [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise InputError(f"expected `{key}` to be a list of texts, none of them empty")
    return value


def text(body: Mapping[str, Any], key: str, absent: str | None = None) -> str:
    """A text of a body. Raises `InputError` for another value, and when it is missing with nothing
    to take in its place."""
    value = body.get(key, absent)
    if not isinstance(value, str):
        raise InputError(f"expected `{key}` to be a text", remedy="send it")
    return value


def since(said: Mapping[str, Any]) -> datetime | None:
    """The instant `since` of a query or a body; None where there is none. Raises `InputError`."""
    return instant(text(said, "since"), "since") if "since" in said else None


def instant(text: str, name: str) -> datetime:
    """Raises `InputError`."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else _no_instant(text, name)
    except (ValueError, OverflowError):
        return _no_instant(text, name)


def _no_instant(text: str, name: str) -> NoReturn:
    raise InputError(
        f"expected `{name}` to be an instant with its offset, got `{text[:40]}`",
        remedy="send one such as 2026-11-22T00:00:00+00:00",
    )


async def given(request: Request, *names: str, optional: bool = False) -> dict[str, str]:
    """The texts of a JSON body. Raises `InputError` when a named one is missing."""
    body = await fields(request, empty=True)
    for name in names:
        text(body, name, "" if optional else None)
    return {key: value for key, value in body.items() if isinstance(value, str)}
