"""Reads a TOML table key by key and takes down everything that is wrong, with its line."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from clawband.policy.language import Problem
from clawband.policy.positions import Path, line_of, positions

MOST = 10_000_000


@dataclass(slots=True)
class Document:
    """One TOML file and what was found wrong with it so far."""

    file: str
    values: Mapping[str, Any]
    lines: Mapping[Path, int]
    problems: list[Problem] = field(default_factory=list)

    def complain(self, path: Path, message: str) -> None:
        self.problems.append(Problem(self.file, line_of(self.lines, path), message))


def load(text: str, file: str) -> Document:
    """Parse the text; a syntax error is the document's only problem."""
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        told = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "nested too deeply"
        document = Document(file, {}, {(): 1})
        _, _, place = told.partition("(at line ")
        number = place.partition(",")[0]
        line = int(number) if number.isdecimal() else text.count("\n") + 1
        said = told.partition(" (at ")[0]
        problem = Problem(file, line, f"expected TOML, got {said[:1].lower()}{said[1:]}")
        document.problems.append(problem)
        return document
    return Document(file, values, positions(text))


@dataclass(frozen=True, slots=True)
class Table:
    """A table within a document; every key that is asked for is known, all others are refused."""

    document: Document
    path: Path = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return ".".join(str(part) for part in self.path)

    def text(self, key: str, default: str | None = None) -> str:
        """A text on one line. Without a default it is required."""
        value = self._get(key, required=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or not value.isprintable() or not value.strip():
            self.complain(key, f"expected `{key}` to be a text on one line, got {kind(value)}")
            return default or ""
        return value

    def choice(self, key: str, options: Iterable[str], default: str | None = None) -> str:
        value = self.text(key, default)
        allowed = list(options)
        if value and value not in allowed:
            self.complain(key, f"expected `{key}` to be {either(allowed)}, got `{value}`")
            return default or allowed[0]
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts without spaces and repetitions; missing means none."""
        return self._list(key, word, "a word without spaces", required=required)

    def lines(self, key: str) -> tuple[str, ...]:
        """A list of texts on one line each, without repetitions; missing means none."""
        return self._list(key, lambda item: item.isprintable() and bool(item.strip()), "a text")

    def one_or_more(self, key: str) -> tuple[str, ...]:
        """A word or a list of words; required."""
        value = self._get(key, required=True)
        if isinstance(value, str) and word(value):
            return (value,)
        found = self.texts(key)
        if value == []:
            self.complain(key, f"expected at least one value of `{key}`, got none")
        return found

    def _list(
        self, key: str, fits: Callable[[str], bool], wanted: str, *, required: bool = False
    ) -> tuple[str, ...]:
        value = self._get(key, required=required)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.complain(key, f"expected `{key}` to be a list of texts, got {kind(value)}")
            return ()
        good: list[str] = []
        for item in value:
            if not isinstance(item, str) or not fits(item):
                self.complain(key, f"expected {wanted} in `{key}`, got {shown(item)}")
            elif item in good:
                self.complain(key, f"expected each value of `{key}` once, got `{item}` twice")
            else:
                good.append(item)
        return tuple(good)

    def whole(self, key: str, default: int, least: int = 0, most: int = MOST) -> int:
        value = self._get(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            wanted = f"a whole number from {least} to {most}"
            self.complain(key, f"expected `{key}` to be {wanted}, got {shown(value)}")
            return default
        return value

    def wholes(self, key: str, least: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers without repetitions; missing means none."""
        value = self._get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.complain(key, f"expected `{key}` to be a list of numbers, got {kind(value)}")
            return ()
        good = [n for n in value if type(n) is int and least <= n <= most]
        if len(set(good)) != len(value):
            wanted = f"different whole numbers from {least} to {most}"
            self.complain(key, f"expected {wanted} in `{key}`, got `{value!s:.80}`")
        return tuple(good)

    def truth(self, key: str, *, default: bool) -> bool:
        value = self._get(key)
        if value is not None and not isinstance(value, bool):
            self.complain(key, f"expected `{key}` to be true or false, got {shown(value)}")
            return default
        return default if value is None else value

    def table(self, key: str) -> "Table":
        value = self._get(key)
        if value is not None and not isinstance(value, dict):
            self.complain(key, f"expected `{key}` to be a table, got {kind(value)}")
            value = None
        return Table(self.document, (*self.path, key), value or {})

    def tables(self, key: str) -> list["Table"]:
        """An array of tables, `[[key]]`."""
        value = self._get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.complain(key, f"expected `{key}` to be tables, each under `[[{key}]]`")
            return []
        return [
            Table(self.document, (*self.path, key, place), item) for place, item in enumerate(value)
        ]

    def complain(self, key: str, message: str) -> None:
        self.document.complain((*self.path, key), message)

    def close(self) -> None:
        """Complain about every key that nobody asked for."""
        for key in self.values:
            if key not in self.known:
                where = f" in `[{self.name}]`" if self.path else ""
                expected = ", ".join(f"`{each}`" for each in sorted(self.known))
                self.complain(key, f"expected one of {expected}{where}, got `{key}`")

    def _get(self, key: str, *, required: bool = False) -> Any:
        self.known.add(key)
        value = self.values.get(key)
        if value is None and required:
            where = f" in `[{self.name}]`" if self.path else ""
            self.complain(key, f"expected a key `{key}`{where}, got none")
        return value


def word(value: str) -> bool:
    """Visible, not empty, and without spaces: fit to be a name."""
    return value.isprintable() and value.split() == [value] and len(value) <= 256


def kind(value: object) -> str:
    names = {str: "a text", bool: "a truth value", int: "a number", float: "a number",
             list: "a list", dict: "a table"}  # fmt: skip
    if isinstance(value, str) and not value.strip():
        return "an empty text"
    return names.get(type(value), "a date or time")


def shown(value: object) -> str:
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return f"`{value!s:.80}`" if plain and str(value).strip() else kind(value)


def either(options: Iterable[str]) -> str:
    """`a`, `b` or `c`, quoted."""
    quoted = [f"`{option}`" for option in options]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}" if len(quoted) > 1 else quoted[0]
