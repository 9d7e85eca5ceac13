"""What one open passage has carried, what it may still carry, and its end."""

import asyncio
from collections.abc import Callable

from clawband.edges.egress.limits import Limits
from clawband.edges.egress.wire import Wire
from clawband.service.passages import Passage

LOOK = 256 * 1024
"""Bytes after which the shared budget is looked at again."""


class Account:
    """Counts a passage and ends its connections: cut, over budget, idle or too old."""

    def __init__(
        self, passage: Passage, left: Callable[[Passage], int | None], limits: Limits
    ) -> None:
        """`left`: what the passage's shared budget has left now; None for no budget."""
        self.passage = passage
        self.why = ""
        """Why it was ended from here; empty while it was not."""
        self.told = ""
        """How it went, where it ended by itself."""
        self._left, self._limits = left, limits
        self._wires: list[Wire] = []
        self._own: list[Wire] = []
        self._look = min(LOOK, passage.left) if passage.left is not None else LOOK
        loop = asyncio.get_running_loop()
        self._time = loop.time
        self._last = loop.time()
        self._timers = [
            loop.call_later(limits.idle, self._idle),
            loop.call_later(limits.lifetime, self.end, "it was open for too long"),
        ]

    def holds(self, *wires: Wire) -> None:
        """These end with the passage."""
        self._wires += wires
        if self.why:
            self._abort()

    def end(self, why: str) -> None:
        """At once; only the first reason counts."""
        self.why = self.why or why
        self._abort()

    def sent(self, count: int) -> None:
        self.passage.sent += count
        self._count(count)

    def received(self, count: int) -> None:
        self.passage.received += count
        self._count(count)

    def owns(self, wire: Wire) -> None:
        """Ends with the passage, also when that ends well."""
        self._own.append(wire)
        self.holds(wire)

    def gives(self, wire: Wire) -> None:
        """Somebody else has it from here on."""
        self._own.remove(wire)

    def rest(self) -> None:
        """What goes through it is counted elsewhere."""
        for timer in self._timers:
            timer.cancel()

    def close(self) -> None:
        self.rest()
        for wire in self._own:
            wire.leave()

    def _count(self, count: int) -> None:
        self._last = self._time()
        if self.passage.left is None:
            return
        self._look -= count
        if self._look <= 0:
            left = self._left(self.passage)
            self._look = LOOK if left is None else min(LOOK, left)
            if self._look <= 0:
                self.end("its byte budget is used up")

    def _idle(self) -> None:
        left = self._last + self._limits.idle - self._time()
        if left <= 0:
            self.end("nothing went through it for too long")
        else:
            self._timers[0] = asyncio.get_running_loop().call_later(left, self._idle)

    def _abort(self) -> None:
        for wire in self._wires:
            wire.abort()
