"""The body of a message, byte by byte as it was sent, and no byte of what follows it."""

from clawband.network.chunks import Chunks, Fed
from clawband.network.framing import Body, Kind
from clawband.network.refusal import Refusal


class Framed:
    """Knows where a body ends. What it lets through goes on unchanged: it was checked strictly."""

    def __init__(self, body: Body, most: int) -> None:
        """`most`: bytes of the body that are let through."""
        self._kind, self._left, self._most = body.kind, body.length, most
        self._chunks = Chunks() if body.kind is Kind.CHUNKED else None
        self.done = body.kind is Kind.NONE or (body.kind is Kind.LENGTH and not body.length)

    def feed(self, data: bytes) -> Fed | Refusal:
        """The next bytes; `used` of them belong to the body."""
        if self._chunks:
            fed = self._chunks.feed(data)
            if isinstance(fed, Refusal):
                return fed
        elif self._kind is Kind.LENGTH:
            part = data[: self._left]
            self._left -= len(part)
            fed = Fed(len(part), part, not self._left)
        else:
            fed = Fed(len(data), data, False)
        self.done = fed.done
        self._most -= len(fed.body)
        if self._most < 0:
            return Refusal("body-size", "the body is larger than is let through")
        return fed

    @property
    def trailers(self) -> bool:
        """Whether fields came behind the body."""
        return bool(self._chunks and self._chunks.trailers)
