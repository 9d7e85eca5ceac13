"""A tool's result as records: which field says what.

Only a text that is one JSON or YAML document as a whole has records. In anything else an author of
one part could imitate the form of another, and then no field says who wrote it. For the same
reason aliases, tags and keys that appear twice make a document unreadable.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

LONGEST = 131_072
"""Characters of a result that are read as records; a longer one has none."""
MOST = 4_096
ITEM = "[]"
"""The field name of a plain item of a list."""
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Record:
    """The plain values of one mapping, or one plain item of a list: field name and value, in order.

    `repeated` are names that the mapping around this one has too. A mail's `headers` may hold a
    `from` of its own, which its sender wrote: it says nothing in the place of the outer one.
    """

    fields: tuple[tuple[str, str], ...]
    repeated: frozenset[str] = frozenset()

    def says(self, name: str, names: tuple[str, ...]) -> bool:
        """Whether a field is one of these, and not only called like it."""
        return name in names and name not in self.repeated

    def values(self, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """The fields with these names."""
        return ((name, value) for name, value in self.fields if self.says(name, names))


def records(text: str) -> tuple[Record, ...]:
    """The records of a result; none when it is not one document. Never raises."""
    if len(text) > LONGEST:
        return ()
    try:
        document = _json(text) if text.lstrip()[:1] in ("{", "[") else _yaml(text)
        found = tuple(_records(document))
    except (ValueError, RecursionError, yaml.YAMLError):
        return ()
    return found if len(found) <= MOST else ()


def _json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_int=str, parse_float=str)
    except json.JSONDecodeError:
        return _yaml(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError("a key appears twice")
    return mapping


def _yaml(text: str) -> Any:
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ValueError("a document with aliases may be larger than it looks")
        if getattr(event, "tag", None):
            raise ValueError("a tag gives a value another meaning")
    document = yaml.compose(text, _LOADER)
    return _plain(document) if document is not None else None


def _plain(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _once([(str(key.value), _plain(value)) for key, value in node.value])
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return str(node.value)


def _records(node: Any, around: frozenset[str] = frozenset()) -> Iterator[Record]:
    """`around` are the keys of the mappings that this one is directly in."""
    if isinstance(node, list):
        for item in node:
            if _is_plain(item):
                yield Record(((ITEM, str(item)),))
            else:
                yield from _records(item)
    elif isinstance(node, dict):
        yield Record(tuple(_fields(node)), around & node.keys())
        for value in node.values():
            if isinstance(value, dict):
                yield from _records(value, around | node.keys())
            for item in value if isinstance(value, list) else ():
                yield from _records(item) if isinstance(item, dict | list) else ()


def _fields(mapping: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in mapping.items():
        for item in value if isinstance(value, list) else [value]:
            if _is_plain(item):
                yield name, str(item)


def _is_plain(value: object) -> bool:
    return value is not None and not isinstance(value, bool | dict | list)
