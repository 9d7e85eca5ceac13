"""Shapes of the wire, limits, and how a body is read.

Everything a caller sends is read here once, within bounds, into plain values.
"""

from typing import Any, Literal

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from clawband.model.errors import InputError

MAX_BODY = 1 << 20


class Ask(msgspec.Struct):
    """A question of the plugin."""

    v: Literal[1]
    boot: str
    seq: int
    hook: str
    event: dict[str, Any]
    ctx: dict[str, Any] = {}
    at: float = 0


class Await(msgspec.Struct):
    """The plugin waits for an approval."""

    v: Literal[1]
    boot: str
    approval: str


class Typed(msgspec.Struct):
    """Somebody typed `/clawband` in a chat."""

    v: Literal[1]
    boot: str
    event: dict[str, Any]
    ctx: dict[str, Any] = {}


class Report(msgspec.Struct):
    """What happened."""

    v: Literal[1]
    boot: str
    events: list[dict[str, Any]]


class Beat(msgspec.Struct):
    """The plugin is alive."""

    v: Literal[1]
    boot: str
    seq: int
    versions: dict[str, str] = {}
    counts: dict[str, int] = {}
    refused: list[dict[str, Any]] = []


class Answer(msgspec.Struct, omit_defaults=True):
    """What the plugin obeys."""

    verdict: str
    decision: str = ""
    reason: str = ""
    params: dict[str, Any] | None = None
    text: str | None = None
    approval: str = ""
    wait_seconds: float = 0


encode = msgspec.json.Encoder().encode


def told(value: Any) -> Response:
    """An answer as JSON."""
    return Response(encode(value), media_type="application/json")


async def body(request: Request) -> bytes:
    """The body, if it is not larger than `MAX_BODY`; read only as far as that."""
    kept = getattr(request.state, "body", None)
    if isinstance(kept, bytes):
        return kept  # the stream can be read only once
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdecimal() and int(declared) > MAX_BODY:
        raise _too_large(int(declared))
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > MAX_BODY:
                raise _too_large(len(data))
    except ClientDisconnect as error:
        raise InputError(
            f"the caller left after {len(data)} bytes of its request", remedy="send all of it"
        ) from error
    request.state.body = bytes(data)
    return bytes(data)


def read(data: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """Decode a body. Raises `InputError` for bytes that are not that shape."""
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(
            f"the request cannot be read: {str(error)[:200]}",
            remedy="send the JSON that this path documents",
        ) from error


def _too_large(size: int) -> InputError:
    return InputError(
        f"the request has {size} bytes or more, expected at most {MAX_BODY}",
        remedy="send less; the plugin cuts long texts and says how long they were",
    )
