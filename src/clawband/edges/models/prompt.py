"""What a model is asked, as the chat completions and embeddings APIs of OpenAI spell it.

The body is read once and written anew: what was judged is what is sent, so two readers cannot
disagree about repeated keys.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from clawband.model.errors import InputError

ARGUMENTS: Final = "arguments"
"""Its value is JSON spelled as a text."""
STRUCTURE: Final = frozenset(
    {"call_id", "data", "encrypted_content", "file_data", "id", "image_url", "index", "model",
     "name", "role", "tool_call_id", "type", "url"}
)  # fmt: skip
"""Keys whose texts are names, ids or bytes: nobody's words."""
_DESCRIBED: Final = frozenset({"tools", "functions", "response_format"})
"""Of these only the descriptions are words; the rest says what a tool takes."""
_MOST_RESULTS: Final = 64

Slot = tuple[Any, Any]
"""A container and the key under which it holds a text."""


@dataclass(slots=True)
class Prompt:
    """A question to a model. `texts` are its words, in the order of the body."""

    body: dict[str, Any]
    slots: list[Slot] = field(default_factory=list)
    nested: list[tuple[Any, Any, Any]] = field(default_factory=list)

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def streams(self) -> bool:
        return self.body.get("stream") is True

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(container[key] for container, key in self.slots)

    @property
    def offered(self) -> Mapping[str, Mapping[str, Any]]:
        """The schemas of the tools that the model may call, by name."""
        tools = self.body.get("tools") or self.body.get("functions") or []
        found = (each.get("function", each) for each in tools if isinstance(each, dict))
        return {
            str(each.get("name")): each.get("parameters") or {}
            for each in found
            if isinstance(each, dict)
        }

    @property
    def results(self) -> Sequence[tuple[str, str]]:
        """The newest results of calls that the model is shown: call id and text."""
        messages = self.body.get("messages")
        told = [each for each in messages if isinstance(each, dict)] if messages else []
        return [
            (str(each.get("tool_call_id", "")), words(each.get("content")))
            for each in told
            if each.get("role") == "tool"
        ][-_MOST_RESULTS:]

    def say(self, texts: Sequence[str]) -> None:
        """Put other words in the places of the texts."""
        for (container, key), text in zip(self.slots, texts, strict=True):
            container[key] = text
        for container, key, value in self.nested:
            container[key] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def encoded(self) -> bytes:
        return msgspec.json.encode(self.body)


def read(data: bytes) -> Prompt:
    """Raises `InputError` for what is no question to a model."""
    try:
        body = msgspec.json.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(f"the body is not JSON: {str(error)[:200]}") from error
    if not isinstance(body, dict) or not isinstance(body.get("model"), str) or not body["model"]:
        raise InputError("expected an object with a `model`")
    if not isinstance(body.get("tools") or [], list):
        raise InputError("expected `tools` to be a list")
    if not isinstance(body.get("messages") or [], list):
        raise InputError("expected `messages` to be a list")
    prompt = Prompt(body)
    for container, key, value in _leaves(body, described=False):
        parsed = _parsed(value) if key == ARGUMENTS else None
        if parsed is None:
            prompt.slots.append((container, key))
            continue
        prompt.nested.append((container, key, parsed))
        prompt.slots += [(inner, name) for inner, name, _ in _leaves(parsed, described=False)]
    return prompt


def words(content: object) -> str:
    """A message's content as one text."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def _leaves(value: Any, *, described: bool) -> Iterator[tuple[Any, Any, str]]:
    """Every text that is somebody's words, with where it stands. No recursion: depth is theirs."""
    waiting = [(value, described)]
    while waiting:
        container, described = waiting.pop()
        pairs = container.items() if isinstance(container, dict) else enumerate(container)
        for key, each in pairs:
            below = described or key in _DESCRIBED
            if isinstance(each, dict | list):
                if key not in STRUCTURE:
                    waiting.append((each, below))
            elif isinstance(each, str) and each and key not in STRUCTURE:
                if not described or key == "description":
                    yield container, key, each


def _parsed(text: str) -> Any:
    """The object or list in a text; None when it holds none."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    return value if isinstance(value, dict | list) else None
