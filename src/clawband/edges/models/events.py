"""Server-sent events as they are framed on the wire (HTML Standard §9.2)."""

from collections.abc import Iterator
from typing import Final

from clawband.model.errors import UnavailableError

MOST: Final = 8 << 20
"""Bytes of one event."""
DONE: Final = b"[DONE]"


class Splitter:
    """Cuts a stream into events, wherever its pieces end."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Complete events, each with the blank line that ends it. Raises `UnavailableError` for
        one that does not end."""
        whole = self._rest + piece
        start = 0
        while (end := _end(whole, start)) > 0:
            yield whole[start:end]
            start = end
        self._rest = whole[start:]
        if len(self._rest) > MOST:
            raise UnavailableError(f"the provider sent an event of more than {MOST} bytes")

    def end(self) -> bytes:
        """What came after the last complete event."""
        rest, self._rest = self._rest, b""
        return rest


def _end(data: bytes, start: int) -> int:
    """Where the first event ends; 0 when it does not. Lines end with LF or CRLF."""
    ends = [
        place + len(mark) for mark in (b"\n\n", b"\n\r\n") if (place := data.find(mark, start)) >= 0
    ]
    return min(ends, default=0)


def data_of(event: bytes) -> bytes:
    """The event's data; empty for a comment or a mere name."""
    if event.startswith(b"data: ") and event.count(b"\n") == 2:
        return event[6:].strip()
    lines = (line.rstrip(b"\r") for line in event.split(b"\n"))
    found = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    return b"\n".join(found).strip()


def written(data: bytes) -> bytes:
    """An event with this data, which has no line breaks."""
    return b"data: " + data + b"\n\n"
