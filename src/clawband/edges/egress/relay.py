"""Bytes in both directions until both sides have finished."""

import asyncio
from collections.abc import Callable
from functools import partial

from clawband.edges.egress.account import Account
from clawband.edges.egress.wire import Wire


async def relay(client: Wire, server: Wire, account: Account, half: float) -> str:
    """Pass on what is held and what comes; why it ended.

    Back pressure is that of the sockets: a side that cannot be written to stops the other one. A
    side that finishes leaves the other one `half` seconds.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str] = loop.create_future()
    timers: list[asyncio.TimerHandle] = []

    def settle(why: str) -> None:
        if not done.done():
            done.set_result(why)

    def over(side: Wire, other: Wire, name: str) -> None:
        if side.lost:
            settle(f"the {name} left")
            return
        other.finish()
        if other.ended:
            settle("both sides finished")
        elif not timers:
            timers.append(loop.call_later(half, settle, f"the {name} had finished long ago"))

    _joined(client, server, account.sent)
    _joined(server, client, account.received)
    client.over = partial(over, client, server, "client")
    server.over = partial(over, server, client, "server")
    client.look()
    server.look()
    try:
        return await done
    finally:
        for timer in timers:
            timer.cancel()
        client.free()
        server.free()


def _joined(source: Wire, sink: Wire, count: Callable[[int], None]) -> None:
    """Everything from one side goes to the other one."""
    sink.feeder = source

    def forward(data: bytes) -> None:
        count(len(data))
        sink.write(data)

    if not source.empty:
        forward(source.take())
    source.sink = forward
    if sink.full:
        source.pause()
    else:
        source.resume()
