"""The live stream: it says that something happened; an open page then looks again by itself.

Server-sent events (WHATWG HTML §9.2). An event carries the leaf's number and tag, nothing that
somebody else wrote, so there is one way of rendering a row: the page's own.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Final

from starlette.responses import Response, StreamingResponse

from clawband.edges.console.visit import Visit, signed_in
from clawband.model.event import Leaf
from clawband.ports.store import Query

KEEP_ALIVE: Final = 15.0
"""Seconds between signs of life, and between two looks at whether the sign-in still holds."""
RETRY_MS: Final = 2_000


async def follow(visit: Visit) -> Response:
    """From `Last-Event-ID` on when the browser reconnects, else from now on."""
    last = visit.request.headers.get("last-event-id", "")
    after = int(last) if last.isdecimal() and len(last) < 19 else None
    headers = {"x-accel-buffering": "no"}
    return StreamingResponse(lines(visit, after), media_type="text/event-stream", headers=headers)


async def lines(visit: Visit, after: int | None) -> AsyncIterator[str]:
    """The stream; ends when the sign-in does."""
    yield f"retry: {RETRY_MS}\n\n"
    watch = visit.sees.watch()
    # Begin to listen before looking back, or what happens in between is lost.
    coming = asyncio.ensure_future(anext(watch))
    await asyncio.sleep(0)
    try:
        newest = await visit.sees.find(Query(limit=1))
        if newest and after is not None and newest[0].index > after:
            yield _line(newest)
        clock = asyncio.get_running_loop().time
        checked = clock()
        while True:
            done, _ = await asyncio.wait({coming}, timeout=KEEP_ALIVE)
            if done:
                if leaves := coming.result():
                    yield _line(leaves)
                coming = asyncio.ensure_future(anext(watch))
            if clock() - checked < KEEP_ALIVE:
                continue
            checked = clock()
            if not await signed_in(visit.console, visit.request):
                yield "event: leave\ndata: {}\n\n"
                return
            yield ": here\n\n"
    except StopAsyncIteration:
        return  # we were too slow, and the browser connects again
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _line(leaves: Sequence[Leaf]) -> str:
    last = leaves[-1].index
    tags = sorted({str(leaf.event.tag) for leaf in leaves})
    return f"id: {last}\ndata: {json.dumps({'index': last, 'tags': tags})}\n\n"
