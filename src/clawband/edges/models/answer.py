"""What a model answers: which tools it calls, what it cost, with the real values put back."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from clawband.edges.models.prompt import ARGUMENTS, STRUCTURE
from clawband.labels.pseudonyms import Pseudonyms, Stream

MOST_CALLS: Final = 256
MOST_ARGUMENTS: Final = 1 << 20
MOST_WORDS: Final = 1 << 20
"""Characters of an answer."""
Path = tuple[str | int, ...]


@dataclass(slots=True)
class Called:
    """A tool call that the model made."""

    id: str = ""
    tool: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Heard:
    """What an answer said so far."""

    words: list[str] = field(default_factory=list)
    """Of all choices, as far as they are looked through."""
    calls: dict[tuple[int, int], Called] = field(default_factory=dict)
    input: int = 0
    output: int = 0
    cached: int = 0
    finish: str = ""
    ended: set[int] = field(default_factory=set)
    """Choices that are complete."""
    _heard: int = 0

    def hear(self, part: Mapping[str, Any]) -> None:
        """Take note of a chunk, or of a whole answer. What it cannot read it leaves."""
        self._usage(part.get("usage"))
        choices = part.get("choices")
        for place, choice in enumerate(choices if isinstance(choices, list) else ()):
            if not isinstance(choice, dict):
                continue
            self.finish = str(choice.get("finish_reason") or self.finish)[:40]
            said = choice.get("delta") or choice.get("message")
            calls = said.get("tool_calls") if isinstance(said, dict) else None
            self._words(said.get("content") if isinstance(said, dict) else None)
            number = choice.get("index", place)
            if choice.get("finish_reason") and isinstance(number, int):
                self.ended.add(number)
            for count, call in enumerate(calls if isinstance(calls, list) else ()):
                if isinstance(call, dict) and isinstance(number, int):
                    self._call(number, call, count)

    def _words(self, content: object) -> None:
        if isinstance(content, str) and content and self._heard < MOST_WORDS:
            self.words.append(content)
            self._heard += len(content)

    def _call(self, choice: int, call: Mapping[str, Any], count: int) -> None:
        place = call.get("index", count)
        key = (choice, place if isinstance(place, int) else count)
        if key not in self.calls and len(self.calls) >= MOST_CALLS:
            return
        known = self.calls.setdefault(key, Called())
        function = call.get("function")
        known.id = known.id or str(call.get("id") or "")[:256]
        if isinstance(function, dict):
            known.tool = known.tool or str(function.get("name") or "")[:256]
            if len(known.arguments) < MOST_ARGUMENTS:
                known.arguments += str(function.get(ARGUMENTS) or "")

    def _usage(self, usage: object) -> None:
        if not isinstance(usage, dict):
            return
        details = usage.get("prompt_tokens_details")
        self.input = _count(usage.get("prompt_tokens"), self.input)
        self.output = _count(usage.get("completion_tokens"), self.output)
        if isinstance(details, dict):
            self.cached = _count(details.get("cached_tokens"), self.cached)


def _count(value: object, known: int) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**40 else known


class Restorer:
    """Puts real values back into an answer, whole or in chunks."""

    def __init__(self, names: Pseudonyms) -> None:
        self._names = names
        self._spelled = Pseudonyms({name: _spelled(each) for name, each in names.real.items()})
        self._streams: dict[Path, Stream] = {}

    def whole(self, answer: Any) -> Any:
        """A whole answer with the real values."""
        for container, key, _ in _leaves(answer, ()):
            names = self._spelled if key == ARGUMENTS else self._names
            container[key] = names.restore(container[key])
        return answer

    def chunks(self, chunk: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The chunk with what may be passed on; before the last one of a choice, what was kept."""
        choices = chunk.get("choices")
        for place, choice in enumerate(choices if isinstance(choices, list) else ()):
            if not isinstance(choice, dict):
                continue
            number = choice.get("index", place)
            delta = choice.get("delta")
            for container, key, path in _leaves(delta, (number,)):
                container[key] = self._stream(path, key).feed(container[key])
            if choice.get("finish_reason"):
                yield from self.rest(chunk, number)
        yield chunk

    def rest(self, like: Mapping[str, Any], choice: int | None = None) -> Iterator[dict[str, Any]]:
        """What was kept back and became no pseudonym, as chunks like this one."""
        for path, stream in self._streams.items():
            if choice in (None, path[0]) and (text := stream.end()):
                chunk = {key: each for key, each in like.items() if key != "usage"}
                one = {"index": path[0], "delta": _nested(path[1:], text), "finish_reason": None}
                yield copy.deepcopy({**chunk, "choices": [one]})

    def _stream(self, path: Path, key: object) -> Stream:
        if path not in self._streams:
            written = _spelled if key == ARGUMENTS else str
            self._streams[path] = self._names.stream(written)
        return self._streams[path]


def _leaves(value: Any, path: Path) -> Iterator[tuple[Any, Any, Path]]:
    """Texts of an answer with where they stand; an element of a list is known by its `index`."""
    waiting: list[tuple[Any, Path]] = [(value, path)]
    while waiting:
        container, path = waiting.pop()
        if isinstance(container, list):
            for place, each in enumerate(container):
                number = each.get("index", place) if isinstance(each, dict) else place
                waiting.append((each, (*path, number if isinstance(number, int) else place)))
        elif isinstance(container, dict):
            for key, each in container.items():
                if isinstance(each, str) and key not in STRUCTURE and key != "finish_reason":
                    yield container, key, (*path, key)
                elif key not in STRUCTURE:
                    waiting.append((each, (*path, key)))


def _nested(path: Path, text: str) -> Any:
    """`("tool_calls", 0, "function", "arguments")` as the delta that says this text there."""
    value: Any = text
    for step in reversed(path):
        if isinstance(step, str):
            value = {step: value}
        else:
            value = [{"index": step, **value} if isinstance(value, dict) else value]
    return value


def _spelled(value: str) -> str:
    """A value as it stands inside a JSON text."""
    return json.dumps(value)[1:-1]
