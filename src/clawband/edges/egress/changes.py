"""What of a permitted request is changed on its way: secrets are masked, one of ours is put on.

What is masked is for the destination to say (`mask` under `[[egress]]`), and what cannot be masked
is refused.
"""

from collections.abc import Iterable
from dataclasses import replace

from clawband.edges.egress import losses
from clawband.edges.egress.answers import Problem
from clawband.labels.classify import classify
from clawband.labels.covering import cover
from clawband.labels.known import NOTHING, Known
from clawband.model.deployment import Destination
from clawband.model.errors import InputError
from clawband.network.bodies import Framed
from clawband.network.chunks import Fed
from clawband.network.framing import Body, Kind
from clawband.network.head import Fields, Request
from clawband.service.lending import Lent

Changed = tuple[Request, bytes, tuple[str, ...]]
"""The request, the bytes of its body that were read, as they are sent on; what is different."""


def changed(
    message: Request, raw: bytes, framed: Framed, line: Destination | None,
    lent: Lent | None, known: Known = NOTHING,
) -> Changed:  # fmt: skip
    """`raw` is what was read of the body; `framed` knows whether it is all. `known` is masked as
    secrets are. Raises `Problem`."""
    told: tuple[str, ...] = ()
    if lent:
        message = replace(message, fields=_without(message.fields, lent.header.encode()))
    if line and line.mask:
        message, raw, told = _masked(message, raw, framed, line.mask, known)
    if lent:
        message = _put(message, lent)
        told += (f"credential {lent.name}",)
    return message, raw, told


def _masked(
    message: Request, raw: bytes, framed: Framed, mask: tuple[str, ...], known: Known
) -> Changed:
    """Only a whole body of plain text can be masked, and neither an address nor a field."""
    if not framed.done:
        most = f"a body of more than {len(raw)} bytes cannot be masked, as policy says it must be"
        raise Problem(413, "mask", most, "send less at once")
    if message.get(b"content-encoding").lower() not in (b"", b"identity"):
        raise Problem(415, "mask", "a body that must be masked has a coding", "send it plainly")
    again = Framed(message.body, len(raw)).feed(raw)
    body = again.body if isinstance(again, Fed) else b""
    shown, count = _covered(body, mask, known)
    if count:
        message, raw = _refilled(message, shown), shown
    left = losses.found(message, shown, len(shown))
    left |= losses.kept(losses.shown(message, shown, len(shown)), known)
    if left := left.intersection(mask):
        reason = f"it holds what policy says must be masked ({', '.join(left)}), and cannot be"
        raise Problem(403, "mask", reason, "send it in a body, as plain text")
    return message, raw, ((f"masked {count}",) if count else ())


def _covered(body: bytes, mask: Iterable[str], known: Known) -> tuple[bytes, int]:
    """The body, and how many different values of it are masked."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body, 0  # What it holds is found all the same, and then it stays here.
    try:
        found = (*known.found(text), *classify(text))
        covered = cover([text], [found], mask=mask, pseudonymise=(), secret=b"")
    except InputError as error:
        raise Problem(413, "mask", error.message, "send less at once") from error
    return covered.texts[0].encode(), covered.masked


def _put(message: Request, lent: Lent) -> Request:
    """The value where it goes: the client's own field of that name is gone by now."""
    if not lent.of_path or message.url is None:
        field = (lent.header.encode(), lent.written.encode())
        return replace(message, fields=(*message.fields, field))
    path = lent.written + message.url.path.removeprefix(lent.stands)
    return replace(message, url=replace(message.url, path=path))


def _refilled(message: Request, body: bytes) -> Request:
    """The request with another whole body."""
    fields = message.fields
    for name in (b"content-length", b"transfer-encoding", b"trailer"):
        fields = _without(fields, name)
    length = (b"Content-Length", str(len(body)).encode())
    return replace(message, fields=(*fields, length), body=Body(Kind.LENGTH, len(body)))


def _without(fields: Fields, name: bytes) -> Fields:
    return tuple(each for each in fields if each[0].lower() != name)
