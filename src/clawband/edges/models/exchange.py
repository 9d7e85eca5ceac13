"""One answer on its way back: heard, given its real values, passed on piece by piece."""

import json
import time
from collections.abc import AsyncIterator, Collection, Iterator
from typing import Any, Final

import msgspec

from clawband.edges.models.answer import Heard, Restorer
from clawband.edges.models.events import DONE, Splitter, data_of, written
from clawband.edges.models.problems import shaped
from clawband.edges.models.prompt import Prompt
from clawband.edges.models.upstream import Answer
from clawband.flows.ask_model import Asked, Usage
from clawband.model.digest import Json
from clawband.model.errors import UnavailableError
from clawband.service.models import Models

_decode: Final = msgspec.json.Decoder().decode


class Exchange:
    """The answer to one permitted question."""

    def __init__(self, models: Models, asked: Asked, prompt: Prompt, *, counted: bool) -> None:
        """`counted`: the usage was asked for by us, so the gateway does not expect to see it."""
        self._models, self._asked, self._prompt = models, asked, prompt
        self._counted = counted
        self._heard = Heard()
        names = asked.covered.pseudonyms
        self._restorer = Restorer(names) if names else None
        self._like: dict[str, Any] = {}
        self._began = time.monotonic()
        self._first = 0.0
        self._told: set[tuple[int, int]] = set()
        self.outcome = "cut"
        """`ok`, `error`, or `cut` while it is not complete."""

    async def events(self, answer: Answer) -> AsyncIterator[bytes]:
        """A stream of events. What goes wrong on the way is its last event."""
        splitter = Splitter()
        try:
            async for piece in answer.pieces():
                self._first = self._first or time.monotonic()
                # What came together goes together: one write for all events of one read.
                if passed := b"".join(map(self._event, splitter.feed(piece))):
                    yield passed
            if passed := self._event(splitter.end()) + self._rest():
                yield passed
            self.outcome = "ok"
        except UnavailableError as error:
            self.outcome = "error"
            yield written(shaped(error.message, "provider_unavailable", "server_error"))

    async def whole(self, answer: Answer) -> bytes:
        """An answer in one piece. Raises `UnavailableError`."""
        body = await answer.whole()
        self._first = time.monotonic()
        try:
            told = _decode(body)
        except msgspec.MsgspecError as error:
            self.outcome = "error"
            raise UnavailableError("the provider's answer is not JSON") from error
        if isinstance(told, dict):
            self._heard.hear(told)
            self._tell({choice for choice, _ in self._heard.calls})
        self.outcome = "ok"
        return json.dumps(self._restorer.whole(told)).encode() if self._restorer else body

    async def finish(self, status: int) -> None:
        """Record it."""
        heard, now = self._heard, time.monotonic()
        detail: dict[str, Json] = {
            "status": status,
            "finish": heard.finish,
            "calls": [call.id for call in heard.calls.values()],
            "milliseconds": int((now - self._began) * 1000),
            "first_milliseconds": int((self._first - self._began) * 1000) if self._first else None,
        }
        usage = Usage(heard.input, heard.output, heard.cached)
        said = ("".join(heard.words), *(call.arguments for call in heard.calls.values()))
        await self._models.finish(self._asked, usage, self.outcome, detail, said)

    def _event(self, event: bytes) -> bytes:
        """What of an event is passed on."""
        data = data_of(event)
        if data == DONE:
            return self._rest() + event
        if not data:
            return event
        chunk = _chunk(data)
        self._heard.hear(chunk)
        self._tell(self._heard.ended)
        if self._counted and chunk.get("usage") and not chunk.get("choices"):
            return b""
        if self._restorer is None:
            return event
        self._like = {key: each for key, each in chunk.items() if key != "choices"}
        return _written(self._restorer.chunks(chunk))

    def _rest(self) -> bytes:
        """At the end: calls not yet told, words not yet passed on."""
        self._tell({choice for choice, _ in self._heard.calls})
        return _written(self._restorer.rest(self._like)) if self._restorer else b""

    def _tell(self, choices: Collection[int]) -> None:
        """Tell the witness of their calls before the gateway hears of them."""
        fresh = {
            place: each
            for place, each in self._heard.calls.items()
            if place[0] in choices and place not in self._told
        }
        self._told.update(fresh)
        called = [(each.id, each.tool, each.arguments) for each in fresh.values() if each.id]
        if called:
            self._models.called(self._asked, called, self._prompt.offered)


def _chunk(data: bytes) -> dict[str, Any]:
    """The chunk in an event. Half an emoji is no JSON to some readers, so a second one is asked.
    What neither can read is not passed on: it could hold a call that nobody hears of."""
    try:
        chunk = _decode(data)
    except (msgspec.MsgspecError, RecursionError):
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError):
            chunk = None
    if not isinstance(chunk, dict):
        raise UnavailableError("the provider sent an event that is no chunk of an answer")
    return chunk


def _written(chunks: Iterator[dict[str, Any]]) -> bytes:
    return b"".join(written(json.dumps(chunk, separators=(",", ":")).encode()) for chunk in chunks)
