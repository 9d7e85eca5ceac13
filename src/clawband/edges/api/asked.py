"""What a request asks for in its query and its body, within bounds."""

from typing import Any

import msgspec
from starlette.requests import Request

from clawband.edges.api import wire
from clawband.model.errors import InputError
from clawband.ports.store import Query

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
        before=_number(request, "before"),
        limit=limit(request),
    )


def limit(request: Request) -> int:
    """How many at most: 50, or what it says, up to 1,000."""
    return min(_number(request, "limit") or 50, 1_000)


def _number(request: Request, name: str) -> int | None:
    """A number of the query string, as large as a store can count; None when it is none."""
    asked = request.query_params.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 18 else None


async def fields(request: Request, *, empty: bool = False) -> dict[str, Any]:
    """A JSON object; with `empty` also no body at all. Raises `InputError`."""
    body: dict[str, Any] = wire.read(await wire.body(request) or (b"{}" if empty else b""), _object)
    return body


def texts(body: dict[str, Any], key: str) -> list[str]:
    """Raises `InputError`."""
    value = body.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InputError(f"expected `{key}` to be a list of texts")
    return value


async def given(request: Request, *names: str, optional: bool = False) -> dict[str, str]:
    """The texts of a JSON body. Raises `InputError` when a named one is missing."""
    body = await fields(request, empty=True)
    for name in names:
        if not isinstance(body.get(name), str) and not (optional and name not in body):
            raise InputError(f"expected `{name}` to be a text", remedy="send it")
    return {key: value for key, value in body.items() if isinstance(value, str)}
