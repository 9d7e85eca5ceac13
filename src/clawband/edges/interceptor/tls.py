"""One TLS connection over a socket that is open already, some of whose bytes were read before."""

import asyncio
import ssl

PIECE = 65_536
GOODBYE_SECONDS = 1.0


class Tls:
    """Bytes in, bytes out. `broken` once it ended without saying so (RFC 8446 §6.1)."""

    def __init__(
        self,
        context: ssl.SSLContext,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        upstream: str = "",
        early: bytes = b"",
    ) -> None:
        """`upstream`: the host whose certificate is asked for; empty for the server's part."""
        self.broken = False
        self._reader, self._writer = reader, writer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._incoming.write(early)
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing,
            server_side=not upstream, server_hostname=upstream or None,
        )  # fmt: skip

    async def shake(self) -> None:
        """The handshake. Raises `ssl.SSLError` and `OSError`."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._feed():
                    raise ConnectionResetError("the other end left") from None
            except ssl.SSLError:
                await self._flush()  # The alert that says what was wrong.
                raise
            else:
                await self._flush()
                return

    async def read(self) -> bytes:
        """Some bytes; none at the end. Raises `OSError`."""
        while True:
            try:
                return self._tls.read(PIECE)
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._feed():
                    self.broken = True
                    return b""
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLError:
                self.broken = True
                return b""

    async def write(self, data: bytes) -> None:
        """Raises `OSError`, which `ssl.SSLError` is too."""
        self._tls.write(data)
        await self._flush()

    async def close(self, *, politely: bool) -> None:
        """With or without saying so to the other end."""
        try:
            if politely:
                self._tls.unwrap()
        except ssl.SSLError:
            pass  # It waits for the other end's goodbye; ours is written.
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._flush()
                self._writer.close()
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()

    async def _feed(self) -> bool:
        try:
            data = await self._reader.read(PIECE)
        except OSError:
            self.broken = True
            raise
        self._incoming.write(data)
        return bool(data)

    async def _flush(self) -> None:
        if data := self._outgoing.read():
            await send(self._writer, data)


async def send(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Write, and wait while the other end takes nothing. Raises `OSError` when it is gone."""
    if writer.is_closing():
        raise ConnectionResetError("the other end left")
    writer.write(data)
    await writer.drain()
