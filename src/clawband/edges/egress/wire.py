"""One TCP connection: its bytes wait here, or go straight on to another connection."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress

MOST = 64 * 1024
"""Bytes that wait before the other end is asked to stop. What is asked for may be more."""
LINGER = 2.0
"""Seconds that the other end has to close too, once everything was sent."""
STALLED = 30.0
"""Seconds in which it takes nothing of what is still to be sent."""
_RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: on, no time."""


class Wire(asyncio.Protocol):
    """Reads on demand, writes with back pressure. Used in one task, besides `abort`.

    With a `sink` every byte goes there at once and nothing waits. A connection that is lost looks
    like one that has ended; `lost` tells them apart, `broken` that it ended without saying so.
    """

    def __init__(self, begun: Callable[["Wire"], None] | None = None) -> None:
        self.transport: asyncio.Transport
        self.sink: Callable[[bytes], None] | None = None
        self.over: Callable[[], None] | None = None
        """Called when the other end has finished, and when the connection is lost."""
        self.feeder: Wire | None = None
        """Stops reading while this one cannot write."""
        self.ended = self.lost = self.broken = self.full = False
        self._begun = begun
        self._held = bytearray()
        self._paused = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing waits to be taken."""
        return not self._held

    @property
    def held(self) -> bytes:
        """What was received and not taken."""
        return bytes(self._held)

    def take(self, most: int | None = None) -> bytes:
        taken = bytes(self._held if most is None else self._held[:most])
        del self._held[: len(taken)]
        return taken

    async def more(self) -> bool:
        """Wait for bytes besides those held; False when there will be none."""
        if self.ended:
            return False
        self._reader = asyncio.get_running_loop().create_future()
        self.resume()
        try:
            await self._reader
        finally:
            self._reader = None
        return not self.ended

    def write(self, data: bytes) -> None:
        if not self.lost:
            self.transport.write(data)

    async def drain(self) -> None:
        """Wait until the other end takes what was written. Raises `ConnectionError`."""
        if self.lost:
            raise ConnectionResetError
        if self.full:
            self._writer = self._writer or asyncio.get_running_loop().create_future()
            await self._writer

    def finish(self) -> None:
        """Say that we have nothing more to send."""
        with suppress(OSError, RuntimeError):
            if not self.lost and self.transport.can_write_eof():
                self.transport.write_eof()

    def abort(self) -> None:
        """End it at once, whatever waits to be sent: the other end is told that it was cut."""
        if not self.lost:
            with suppress(OSError):
                told = self.transport.get_extra_info("socket")
                told.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.transport.abort()

    def leave(self) -> None:
        """End it as soon as the other end has taken what was written, or does not."""
        self.free()
        if not self.lost:
            self.transport.close()
            asyncio.get_running_loop().call_later(STALLED, self.transport.abort)

    async def close(self) -> None:
        """End it so that the other end gets what was written: with unread bytes in our buffer the
        kernel would reset the connection (RFC 9112 §9.6). It may be slow, but not idle."""
        self.free()
        self.finish()
        try:
            waiting = -1
            while not self.ended and waiting != self._unsent():
                waiting = self._unsent()
                with suppress(TimeoutError):
                    async with asyncio.timeout(STALLED if waiting else LINGER):
                        while await self.more():
                            self._held.clear()
        finally:
            if not self.lost:
                self.transport.abort()

    def pause(self) -> None:
        if not self._paused and not self.transport.is_closing():
            self._paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        if self._paused and not self.transport.is_closing():
            self._paused = False
            self.transport.resume_reading()

    def look(self) -> None:
        """Tell `over` also what was before anybody asked."""
        if self.ended and self.over:
            self.over()

    def free(self) -> None:
        """What comes now waits here again."""
        self.sink, self.over, self.feeder = None, None, None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        if self._begun:
            self._begun(self)

    def data_received(self, data: bytes) -> None:
        if self.sink:
            self.sink(data)
            return
        self._held += data
        if len(self._held) >= MOST:
            self.pause()
        self._wake()

    def eof_received(self) -> bool:
        self.ended = True
        self._wake()
        if self.over:
            self.over()
        return True  # The other direction may go on.

    def connection_lost(self, error: Exception | None) -> None:
        self.broken = error is not None or not self.ended
        self.ended = self.lost = True
        self._wake()
        if self._writer and not self._writer.done():
            self._writer.set_exception(ConnectionResetError())
            self._writer.exception()
        if self.over:
            self.over()

    def pause_writing(self) -> None:
        self.full = True
        if self.feeder:
            self.feeder.pause()

    def resume_writing(self) -> None:
        self.full = False
        if self._writer and not self._writer.done():
            self._writer.set_result(None)
        self._writer = None
        if self.feeder:
            self.feeder.resume()

    def _unsent(self) -> int:
        return 0 if self.lost else self.transport.get_write_buffer_size()

    def _wake(self) -> None:
        if self._reader and not self._reader.done():
            self._reader.set_result(None)
