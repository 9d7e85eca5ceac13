"""What must hold for any bytes: read twice alike, written and read alike, and as others read it.

Others are h11 and llhttp (heads, chunks), OpenSSL (TLS), the C library, `urllib` and httpx (hosts).
They may refuse what we take no notice of; none may take what we take for something else.
"""

import socket
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

import h11
import httptools
import httpx

from clawband.model import hosts as model
from clawband.network import forward, head, hello, hosts, urls
from clawband.network.chunks import Chunks
from clawband.network.framing import Kind
from clawband.network.head import Request, Response
from clawband.network.hello import Hello
from clawband.network.hosts import Authority, Host
from clawband.network.refusal import Refusal
from clawband.network.urls import Url
from tests.fuzz import doors, models

SMALL = 4_096
"""Bytes of a body that another parser is fed."""


def request(data: bytes) -> None:
    """A request that is taken."""
    found = head.request(data)
    if not isinstance(found, Request):
        return
    whole = data[: found.size]
    assert head.request(whole) == found
    assert head.request(whole[:-1]) is None
    assert found.to is None or hosts.authority(str(found.to)) == found.to
    if found.url is not None:
        assert urls.split(str(found.url)) == found.url
        sent = forward.request(found, "guard")
        if isinstance(sent, bytes):
            again = head.request(sent)
            assert isinstance(again, Request)
            assert (again.method, again.body) == (found.method, found.body)
            # The scheme of a target in origin form is not written down.
            assert (again.to, again.url.target) == (found.to, found.url.target)
    if found.minor and found.to is not None:
        _h11_request(found, whole)
    _llhttp(found, whole)


def response(data: bytes) -> None:
    """A response that is taken, to a method that the first byte chooses."""
    method = ("GET", "HEAD", "CONNECT")[data[0] % 3] if data else "GET"
    found = head.response(data[1:], method)
    if not isinstance(found, Response):
        return
    whole = data[1 : 1 + found.size]
    assert head.response(whole, method) == found
    assert head.response(whole[:-1], method) is None
    sent = forward.response(found, "guard")
    if isinstance(sent, bytes):
        again = head.response(sent, method)
        assert isinstance(again, Response)
        assert (again.status, again.body) == (found.status, found.body)
    if found.minor or found.status >= 200:
        _h11_response(found, whole, method)


def chunks(data: bytes) -> None:
    """A chunked body that ends, in pieces whose size the first byte chooses."""
    size, frame = (data[0] % 16 + 1 if data else 1), data[1:]
    whole = Chunks().feed(frame)
    pieces, body, used, done = Chunks(), b"", 0, False
    for at in range(0, len(frame), size):
        found = pieces.feed(frame[at : at + size])
        if isinstance(found, Refusal):
            assert isinstance(whole, Refusal)
            return
        body, used, done = body + found.body, used + found.used, found.done
        if done:
            break
    assert not isinstance(whole, Refusal)
    assert (body, used, done) == (whole.body, whole.used, whole.done)
    if done:
        _h11_chunks(frame, body, used)


def tls(data: bytes) -> None:
    """A hello whose name a real server reads too."""
    found = hello.read(data)
    if not isinstance(found, Hello):
        return
    if found.name:
        assert hosts.read(found.name) == Host(found.name)
    if len(data) > 1:
        assert hello.read(data[: len(data) // 2]) in (None, found)
    seen: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    received = ssl.MemoryBIO()
    received.write(data)
    server = context.wrap_bio(received, ssl.MemoryBIO(), server_side=True)
    try:
        server.do_handshake()
    except ssl.SSLError:
        pass  # It has no certificate: nobody gets further than the hello.
    for name in seen:
        assert (name or "").lower().removesuffix(".") == found.name


def host(data: bytes) -> None:
    """A host that is taken is an address in one spelling, or an address to nobody."""
    text = data.decode("utf-8", "replace")
    found = hosts.authority(text, 80)
    if isinstance(found, Authority):
        assert hosts.authority(str(found)) == found
    read = hosts.read(text)
    if not isinstance(read, Host):
        return
    assert hosts.read(str(read)) == read
    assert model.host(str(read)) == read.name
    try:
        told = socket.getaddrinfo(read.name, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        assert read.address is None
    else:
        assert {ip_address(each[4][0]) for each in told} == {read.address}


def url(data: bytes) -> None:
    """A URL that is split, and where a redirect leads from it: divided by the first NUL."""
    text, _, location = data.decode("utf-8", "replace").partition("\0")
    found = urls.split(text)
    if not isinstance(found, Url):
        return
    _same(text, found)
    to = urls.resolve(found, location)
    if isinstance(to, Url):
        _same(str(to), to)
    urls.credentials_in(found)


def _same(text: str, found: Url) -> None:
    assert urls.split(str(found)) == found
    assert urls.plain(found.route) == found.route
    other = urlsplit(text)
    assert (other.hostname or "").removesuffix(".") in (found.host.name, _zeros(found, other))
    assert (other.port or found.port) == found.port
    try:
        third = httpx.URL(text)
    except httpx.InvalidURL:
        return
    assert third.raw_host.decode().lower().removesuffix(".") in (
        found.host.name,
        _zeros(found, other),
    )
    assert (third.port or urls.PORTS[found.scheme]) == found.port


def _zeros(found: Url, other: object) -> str:
    """An IPv6 address as it was written: the same address with other zeros."""
    written = str(getattr(other, "hostname", ""))
    return written if found.host.address and ip_address(written) == found.host.address else ""


def _h11_request(found: Request, whole: bytes) -> None:
    server = h11.Connection(h11.SERVER, max_incomplete_event_size=65_536)
    server.receive_data(whole)
    event = server.next_event()
    assert (event.method.decode(), event.target.decode()) == (found.method, found.target)
    assert [value for _, value in event.headers if value] == _values(found.fields)
    after = server.next_event()
    if found.body.kind in (Kind.NONE, Kind.TUNNEL):
        assert isinstance(after, h11.EndOfMessage)
    elif 0 < found.body.length < SMALL:
        server.receive_data(b"x" * found.body.length)
        assert isinstance(server.next_event(), h11.Data)
        assert isinstance(server.next_event(), h11.EndOfMessage)


def _h11_response(found: Response, whole: bytes, method: str) -> None:
    asked = h11.Connection(h11.CLIENT, max_incomplete_event_size=65_536)
    target = b"a.example:80" if method == "CONNECT" else b"/"
    fields = [("Host", "a.example"), ("Connection", "Upgrade"), ("Upgrade", "websocket")]
    asked.send(h11.Request(method=method, target=target, headers=fields))
    asked.send(h11.EndOfMessage())
    asked.receive_data(whole)
    event = asked.next_event()
    assert event.status_code == found.status
    assert [value for _, value in event.headers if value] == _values(found.fields)


def _values(fields: head.Fields) -> list[bytes]:
    """As h11 tells them: transfer codings in small letters."""
    return [
        value.lower() if key.lower() == b"transfer-encoding" else value
        for key, value in fields
        if value
    ]


class _Told:
    def __init__(self) -> None:
        self.target = b""
        self.fields: list[tuple[bytes, bytes]] = []

    def on_url(self, part: bytes) -> None:
        self.target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name, value))


def _llhttp(found: Request, whole: bytes) -> None:
    told = _Told()
    parser = httptools.HttpRequestParser(told)
    try:
        parser.feed_data(whole)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
        if not isinstance(error, httptools.HttpParserUpgrade):
            return
    assert told.target.decode() == found.target
    assert [(key, value.rstrip(b" \t")) for key, value in told.fields] == list(found.fields)


def _h11_chunks(frame: bytes, body: bytes, used: int) -> None:
    server = h11.Connection(h11.SERVER, max_incomplete_event_size=65_536)
    server.receive_data(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert isinstance(server.next_event(), h11.Request)
    server.receive_data(frame)
    read = b""
    while isinstance(event := server.next_event(), h11.Data):
        read += bytes(event.data)
    assert isinstance(event, h11.EndOfMessage)
    assert (read, bytes(server.trailing_data[0])) == (body, frame[used:])


LAWS: dict[str, Callable[[bytes], None]] = {
    "request": request, "response": response, "chunks": chunks, "tls": tls, "host": host,
    "url": url, "question": models.question, "answer": models.answer, "words": models.words,
    "door": doors.door, "frames": doors.frames,
}  # fmt: skip
