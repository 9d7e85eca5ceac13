"""The head of an HTTP/1.1 message, read so that nobody behind us can read it otherwise (RFC 9112).

No repairs: line ends are CRLF, a field is `name: value`, and what has two readings is refused.
Sizes are checked before anything is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clawband.network import framing, urls
from clawband.network.framing import Body
from clawband.network.hosts import Authority, authority
from clawband.network.refusal import Refusal
from clawband.network.urls import PORTS, Url

Fields = tuple[tuple[bytes, bytes], ...]
"""Names as they were sent, values without the white space around them."""

_TOKEN: Final = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_METHOD: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
_TEXT: Final = bytes([9, 10, 13, *range(32, 127), *range(128, 256)])
_VERB: Final = 32
_END: Final = b"\r\n\r\n"
_FRAMED: Final = frozenset({b"content-length", b"transfer-encoding", b"host"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of a whole head and of its first line; number of fields; bytes of one field."""

    head: int = 32_768
    line: int = 8_192
    fields: int = 100
    field: int = 16_384


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Request:
    """`to` is where it goes; `url` is none for `CONNECT`. Both are none without any host.

    `form` is how the target was written (RFC 9112 §3.2): `origin`, `absolute` or `authority`.
    `size` counts the bytes of the head, so that the body begins there.
    """

    method: str
    form: str
    target: str
    to: Authority | None
    url: Url | None
    minor: int
    fields: Fields
    body: Body
    size: int

    def get(self, name: bytes) -> bytes:
        """The first value of a field by its lower-case name; empty without it."""
        return first(self.fields, name)


@dataclass(frozen=True, slots=True)
class Response:
    """`minor` is the version after the `1.`; `reason` may be empty."""

    status: int
    reason: bytes
    minor: int
    fields: Fields
    body: Body
    size: int

    def get(self, name: bytes) -> bytes:
        """The first value of a field by its lower-case name; empty without it."""
        return first(self.fields, name)


@dataclass(frozen=True, slots=True)
class _Aim:
    form: str
    to: Authority | None
    url: Url | None


@dataclass(frozen=True, slots=True)
class _Lines:
    first: bytes
    fields: Fields
    framed: dict[bytes, list[bytes]]
    size: int


def request(data: bytes, limits: Limits = LIMITS, scheme: str = "http") -> Request | Refusal | None:
    """The request at the start of the data; none while its head has not ended.

    `scheme` is what a target in origin form is taken to be: `https` where TLS was ended here.
    """
    lines = _lines(data, limits)
    if not isinstance(lines, _Lines):
        return lines
    line = _line(lines.first)
    if isinstance(line, Refusal):
        return line
    method, target, minor = line
    hosts = lines.framed.get(b"host", [])
    if len(hosts) > 1 or len(hosts) < minor:
        return Refusal("hosts", f"{len(hosts)} Host fields, expected one")
    if hosts and not hosts[0]:
        return Refusal("no-host", "an empty Host field")
    body = _body(lines, minor)
    if not isinstance(body, Refusal):
        body = framing.request(method, body)
    if isinstance(body, Refusal):
        return body
    host = hosts[0].decode("latin-1") if hosts else ""
    aim = _aim(target, host, method, scheme)
    if isinstance(aim, Refusal):
        return aim
    return Request(method, aim.form, target, aim.to, aim.url, minor, lines.fields, body, lines.size)


def response(data: bytes, method: str, limits: Limits = LIMITS) -> Response | Refusal | None:
    """The response to a method at the start of the data; none while its head has not ended."""
    lines = _lines(data, limits)
    if not isinstance(lines, _Lines):
        return lines
    version, _, rest = lines.first.partition(b" ")
    code, _, reason = rest.partition(b" ")
    minor = _minor(version)
    if minor < 0 or len(code) != 3 or not code.isdigit() or not 100 <= int(code) <= 599:
        return Refusal("status-line", "expected HTTP/1.1, a status and a reason")
    body = _body(lines, minor)
    if not isinstance(body, Refusal):
        body = framing.response(method, int(code), body)
    if isinstance(body, Refusal):
        return body
    return Response(int(code), reason, minor, lines.fields, body, lines.size)


def first(fields: Fields, name: bytes) -> bytes:
    """The first value of a field by its lower-case name; empty without it."""
    return next((value for key, value in fields if key.lower() == name), b"")


def visible(data: bytes) -> bool:
    """Whether there is no control character besides tabs and line ends (RFC 9110 §5.5)."""
    return not data.translate(None, _TEXT)


def parsed(lines: Sequence[bytes], limits: Limits = LIMITS) -> Fields | Refusal:
    """Field lines without their ends, of a head or of the trailers of a body."""
    if len(lines) > limits.fields:
        return Refusal("many-fields", f"{len(lines)} fields, expected at most {limits.fields}")
    found: list[tuple[bytes, bytes]] = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not name or not colon or name.translate(None, _TOKEN):
            return _field(line, name, colon)
        if len(line) > limits.field:
            return Refusal("long-field", f"a field of {len(line)} bytes")
        found.append((name, value.strip(b" \t")))
    return tuple(found)


def _lines(data: bytes, limits: Limits) -> _Lines | Refusal | None:
    end = data.find(_END, 0, limits.head)
    if end < 0:
        return _unfinished(data, limits)
    head = data[:end]
    lines = head.split(b"\r\n")
    breaks = len(lines) - 1
    if head.count(b"\n") != breaks or head.count(b"\r") != breaks:
        return Refusal("line-end", "a line end other than CRLF")
    if not visible(head):
        return Refusal("control", "a control character in the head")
    if len(lines[0]) > limits.line:
        return Refusal("long-line", f"a first line of {len(lines[0])} bytes")
    fields = parsed(lines[1:], limits)
    if isinstance(fields, Refusal):
        return fields
    framed: dict[bytes, list[bytes]] = {}
    for name, value in fields:
        lower = name.lower()
        if lower in _FRAMED:
            framed.setdefault(lower, []).append(value)
        elif b"_" in lower and lower.replace(b"_", b"-") in _FRAMED:
            return Refusal("lookalike", f"`{lower.decode()}` reads as another field to some")
    return _Lines(lines[0], fields, framed, end + 4)


def _unfinished(data: bytes, limits: Limits) -> Refusal | None:
    """Whether it is worth waiting for the rest of a head."""
    if len(data) >= limits.head:
        return Refusal("long-head", f"a head of more than {limits.head} bytes")
    if data.count(b"\n") != data.count(b"\r\n"):
        return Refusal("line-end", "a line end other than CRLF")
    if b"\r\n" not in data[: limits.line + 2] and len(data) > limits.line:
        return Refusal("long-line", f"a first line of more than {limits.line} bytes")
    return None


def _line(line: bytes) -> tuple[str, str, int] | Refusal:
    """Method, target and version of a request."""
    parts = line.split(b" ")
    if len(parts) != 3:
        return Refusal("request-line", "expected method, target and version with one space between")
    verb, target, version = parts
    minor = _minor(version)
    if minor < 0:
        return Refusal("version", "expected HTTP/1.1 or HTTP/1.0")
    if not 0 < len(verb) <= _VERB or verb.translate(None, _METHOD):
        return Refusal("method", "the method is no word in capitals")
    if not target.isascii() or b"#" in target:
        return Refusal("target", "the target has a fragment or bytes outside ASCII")
    return verb.decode(), target.decode(), minor


def _field(line: bytes, name: bytes, colon: bytes) -> Refusal:
    if line[:1] in (b" ", b"\t"):
        return Refusal("folded", "a field that goes on in the next line (RFC 9112 §5.2)")
    if colon and name and name.rstrip(b" \t") != name:
        return Refusal("space-before-colon", "white space before a colon (RFC 9112 §5.1)")
    return Refusal("field", "a field line is no `name: value`")


def _minor(version: bytes) -> int:
    return {b"HTTP/1.1": 1, b"HTTP/1.0": 0}.get(version, -1)


def _body(lines: _Lines, minor: int) -> Body | Refusal | None:
    framed = lines.framed
    return framing.declared(
        framed.get(b"content-length", []), framed.get(b"transfer-encoding", []), minor
    )


def _aim(target: str, host: str, verb: str, scheme: str) -> _Aim | Refusal:
    """Where a request goes: the target and the Host field must agree (RFC 9112 §3.2)."""
    if verb == "CONNECT":
        to = authority(target)
        return (
            to if isinstance(to, Refusal) else _agreed(_Aim("authority", to, None), host, to.port)
        )
    if target[:1] != "/":
        url = urls.split(target)
        if isinstance(url, Refusal):
            return url
        return _agreed(_Aim("absolute", url.authority, url), host, PORTS[url.scheme])
    if not host:
        return urls.origin(target) or _Aim("origin", None, None)
    to = authority(host, PORTS[scheme])
    url = to if isinstance(to, Refusal) else urls.aimed(scheme, to, target)
    return url if isinstance(url, Refusal) else _Aim("origin", url.authority, url)


def _agreed(aim: _Aim, host: str, port: int) -> _Aim | Refusal:
    if not host:
        return aim
    said = authority(host, port)
    if isinstance(said, Refusal):
        return said
    if said == aim.to:
        return aim
    return Refusal("host-mismatch", f"the target is `{aim.to}`, the Host field says `{said}`")
