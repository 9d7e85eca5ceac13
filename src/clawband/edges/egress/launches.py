"""The launcher's desk: lines of `key value`, values percent-encoded, on the proxy's port.

Parsing JSON would cost a launcher milliseconds for each command. `docs/containment.md` has the
words.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote, unquote_to_bytes

from clawband.edges.egress.answers import Problem

PREFIX = "/launch/v1/"
MOST = 64 * 1024
"""Bytes of a body."""

Answer = tuple[int, list[tuple[str, str]]]
Launches = Callable[[str, Mapping[str, Sequence[str]]], Awaitable[Answer]]
"""The path behind `PREFIX` and the fields, to a status and the lines of the answer."""


def read(body: bytes) -> dict[str, list[str]]:
    """The values of each key, in their order. Raises `Problem` for what is no such text."""
    found: dict[str, list[str]] = {}
    try:
        for line in body.decode("ascii").split("\n"):
            if not line:
                continue
            key, space, value = line.partition(" ")
            if not key or not space:
                raise ValueError(line)
            found.setdefault(key, []).append(unquote_to_bytes(value).decode())
    except ValueError as error:
        raise Problem(400, "launch", "expected lines of a key and a value") from error
    return found


def written(lines: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{key} {quote(value, safe='')}\n" for key, value in lines).encode()
