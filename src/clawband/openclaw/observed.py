"""What calls of a tool looked like, and the declaration they suggest.

Only shapes are kept: the names of arguments, in how many calls they were, and what their values
looked like. A suggestion is a guess from names and shapes for a person to correct: where nothing
speaks for something better, it is the worst.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clawband.model.deployment import Tool
from clawband.openclaw.arguments import KINDS, LONGEST, find, looks_like, steps

MOST_ARGUMENTS = 64
ODD = "(odd)"
"""Stands for keys that no declaration could name; they may be data rather than names."""
_SHORT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One argument. `looks` counts calls by what the values were: a `Meaning`, `words` (a short
    text), `text` (a long one), `number` or `flag`."""

    name: str
    calls: int
    looks: Mapping[str, int]

    @property
    def most(self) -> str:
        """What the values mostly were."""
        return max(self.looks, key=lambda look: (self.looks[look], look), default="words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One tool. `unknown` says that nobody had declared it."""

    tool: str
    calls: int
    agents: tuple[str, ...]
    arguments: tuple[Seen, ...]
    unknown: bool = True
    unused: tuple[str, ...] = ()
    """Declared names that no call had."""


@dataclass(slots=True)
class Tally:
    """Counts the calls of one tool."""

    calls: int = 0
    agents: set[str] = field(default_factory=set)
    unknown: bool = False
    _arguments: dict[str, Counter[str]] = field(default_factory=dict)
    _in: Counter[str] = field(default_factory=Counter)
    _missed: set[str] | None = None

    def add(self, agent: str, arguments: Mapping[str, Any], tool: Tool | None) -> None:
        """One call; `tool` is its declaration, None for an unknown one."""
        self.calls += 1
        self.agents.add(agent)
        self.unknown |= tool is None
        looks: dict[str, set[str]] = {}
        for name, value in _leaves(arguments):
            if len(looks) < MOST_ARGUMENTS or name in looks:
                looks.setdefault(name, set()).add(_look(value))
        for name, found in looks.items():
            self._in[name] += 1
            self._arguments.setdefault(name, Counter()).update(found)
        missed = {each for each in _names(tool) if not any(find(arguments, each))}
        self._missed = missed if self._missed is None else self._missed & missed

    def observed(self, name: str) -> Observed:
        return Observed(
            tool=name,
            calls=self.calls,
            agents=tuple(sorted(self.agents)),
            arguments=tuple(
                Seen(name=each, calls=self._in[each], looks=dict(self._arguments[each]))
                for each in sorted(self._arguments)[:MOST_ARGUMENTS]
            ),
            unknown=self.unknown,
            unused=tuple(sorted(self._missed or ())),
        )


def _names(tool: Tool | None) -> Iterator[str]:
    for kind in (*(kind for kind, _ in KINDS), "contents"):
        yield from getattr(tool, kind) if tool else ()
    yield from filter(None, (tool.amount, tool.currency) if tool else ())


def _leaves(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every value that is no object or list, and the name a declaration would give it."""
    left: list[tuple[str, Any]] = [(_name("", str(key)), arguments[key]) for key in arguments]
    while left:
        name, value = left.pop(0)
        if isinstance(value, Mapping):
            left += [(_name(f"{name}.", str(key)), inner) for key, inner in value.items()]
        elif isinstance(value, list | tuple):
            listed = any(isinstance(item, Mapping) for item in value)
            left += [(f"{name}[]" if listed else name, item) for item in value]
        elif value is not None and value != "":
            yield name, value


def _name(before: str, key: str) -> str:
    plain = key.replace("_", "").replace("-", "")
    good = plain.isascii() and plain.isalnum() and len(before) + len(key) <= _SHORT
    return ODD if not good or before.startswith(ODD) else f"{before}{key}"


def _look(value: object) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        return "text"
    meaning = looks_like(value)
    return str(meaning) if meaning else "words" if len(value) <= _SHORT else "text"


def last_word(name: str) -> str:
    """The folded key at the end of a name."""
    return steps(name)[-1]
