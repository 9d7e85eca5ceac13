"""A manifest without some of its tools, as text: comments and order stay as they were written.

The result is read again like any manifest. Where the text cannot be changed so that exactly these
tools are gone and nothing else is wrong, there is no proposal.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from clawband.model.deployment import Tool
from clawband.policy.manifest import Manifest, parse
from clawband.policy.positions import Path, positions

_LISTS = ("hosts", "paths", "recipients")
_BLOCKS = ("approvals", "egress", "after")


def narrower(
    manifest: Manifest, without: frozenset[str], catalogue: Mapping[str, Tool]
) -> str | None:
    """The manifest's text that grants everything but `without`; None when there is no such text."""
    text = manifest.workflow.source
    draft = _Draft(text)
    for key in ("reads", "writes"):
        draft.keep_of((key,), lambda each: each not in without)
    kept = {tool.system for name, tool in manifest.granted.items() if name not in without}
    gone = {manifest.granted[name].system for name in without & set(manifest.granted)} - kept
    draft.keep_of(("systems",), lambda each: each not in gone)
    for table in _LISTS:
        for name in without:
            draft.drop((table, name))
    for block in _BLOCKS:
        for place, values in enumerate(draft.values.get(block, ())):
            _block(draft, (block, place), values, without)
    return _checked(draft.text(), manifest, without, catalogue)


def _block(draft: "_Draft", path: Path, values: Mapping[str, Any], without: frozenset[str]) -> None:
    key = {"approvals": "tool", "egress": "tools", "after": "read"}[str(path[0])]
    given = values.get(key, [])
    named = [given] if isinstance(given, str) else given
    left = [each for each in named if each.removeprefix("tool:") not in without]
    if named and not left:
        draft.drop_block(path)
    elif len(left) < len(named):
        draft.keep_of((*path, key), lambda each: each in left)


def _checked(
    text: str, manifest: Manifest, without: frozenset[str], catalogue: Mapping[str, Tool]
) -> str | None:
    read, problems = parse(text, manifest.file, catalogue)
    if read is None or problems:
        return None
    return text if set(read.granted) == set(manifest.granted) - without else None


class _Draft:
    """The lines of a TOML text, of which statements and tables are changed or dropped."""

    def __init__(self, text: str) -> None:
        self.values: Mapping[str, Any] = tomllib.loads(text)
        self._lines: list[str | None] = list(text.split("\n"))
        self._original = tuple(text.split("\n"))
        self._places = positions(text)

    def text(self) -> str:
        lines: list[str] = []
        for line in self._lines:
            blank = line == "" and (not lines or lines[-1] == "")
            lines += [] if line is None or blank else [line]
        return "\n".join(lines)

    def keep_of(self, path: Path, wanted: Callable[[str], bool]) -> None:
        """Only the wanted texts of a list."""
        given = self._at(path)
        if not isinstance(given, list) or all(map(wanted, given)):
            return
        start, end = self._statement(path)
        key = self._original[start].partition("=")[0].rstrip()
        self._drop(start, end)
        self._lines[start] = (
            f"{key} = {json.dumps(list(filter(wanted, given)), ensure_ascii=False)}"
        )

    def drop(self, path: Path) -> None:
        """A key with its value."""
        if path in self._places and self._at(path) is not None:
            self._drop(*self._statement(path))

    def drop_block(self, path: Path) -> None:
        """A table of an array, with the comment right above it."""
        if path in self._places:
            start = self._places[path] - 1
            later = (line - 1 for line in self._headers() if line - 1 > start)
            end = self._above(min(later, default=len(self._original)))
            self._drop(self._above(start), max(end, start + 1))

    def _headers(self) -> Iterator[int]:
        for number, line in enumerate(self._original, 1):
            if line.startswith("["):
                yield number

    def _above(self, start: int) -> int:
        """Where the comment begins that stands right above a line."""
        while start > 0 and start <= len(self._original) and self._comment(start - 1):
            start -= 1
        return start

    def _comment(self, number: int) -> bool:
        return self._original[number].lstrip().startswith("#")

    def _statement(self, path: Path) -> tuple[int, int]:
        """First line and the line after the last of `key = value`."""
        start = self._places[path] - 1
        for end in range(start + 1, len(self._original) + 1):
            try:
                tomllib.loads("\n".join(self._original[start:end]))
            except tomllib.TOMLDecodeError:
                continue
            return start, end
        return start, start + 1

    def _drop(self, start: int, end: int) -> None:
        self._lines[start:end] = [None] * (end - start)

    def _at(self, path: Sequence[str | int]) -> Any:
        found: Any = self.values
        for part in path:
            if isinstance(found, list) and isinstance(part, int):
                found = found[part]
            else:
                found = found.get(part) if isinstance(found, Mapping) else None
        return found
