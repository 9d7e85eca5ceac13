"""A manifest's values as TOML, for drafts that people go on editing."""

from collections.abc import Iterator, Mapping
from typing import Any

_SHORT = {'"': '\\"', "\\": "\\\\"}


def toml(values: Mapping[str, Any]) -> str:
    """TOML v1.0.0 of texts, numbers, truths, lists and tables, as `tomllib` reads it back."""
    return "\n".join(_table(values, ())) + "\n"


def _table(values: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[str]:
    for key, value in values.items():
        if not _nested(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in values.items():
        here = (*way, key)
        name = ".".join(map(_key, here))
        if isinstance(value, Mapping):
            if not value or not all(isinstance(each, Mapping) for each in value.values()):
                yield f"\n[{name}]"
            yield from _table(value, here)
        elif _nested(value):
            for each in value:
                yield f"\n[[{name}]]"
                yield from _table(each, here)


def _nested(value: Any) -> bool:
    """Whether it stands under a head of its own."""
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and all(isinstance(e, Mapping) for e in value)
    )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return str(value)


def _key(key: str) -> str:
    bare = key.replace("_", "").replace("-", "")
    return key if bare.isascii() and bare.isalnum() else text(key)


def text(value: str) -> str:
    """A basic string. What cannot be seen is spelled; half of a surrogate pair becomes `?`."""
    return '"' + "".join(map(_character, value)) + '"'


def _character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    number = ord(character)
    return "?" if 0xD800 <= number <= 0xDFFF else f"\\U{number:08x}"
