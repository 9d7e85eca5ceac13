"""The launcher's desk: lines of `key value`, values percent-encoded, on the proxy's port.

Parsing JSON would cost a launcher milliseconds for each command. `docs/containment.md` has the
words.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote, unquote_to_bytes

from clawband.edges.egress import losses
from clawband.edges.egress.answers import Problem, whole
from clawband.edges.egress.limits import Limits
from clawband.edges.egress.wire import Wire
from clawband.network.bodies import Framed
from clawband.network.head import Request

PREFIX = "/launch/v1/"
MOST = 64 * 1024
"""Bytes of a body."""

Answer = tuple[int, list[tuple[str, str]]]
Launches = Callable[[str, Mapping[str, Sequence[str]]], Awaitable[Answer]]
"""The path behind `PREFIX` and the fields, to a status and the lines of the answer."""


async def serve(client: Wire, message: Request, launch: Launches | None, limits: Limits) -> None:
    """Answer one message, which needs no credential of the proxy: it holds its own. Raises
    `Problem`."""
    known = message.target.startswith(PREFIX) and message.method == "POST"
    if not known or launch is None:
        raise Problem(400, "form", "this is a proxy", "name it as one, and ask for whole URLs")
    framed = Framed(message.body, MOST)
    _, body = await losses.beginning(client, message, framed, limits)
    if not framed.done:
        raise Problem(413, "launch", "the body is too large")
    status, lines = await launch(message.target.removeprefix(PREFIX), read(body))
    client.write(whole(status, b"text/plain", written(lines)))


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
