"""One connection, as bytes that wait to be read, with a limit to every wait."""

import asyncio
import socket

PIECE = 65_536
GOODBYE = 2.0
"""Seconds for the other end to take the rest and to close too."""


class Line:
    """Reads on demand, writes with back pressure. Used by one reader and one writer at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.held = b""
        """What was received and not taken."""
        self.ended = False

    @property
    def open(self) -> bool:
        return not (self.ended or self._reader.at_eof() or self._writer.is_closing())

    def take(self, count: int) -> bytes:
        taken, self.held = self.held[:count], self.held[count:]
        return taken

    async def more(self, seconds: float) -> bool:
        """Wait for bytes besides those held; False when there will be none. Raises
        `TimeoutError`."""
        async with asyncio.timeout(seconds):
            try:
                data = await self._reader.read(PIECE)
            except OSError:
                data = b""
        self.held += data
        self.ended = not data
        return bool(data)

    async def write(self, data: bytes, seconds: float) -> None:
        """Wait while the other end takes nothing. Raises `OSError`, which `TimeoutError` is too."""
        if self._writer.is_closing():
            raise ConnectionResetError("the other end left")
        self._writer.write(data)
        async with asyncio.timeout(seconds):
            await self._writer.drain()

    def abort(self) -> None:
        self._writer.transport.abort()

    async def close(self, last: bytes = b"") -> None:
        """End it so that the other end gets what was written last."""
        try:
            async with asyncio.timeout(GOODBYE):
                if last:
                    await self.write(last, GOODBYE)
                if self._writer.can_write_eof():
                    self._writer.write_eof()
                    while await self.more(GOODBYE):
                        self.held = b""
                self._writer.close()
                await self._writer.wait_closed()
        except OSError:
            pass
        finally:
            self.abort()


async def to(host: str, port: int, seconds: float) -> Line:
    """A connection to a gateway. Raises `OSError`."""
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection(host, port, limit=PIECE)
    told = writer.get_extra_info("socket")
    told.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Line(reader, writer)
