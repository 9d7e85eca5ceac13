"""WebSocket frames as they pass, checked and not changed (RFC 6455 §5).

What two ends could read differently is refused: extensions nobody agreed on, lengths in a longer
form than they need, masks where there must be none.
"""

from dataclasses import dataclass
from typing import Final

from clawband.network.refusal import Refusal

CLOSE: Final = 8
POLICY, TOO_BIG, AWAY, PROTOCOL = 1008, 1009, 1001, 1002
"""Why a connection ends (RFC 6455 §7.4.1)."""
_KNOWN: Final = frozenset({0, 1, 2, CLOSE, 9, 10})
_CONTROL: Final = 125
"""Bytes that a control frame holds at most."""


@dataclass(frozen=True, slots=True)
class Passed:
    """`data` may go on. `begun` counts the frames that began in it, control frames too."""

    data: bytes
    begun: int


class Frames:
    """One direction of one connection. After a refusal it is fed no more."""

    __slots__ = ("_closed", "_head", "_left", "_masked", "_most", "_open", "_size")

    def __init__(self, *, masked: bool, most: int) -> None:
        """`masked`: what a client sends is, what a server sends is not (RFC 6455 §5.1). `most`:
        bytes of a message."""
        self._masked, self._most = masked, most
        self._head = b""
        self._left = self._size = 0
        self._open = self._closed = False

    @property
    def between(self) -> bool:
        """Whether no frame has begun that has not ended."""
        return not self._left and not self._head

    def feed(self, data: bytes) -> Passed | Refusal:
        """The next bytes, of any length. A frame's head goes on only when it is whole."""
        at, begun, out = 0, 0, bytearray()
        while at < len(data):
            if self._left:
                part = data[at : at + self._left]
                out += part
                at += len(part)
                self._left -= len(part)
                continue
            need = self._needs() - len(self._head)
            self._head += data[at : at + need]
            at += need
            if len(self._head) == self._needs():
                wrong = self._begin()
                if wrong is not None:
                    return wrong
                out += self._head
                self._head = b""
                begun += 1
        return Passed(bytes(out), begun)

    def _needs(self) -> int:
        """Bytes of a head, as far as its first two say."""
        if len(self._head) < 2:
            return 2
        more = {126: 2, 127: 8}.get(self._head[1] & 0x7F, 0)
        return 2 + more + 4 * bool(self._head[1] & 0x80)

    def _begin(self) -> Refusal | None:
        head, mask = self._head, 4 * self._masked
        code, fin, short = head[0] & 0x0F, bool(head[0] & 0x80), head[1] & 0x7F
        if self._closed:
            return Refusal("after-close", "a frame after the last one")
        if head[0] & 0x70 or code not in _KNOWN:
            return Refusal(
                "frame", "a frame of a kind, or with an extension, that nobody agreed on"
            )
        if bool(head[1] & 0x80) != self._masked:
            return Refusal("mask", "a frame with a mask, or without one, where it must not be so")
        long = int.from_bytes(head[2 : len(head) - mask])
        length = long if short > _CONTROL else short
        if short > _CONTROL and long < (126 if short == 126 else 1 << 16):
            return Refusal("frame-length", "a length in a longer form than it needs")
        if code >= CLOSE:
            self._left, self._closed = length, code == CLOSE
            return (
                None if fin and length <= _CONTROL else Refusal("control", "a long control frame")
            )
        if self._open != (code == 0):
            return Refusal("fragment", "a message within another one, or the rest of none")
        self._size = length + (self._size if self._open else 0)
        if self._size > self._most:
            return Refusal("message-size", f"a message of more than {self._most} bytes")
        self._open, self._left = not fin, length
        return None


def close(code: int) -> bytes:
    """What a server sends last (RFC 6455 §5.5.1)."""
    return b"\x88\x02" + code.to_bytes(2)
