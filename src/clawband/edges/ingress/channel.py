"""What the server and the program of the front doors say to each other: lines of JSON.

A line with `ask` wants an answer, which repeats its number; one with `tell` wants none.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from clawband.model.errors import UnavailableError

LINE = 1 << 20
SECONDS = 10.0
Words = dict[str, Any]
Heard = Callable[[str, Words], Awaitable[Words]]
Told = Callable[[str, Words], None]


class Channel:
    """One end. `heard` answers questions, `told` takes the rest, in the order in which it came."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        heard: Heard,
        told: Told,
    ) -> None:
        self._reader, self._writer = reader, writer
        self._heard, self._told = heard, told
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Words]] = {}
        self._answering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until the other end is gone."""
        try:
            while line := await self._reader.readline():
                self._take(json.loads(line))
        except (OSError, ValueError, asyncio.IncompleteReadError):
            pass  # What cannot be read ends it like what does not come.
        finally:
            self.close()

    async def ask(self, what: str, words: Words) -> Words:
        """Raises `UnavailableError` when no answer comes."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._send({"ask": what, "n": number, **words})
            return await asyncio.wait_for(answer, SECONDS)
        except TimeoutError as error:
            raise UnavailableError("the server gave no answer in time") from error
        finally:
            self._waiting.pop(number, None)

    def tell(self, what: str, words: Words) -> None:
        self._send({"tell": what, **words})

    def close(self) -> None:
        self._writer.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(UnavailableError("the server went away"))
        for task in self._answering:
            task.cancel()

    def _take(self, words: Words) -> None:
        if "tell" in words:
            self._told(words.pop("tell"), words)
        elif "ask" in words:
            task = asyncio.ensure_future(self._answer(words))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        elif (answer := self._waiting.get(words.pop("n", 0))) and not answer.done():
            answer.set_result(words)

    async def _answer(self, words: Words) -> None:
        number = words.pop("n")
        self._send({"n": number, **await self._heard(words.pop("ask"), words)})

    def _send(self, words: Words) -> None:
        if not self._writer.is_closing():
            self._writer.write(json.dumps(words).encode() + b"\n")
