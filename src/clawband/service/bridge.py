"""From the writer's thread back into the loop: one wake-up for a whole batch of answers."""

import asyncio
from collections import deque
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Bridge:
    """Waits for futures that another thread resolves many of at once.

    `asyncio.wrap_future` wakes the loop once for each; under load those wake-ups cost more than
    the answers.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._done: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()

    async def wait(self, future: "Future[T]") -> T:
        """The future's result; raises its exception."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[T] = loop.create_future()

        def done(resolved: "Future[T]") -> None:
            with self._lock:
                self._done.append((waiting, resolved))
                first = len(self._done) == 1
            if first:
                loop.call_soon_threadsafe(self._drain)

        future.add_done_callback(done)
        return await waiting

    def _drain(self) -> None:
        with self._lock:
            done, self._done = self._done, deque()
        for waiting, resolved in done:
            if waiting.done():  # whoever asked has gone; the unit is written all the same
                continue
            error = resolved.exception()
            if error is not None:
                waiting.set_exception(error)
            else:
                waiting.set_result(resolved.result())
