"""Tells what a firewall of ours drops, for a gateway that others started."""

import asyncio
import signal
import socket

from clawband.adapters.kernel import packets
from clawband.adapters.kernel.telling import Telling


async def watch(door: socket.socket, telling: Telling) -> None:
    """Until SIGTERM or SIGINT; what was heard until then is told."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)

    def heard() -> None:
        for attempt in packets.read(door):
            telling.seen(attempt)

    loop.add_reader(door, heard)
    going_on = asyncio.ensure_future(telling.tell())
    await over.wait()
    loop.remove_reader(door)
    going_on.cancel()
    heard()
    await telling.flush()
