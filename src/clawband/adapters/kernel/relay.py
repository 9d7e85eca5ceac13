"""Carries the permitted connections between the machine and the contained gateway, byte by byte."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

CHUNK: Final = 1 << 16
BACKLOG: Final = 128
UNIX: Final = "unix:"
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


async def carry(pairs: Sequence[tuple[str, str]]) -> None:
    """Relay from each first to its second, `address:port` or `unix:/path`, until SIGTERM."""
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    servers = [await serve(_door(begin), _way(end)) for begin, end in pairs]
    await over.wait()
    for server in servers:
        server.close()


def _door(said: str) -> socket.socket:
    if not said.startswith(UNIX):
        host, _, port = said.rpartition(":")
        return listening(host, int(port))
    path = said.removeprefix(UNIX)
    with suppress(FileNotFoundError):
        os.unlink(path)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    door.bind(path)
    # Who may come here is who has the folder.
    os.chmod(path, 0o666)  # noqa: S103
    return door


def _way(said: str) -> Connect:
    if said.startswith(UNIX):
        return to_path(said.removeprefix(UNIX))
    host, _, port = said.rpartition(":")
    return to_port(host, int(port))


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
        except asyncio.CancelledError:
            return  # everything ends; the streams' own callback would complain
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
