"""Carries the permitted connections between the machine and the contained gateway, byte by byte."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

CHUNK: Final = 1 << 16
BACKLOG: Final = 128
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]


def listening(host: str, port: int, device: str = "") -> socket.socket:
    """A listening socket; `device`: only for what comes in there. Raises `OSError`."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if device:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    door.bind((host, port))
    return door


def to_port(host: str, port: int) -> Connect:
    return lambda: asyncio.open_connection(host, port)


def to_path(path: str) -> Connect:
    return lambda: asyncio.open_unix_connection(path)


async def serve(door: socket.socket, connect: Connect) -> asyncio.Server:
    """Relay every connection of `door`. One that cannot be made is closed at once."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await connect()
        except OSError:
            writer.close()
            return
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            back.close()
            writer.close()

    make = asyncio.start_unix_server if door.family == socket.AF_UNIX else asyncio.start_server
    return await make(carry, sock=door, backlog=BACKLOG)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """One direction to its end, and tell the other side that it ended."""
    try:
        while data := await source.read(CHUNK):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
            return
    except OSError:
        pass
    with suppress(OSError):
        sink.close()
