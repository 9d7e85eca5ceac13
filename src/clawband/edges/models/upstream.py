"""The connection to a model provider: HTTP/1.1, kept open, to the configured host only.

No redirect is followed, no proxy is used, certificates are verified. Every wait is limited.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import httptools

from clawband.model.errors import InputError, UnavailableError
from clawband.ports.own import Own

CONNECT_SECONDS: Final = 10.0
MOST_IDLE: Final = 16
"""Connections to one provider that are kept open while nobody uses them."""
PIECE: Final = 65_536
MOST_HEADERS: Final = 65_536
_SCHEMES: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of one answer, in seconds and bytes."""

    first_byte: float = 300.0
    """A model may think for minutes before it says anything."""
    idle: float = 120.0
    size: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Address:
    """Where a provider is: parts of its base URL, such as `https://api.example/v1`."""

    host: str
    port: int
    tls: bool
    base: str

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Raises `InputError` for anything but a plain HTTP(S) address."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise InputError(f"`{url[:100]}` is no address: {error}") from error
        odd = parts.username or parts.password or parts.query or parts.fragment
        if parts.scheme not in _SCHEMES or not parts.hostname or odd or not _plain(url):
            raise InputError(
                f"expected an address such as `https://api.example/v1`, got `{url[:100]}`",
                remedy="give scheme, host and path, and nothing else",
            )
        port = port or _SCHEMES[parts.scheme]
        return cls(parts.hostname, port, parts.scheme == "https", parts.path.rstrip("/"))

    @property
    def named(self) -> str:
        """As in the Host header (RFC 9110 §7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port in _SCHEMES.values() else f"{host}:{self.port}"


def _plain(url: str) -> bool:
    return url.isascii() and url.isprintable() and " " not in url


@dataclass(slots=True)
class _Line:
    """One open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: bool = False

    def close(self) -> None:
        self.writer.close()


@dataclass(slots=True)
class _Parsed:
    """What httptools has told of an answer so far."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    size: int = 0
    pieces: deque[bytes] = field(default_factory=deque)
    parser: httptools.HttpResponseParser | None = None
    head: bool = False
    done: bool = False
    again: bool = False
    """Whether the other side keeps the connection."""

    def on_header(self, name: bytes, value: bytes) -> None:
        self.size += len(name) + len(value)
        if self.size > MOST_HEADERS:
            raise UnavailableError("the provider's answer has too large headers")
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.status = self.parser.get_status_code() if self.parser else 0
        self.head = self.status >= 200  # else an interim answer (RFC 9110 §15.2)
        self.headers = self.headers if self.head else {}

    def on_body(self, body: bytes) -> None:
        self.pieces.append(body)

    def on_message_complete(self) -> None:
        self.done = self.head
        self.again = bool(self.parser and self.parser.should_keep_alive())


class Answer:
    """A provider's answer: its head is known, its body comes piece by piece."""

    def __init__(
        self, upstream: "Upstream", line: _Line, patience: Patience, parsed: _Parsed,
        parser: httptools.HttpResponseParser,
    ) -> None:  # fmt: skip
        self._upstream, self._line, self._patience = upstream, line, patience
        self._parsed, self._parser = parsed, parser
        self.key = ""
        """What it was asked with: left out of what is passed on of it."""
        self.status, self.headers = parsed.status, parsed.headers

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises `UnavailableError` when it ends early, stalls or is too
        large. Let go of the answer with `close` whatever happens."""
        size = 0
        while True:
            while self._parsed.pieces:
                piece = self._parsed.pieces.popleft()
                size += len(piece)
                if size > self._patience.size:
                    raise UnavailableError(
                        f"the provider's answer is larger than {self._patience.size} bytes"
                    )
                yield piece
            if self._parsed.done:
                return
            await _more(self._line, self._parser, self._parsed, self._patience.idle)

    async def whole(self) -> bytes:
        return b"".join([piece async for piece in self.pieces()])

    def close(self) -> None:
        """Keep the connection if the answer was read to its end, else close it."""
        self._upstream.give_back(self._line, again=self._parsed.done and self._parsed.again)


class Upstream:
    """One provider's connections."""

    def __init__(
        self, address: Address, key: Own | None, *, patience: Patience = Patience()
    ) -> None:
        self._address, self._key, self._patience = address, key, patience
        self._idle: deque[_Line] = deque()
        self._tls = ssl.create_default_context() if address.tls else None

    async def send(self, method: str, path: str, body: bytes) -> Answer:
        """Ask; the answer's head. Raises `UnavailableError` when there is none in time.

        A connection that the provider closed while nobody used it is replaced once; on a new one
        nothing is sent twice.
        """
        key = await asyncio.to_thread(self._key) if self._key else ""
        head = self._head(method, path, len(body), key)
        while True:
            line = self._kept() or await self._open()
            try:
                answer = await self._ask(line, head + body)
                answer.key = key
                return answer
            except _StaleError:
                line.close()
            except BaseException:
                line.close()
                raise

    def give_back(self, line: _Line, *, again: bool) -> None:
        if again and len(self._idle) < MOST_IDLE:
            line.used = True
            self._idle.append(line)
        else:
            line.close()

    def close(self) -> None:
        while self._idle:
            self._idle.popleft().close()

    def _kept(self) -> _Line | None:
        while self._idle:
            line = self._idle.pop()
            if not line.reader.at_eof() and not line.writer.is_closing():
                return line
            line.close()
        return None

    async def _open(self) -> _Line:
        try:
            opening = asyncio.open_connection(
                self._address.host, self._address.port, ssl=self._tls, limit=PIECE
            )
            return _Line(*await asyncio.wait_for(opening, CONNECT_SECONDS))
        except (OSError, TimeoutError) as error:
            raise UnavailableError(
                f"the provider cannot be reached: {type(error).__name__}",
                remedy="see that its address in `clawband.toml` is right and reachable from here",
            ) from error

    async def _ask(self, line: _Line, request: bytes) -> Answer:
        line.writer.write(request)
        parsed = _Parsed()
        parser = parsed.parser = httptools.HttpResponseParser(parsed)
        patience = self._patience
        while not parsed.head:
            try:
                await _more(line, parser, parsed, patience.first_byte)
            except UnavailableError:
                gone = line.reader.at_eof() or line.reader.exception() is not None
                if line.used and not parsed.size and gone:
                    raise _StaleError from None
                raise
        return Answer(self, line, patience, parsed, parser)

    def _head(self, method: str, path: str, size: int, key: str) -> bytes:
        fields = {
            "host": self._address.named,
            "accept": "application/json, text/event-stream",
            "accept-encoding": "identity",
            "user-agent": "clawband",
        }
        if key:
            fields["authorization"] = f"Bearer {_word(key)}"
        if method != "GET":
            fields |= {"content-type": "application/json", "content-length": str(size)}
        lines = [f"{method} {self._address.base}{path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _word(key: str) -> str:
    if key.isascii() and key.isprintable() and len(key.split()) == 1:
        return key
    raise UnavailableError("the provider's key is no single word", remedy="correct its value")


class _StaleError(Exception):
    """A kept connection was closed by the other side before it said anything."""


async def _more(
    line: _Line, parser: httptools.HttpResponseParser, parsed: _Parsed, seconds: float
) -> None:
    """Read and parse one more piece."""
    try:
        async with asyncio.timeout(seconds):
            data = await line.reader.read(PIECE)
    except TimeoutError as error:
        raise UnavailableError(f"the provider said nothing for {seconds:.0f} s") from error
    except OSError as error:
        raise UnavailableError(f"the provider broke off: {type(error).__name__}") from error
    try:
        if not data:
            _ended(parsed)
        else:
            parser.feed_data(data)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
        raise UnavailableError("the provider's answer is not HTTP") from error


def _ended(parsed: _Parsed) -> None:
    """The other side closed. That ends only an answer without a length (RFC 9112 §6.3)."""
    until = parsed.head and not {"content-length", "transfer-encoding"} & set(parsed.headers)
    if not until:
        raise UnavailableError("the provider closed before its answer was complete")
    parsed.done = True
