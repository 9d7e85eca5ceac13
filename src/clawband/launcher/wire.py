"""What the launcher asks of the server and tells it, over loopback, without a JSON or HTTP library.

A body is lines of `key value`, the value percent-encoded (RFC 3986 unreserved characters stay).
"""

from _socket import AF_INET, SOCK_STREAM, socket

HOST = "127.0.0.1"
TICKET = b"CLAWBAND_TICKET"
"""Names the variable that holds the ticket. No confined command reads another one's environment."""
REDEEM, REPORT, END = "redeem", "report", "end"
LARGEST = 4_000_000
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HEX = frozenset(b"0123456789ABCDEFabcdef")

Fields = list[tuple[str, str]]


class RefusedError(Exception):
    """The server said no, or nothing that can be understood. The text is for the person."""


def encode(fields: Fields) -> bytes:
    lines = [f"{key} {_quote(value)}\n" for key, value in fields]
    return "".join(lines).encode("ascii")


def decode(body: bytes) -> Fields:
    """Raises `RefusedError` for anything but `encode`'s form."""
    fields = []
    for line in body.splitlines():
        key, space, value = line.partition(b" ")
        if not key or not space:
            raise RefusedError("the server's answer has a line without a key and a value")
        fields.append((key.decode("ascii", "replace"), _unquote(value)))
    return fields


class Question:
    """`POST /launch/v1/<what>`, sent when it is made; raises `RefusedError`."""

    def __init__(self, port: int, what: str, fields: Fields, seconds: float) -> None:
        body = encode(fields)
        head = (
            f"POST /launch/v1/{what} HTTP/1.1\r\nhost: {HOST}:{port}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self._line = socket(AF_INET, SOCK_STREAM)
        self._line.settimeout(seconds)
        try:
            self._line.connect((HOST, port))
            self._line.sendall(head.encode("ascii") + body)
        except OSError as error:
            self._line.close()
            raise _gone(error) from None

    def answer(self) -> Fields:
        """What the server says; raises `RefusedError` when that is no."""
        try:
            status, body = _parse(self._read())
        except OSError as error:
            raise _gone(error) from None
        finally:
            self._line.close()
        if status == b"200":
            return decode(body)
        said = body.removeprefix(b"reason ").partition(b"\n")[0] if body[:7] == b"reason " else b""
        raise RefusedError(
            _unquote(said) or f"the server answered {status.decode('ascii', 'replace')}"
        )

    def _read(self) -> bytes:
        parts, size = [], 0
        while (part := self._line.recv(65536)) and size <= LARGEST:
            parts.append(part)
            size += len(part)
        return b"".join(parts)


def _gone(error: OSError) -> RefusedError:
    return RefusedError(f"the server cannot be asked: {error}")


def _parse(answer: bytes) -> tuple[bytes, bytes]:
    head, blank, body = answer.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    words = lines[0].split(b" ", 2)
    if not blank or len(words) < 2 or not words[0].startswith(b"HTTP/1.") or len(words[1]) != 3:
        raise RefusedError("the server's answer is not HTTP")
    sizes = [each for each in lines[1:] if each.lower().startswith(b"content-length:")]
    if len(sizes) != 1 or sizes[0].partition(b":")[2].strip() != b"%d" % len(body):
        raise RefusedError("the server's answer is cut off")
    return words[1], body


def _quote(value: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in raw)


def _unquote(value: bytes) -> str:
    first, *rest = value.split(b"%")
    parts = [first]
    for part in rest:
        if len(part) < 2 or not _HEX.issuperset(part[:2]):
            raise RefusedError("the server's answer is not percent-encoded")
        parts.append(bytes([int(part[:2], 16)]) + part[2:])
    return b"".join(parts).decode("utf-8", "surrogateescape")
