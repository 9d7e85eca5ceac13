"""Cedar text as policies: one statement at a time, each with its `@id`, `@because` and place.

The engine parses; what is added here is the place of each policy in its file, and what the house
demands of one: an `@id` that is its own, and a `@because` that a refused person can read.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cedarpy

from clawband.model.errors import InputError

ANNOTATIONS = ("id", "because", "remedy")
MAX_ID = 200
REMEMBERED = 256
"""Files: their texts are kept with what was read in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy. `head` is Cedar's JSON form of it; `remedy` says what would lift a forbid."""

    id: str
    because: str
    remedy: str
    effect: str
    text: str
    file: str
    line: int
    head: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where; `str()` is `file:line: message`."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@lru_cache(REMEMBERED)
def parse(text: str, file: str) -> tuple[Sequence[Policy], Sequence[Problem]]:
    """The policies of a file and everything that is wrong with it. Never raises for content.

    Remembered: most files of a set are those of the set before it.
    """
    policies: list[Policy] = []
    problems: list[Problem] = []
    for line, statement in _statements(text):
        try:
            policies.append(_policy(statement, file, line))
        except InputError as error:
            problems.append(Problem(file, line, error.message))
    if not problems and len(policies) != _count(text):
        problems.append(Problem(file, 1, "expected every policy to end with `;`, got another one"))
    return policies, problems


def _count(text: str) -> int:
    """How many policies the engine itself sees: none may be lost by our reading of the text."""
    try:
        return len(json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"])
    except ValueError:
        return -1


def _policy(statement: str, file: str, line: int) -> Policy:
    head = _parsed(statement)
    notes = head.get("annotations", {})
    for needed in ("id", "because"):
        if not notes.get(needed):
            raise InputError(f'expected an annotation `@{needed}("…")`, got none')
    for name, value in notes.items():
        if name not in ANNOTATIONS:
            raise InputError(f"expected one of @{', @'.join(ANNOTATIONS)}, got `@{name}`")
        if not str(value).isprintable():
            raise InputError(f"expected visible characters in `@{name}`, got a control character")
    if len(notes["id"]) > MAX_ID or notes["id"].split() != [notes["id"]]:
        raise InputError(f"expected an id of at most {MAX_ID} characters without spaces")
    return Policy(
        id=notes["id"], because=notes["because"], remedy=notes.get("remedy", ""),
        effect=head["effect"], text=statement, file=file, line=line, head=head,
    )  # fmt: skip


def _parsed(statement: str) -> dict[str, Any]:
    try:
        parsed = json.loads(cedarpy.policies_to_json_str(statement))
    except ValueError as error:
        raise InputError(f"expected a Cedar policy, got {error}") from error
    found = list(parsed["staticPolicies"].values())
    if parsed["templates"]:
        raise InputError("expected a policy without slots, got a template")
    if len(found) != 1:
        raise InputError(f"expected one policy before each `;`, got {len(found)}")
    head: dict[str, Any] = found[0]
    return head


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement up to and with its `;`, and the line it begins on.

    A `;` inside a string or a comment ends nothing. What follows the last `;` is a statement of
    its own when it holds more than space and comments, so that a forgotten `;` is complained of.
    """
    start = position = 0
    while position < len(text):
        character = text[position]
        if character == '"':
            position = _after_string(text, position)
        elif text.startswith("//", position):
            position = _after_line(text, position)
        elif character == ";":
            position += 1
            yield _placed(text, start, position)
            start = position
        else:
            position += 1
    if _code_start(text, start) < len(text):
        yield _placed(text, start, len(text))


def _placed(text: str, start: int, end: int) -> tuple[int, str]:
    begin = min(_code_start(text, start), end)
    return text.count("\n", 0, begin) + 1, text[begin:end]


def _code_start(text: str, position: int) -> int:
    """The first position at or after this one that is neither space nor comment."""
    while position < len(text):
        if text[position].isspace():
            position += 1
        elif text.startswith("//", position):
            position = _after_line(text, position)
        else:
            return position
    return position


def _after_line(text: str, position: int) -> int:
    """Cedar ends a comment at a line feed or a carriage return; to miss one hides a policy."""
    while position < len(text) and text[position] not in "\r\n":
        position += 1
    return position


def _after_string(text: str, position: int) -> int:
    position += 1
    while position < len(text) and text[position] != '"':
        position += 2 if text[position] == "\\" else 1
    return position + 1
