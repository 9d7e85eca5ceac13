"""The first bytes of a tunnel: what is spoken in it, and whether it is for the host that was said.

TLS must ask for that host, plain HTTP is read request by request. Anything else passes only on a
port of its own that policy lists, and never where the server would speak first.
"""

import asyncio
from enum import Enum

from clawband.edges.egress.answers import DENIED, Problem
from clawband.edges.egress.limits import Limits
from clawband.edges.egress.wire import Wire
from clawband.flows.connect import WEB_PORTS
from clawband.network import hello
from clawband.network.hello import Hello
from clawband.network.hosts import Host
from clawband.network.refusal import Refusal
from clawband.service.passages import Passage

_TLS = 0x16
_VERBS = (
    b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT", b"PRI",
)  # fmt: skip
_LINE = 8_192


class Speech(Enum):
    TLS = "tls"
    HTTP = "http"
    OTHER = "other"


async def first(client: Wire, passage: Passage, host: Host, limits: Limits) -> Speech:
    """What the client begins to speak, once that is sure; its bytes stay. Raises `Problem`, which
    says in `words` what the client understands."""
    try:
        return await _first(client, passage, host, limits)
    except Problem as told:
        start = client.held[:1]
        told.words = DENIED if start == b"\x16" else None if start.isalpha() else b""
        raise


async def _first(client: Wire, passage: Passage, host: Host, limits: Limits) -> Speech:
    try:
        async with asyncio.timeout(limits.head):
            while True:
                found = _spoken(client.held, passage, host) if not client.empty else None
                if isinstance(found, Refusal):
                    raise Problem(403, found.category, found.reason)
                if found:
                    return found
                if not await client.more():
                    raise Problem(400, "tunnel", "the tunnel ended before it was used")
    except TimeoutError as error:
        raise Problem(408, "tunnel", "the client said nothing: the server may not begin") from error


def _spoken(data: bytes, passage: Passage, host: Host) -> Speech | Refusal | None:
    """None while more bytes are needed."""
    port = passage.target.port
    if data[0] == _TLS:
        told = hello.read(data)
        return _agrees(told, host) or Speech.TLS if isinstance(told, Hello) else told
    if port == 80:
        return Speech.HTTP
    listed = passage.line is not None or passage.standing is not None
    other = Refusal("tunnel", "neither TLS nor, where that may be, HTTP is spoken in the tunnel")
    if port in WEB_PORTS or not listed:
        return _http(data, other) if port not in WEB_PORTS else other
    return _http(data, Speech.OTHER)


def _http(data: bytes, otherwise: Refusal | Speech) -> Refusal | Speech | None:
    """Whether a request line stands there."""
    verb, space, _ = data.partition(b" ")
    if not space:
        possible = any(each.startswith(verb) for each in _VERBS)
        return None if possible else otherwise
    if verb not in _VERBS:
        return otherwise
    line, end, _ = data.partition(b"\n")
    if not end:
        return None if len(data) < _LINE else otherwise
    return Speech.HTTP if b" HTTP/" in line else otherwise


def _agrees(told: Hello, host: Host) -> Refusal | None:
    if told.encrypted:
        return Refusal("ech", "the true server name is encrypted (ECH): switch that off")
    if host.address is not None:
        if not told.name:
            return None
        return Refusal("sni", f"the tunnel is for an address and asks for `{told.name}`")
    if told.name == host.name:
        return None
    return Refusal("sni", f"the tunnel is for `{host.name}` and asks for `{told.name or 'nobody'}`")
