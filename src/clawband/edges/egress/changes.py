"""What of a permitted request is changed on its way: secrets are masked, a credential is lent.

Each is for the destination to say (`[[egress]]`, `mask` and `credential`), and what cannot be done
as it says is refused.
"""

from collections.abc import Iterable
from dataclasses import replace

from clawband.edges.egress.answers import Problem
from clawband.edges.egress.bodies import Framed
from clawband.edges.egress.credentials import Credentials
from clawband.labels.classify import classify
from clawband.labels.covering import cover
from clawband.model.deployment import Destination
from clawband.model.errors import InputError, UnavailableError
from clawband.network.chunks import Fed
from clawband.network.framing import Body, Kind
from clawband.network.head import Fields, Request

Changed = tuple[Request, bytes]
"""The request, and the bytes of its body that were read, as they are sent on."""


def changed(
    message: Request, raw: bytes, framed: Framed, line: Destination | None, credentials: Credentials
) -> Changed:
    """`raw` is what was read of the body; `framed` knows whether it is all. Raises `Problem`."""
    if line is None:
        return message, raw
    if line.mask and message.body.kind is not Kind.NONE:
        message, raw = _masked(message, raw, framed, line.mask)
    if line.credential:
        message = _lent(message, line.credential, credentials)
    return message, raw


def _masked(message: Request, raw: bytes, framed: Framed, mask: Iterable[str]) -> Changed:
    if not framed.done:
        most = f"a body of more than {len(raw)} bytes cannot be masked, as policy says it must be"
        raise Problem(413, "mask", most, "send less at once")
    if message.get(b"content-encoding").lower() not in (b"", b"identity"):
        raise Problem(415, "mask", "a body that must be masked has a coding", "send it plainly")
    again = Framed(message.body, len(raw)).feed(raw)
    body = again.body if isinstance(again, Fed) else b""
    shown = _covered(body, mask)
    return (message, raw) if shown == body else (_refilled(message, shown), shown)


def _covered(body: bytes, mask: Iterable[str]) -> bytes:
    try:
        text, whole = body.decode(), True
    except UnicodeDecodeError:
        text, whole = body.decode("latin-1"), False
    try:
        covered = cover([text], [classify(text)], mask=mask, pseudonymise=(), secret=b"")
    except InputError as error:
        raise Problem(413, "mask", error.message, "send less at once") from error
    if not covered.masked:
        return body
    if not whole:
        reason = "the body is no text, and holds what policy says must be masked"
        raise Problem(415, "mask", reason, "send it as text, or without that")
    return covered.texts[0].encode()


def _lent(message: Request, name: str, credentials: Credentials) -> Request:
    """With the credential instead of what the client says in its field."""
    if message.url is None or message.url.scheme != "https":
        raise Problem(403, "credential", f"`{name}` is not lent without TLS", "use https")
    try:
        field = credentials.field(name, message.url.host.name)
    except UnavailableError as error:
        raise Problem(503, "credential", error.message, error.remedy) from error
    return replace(message, fields=(*_without(message.fields, field[0].lower()), field))


def _refilled(message: Request, body: bytes) -> Request:
    """The request with another whole body."""
    fields = message.fields
    for name in (b"content-length", b"transfer-encoding", b"trailer"):
        fields = _without(fields, name)
    length = (b"Content-Length", str(len(body)).encode())
    return replace(message, fields=(*fields, length), body=Body(Kind.LENGTH, len(body)))


def _without(fields: Fields, name: bytes) -> Fields:
    return tuple(each for each in fields if each[0].lower() != name)
