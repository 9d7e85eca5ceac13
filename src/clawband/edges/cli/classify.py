"""`clawband classify`: secrets, personal and business data in files and JSON lines; no server."""

import json
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import click

from clawband.edges.cli import show, texts
from clawband.edges.cli.visible import visible
from clawband.labels.classifiers import TAGS
from clawband.labels.classify import LIKELY, Found, level, tags_of
from clawband.labels.classify import classify as look
from clawband.labels.encoded import encoded
from clawband.model.errors import InputError

BEFORE = 32
"""Characters of its line that are shown before a value. The value never is."""
MANY = 20
"""Files from which progress is shown."""


@dataclass
class Run:
    """What one command has met so far."""

    at_least: float
    deep: bool
    tags: set[str] = field(default_factory=set)
    below: int = 0
    remarks: list[str] = field(default_factory=list)
    unread: bool = False

    def look(self, text: str) -> list[Found]:
        """Everything found, in the order of the text."""
        found = (*look(text), *(encoded(text) if self.deep else ()))
        return sorted(found, key=attrgetter("start", "end"))

    def failed(self, error: OSError) -> None:
        """A folder cannot be read."""
        self.remarks.append(f"`{visible(error.filename)}` cannot be read: {error.strerror}")
        self.unread = True

    def keep(self, found: Iterable[Found]) -> list[Found]:
        """What is sure enough."""
        every = list(found)
        kept = [each for each in every if each.confidence >= self.at_least]
        self.below += len(every) - len(kept)
        self.tags |= tags_of(kept, 0)
        return kept


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...",
                type=click.Path(exists=True, allow_dash=True))  # fmt: skip
@click.option("--at-least", type=click.FloatRange(0, 1), default=LIKELY, show_default=True,
              help="Leave out what is less sure than this.")  # fmt: skip
@click.option("--fail-on", type=click.Choice(TAGS), multiple=True,
              help="Exit with 1 if there is any, or if a file cannot be read.")  # fmt: skip
@click.option("--deep", is_flag=True, help="Look into base 64 and hexadecimal too.")
@click.option("--jsonl", is_flag=True, help="Read JSON lines and print one line for each.")
@click.option("--field", "inside", default="", metavar="A.B", help="With --jsonl: look only there.")
@show.json_option()
def classify(
    *, paths: tuple[str, ...], at_least: float, fail_on: tuple[str, ...], deep: bool, jsonl: bool,
    inside: str, as_json: bool,
) -> int:  # fmt: skip
    """Find secrets, personal and business data in files.

    PATH is a file, a folder, or - for standard input. No value is printed.
    """
    if inside and not jsonl:
        raise InputError("expected --jsonl beside --field", remedy="add --jsonl")
    run = Run(at_least, deep)
    chosen = texts.files(paths, run.failed)
    if jsonl:
        _each(chosen, run, lambda path: _lines(path, inside, run))
    else:
        rows: list[dict[str, Any]] = []
        _each(chosen, run, lambda path: rows.extend(_rows(path, run)))
        _print(rows, as_json)
    for remark in run.remarks:
        show.note(remark)
    if run.below and not as_json:
        show.note(f"{run.below} less sure than {at_least:g}: see --at-least")
    return int(bool(fail_on) and (run.unread or bool(run.tags & set(fail_on))))


def _each(paths: Sequence[str], run: Run, work: Callable[[str], None]) -> None:
    quiet = len(paths) < MANY or not sys.stderr.isatty()
    with click.progressbar(paths, label="files", file=sys.stderr, hidden=quiet) as counted:
        for path in counted:
            try:
                work(path)
            except texts.UnreadError as error:
                run.remarks.append(f"`{visible(path)}` {visible(error)}")
                run.unread |= not isinstance(error, texts.NotTextError)


def _rows(path: str, run: Run) -> Iterator[dict[str, Any]]:
    with texts.opened(path) as file:
        for piece in texts.pieces(file):
            every = run.look(piece.text)
            new = run.keep(each for each in every if piece.start <= each.start < piece.end)
            line, last = piece.line, 0
            for each in new:
                line += piece.text.count("\n", last, each.start)
                last = each.start
                before = _before(piece.text, every, each)
                yield {"file": path, "line": line, **_plain(each), "excerpt": before}


def _before(text: str, every: Sequence[Found], each: Found) -> str:
    """What stands on the line before a value, without other values, and its kind in its place."""
    line = text.rfind("\n", 0, each.start) + 1
    at = bisect_left(every, each.start, key=attrgetter("start"))
    other = max((found.end for found in every[max(0, at - BEFORE) : at]), default=0)
    start = max(line, other, each.start - BEFORE)
    return f"{text[start : each.start].lstrip()}[{each.kind}]"


def _plain(found: Found) -> dict[str, Any]:
    return {"kind": found.kind, "tag": found.tag, "confidence": found.confidence}


def _print(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        show.data(rows)
        return
    columns = ("where", "kind", "tag", "sure", "after")
    cells = [
        (f"{row['file']}:{row['line']}", row["kind"], row["tag"], f"{row['confidence']:.2f}",
         row["excerpt"])
        for row in rows
    ]  # fmt: skip
    show.table(columns, cells, "nothing found")


def _lines(path: str, inside: str, run: Run) -> None:
    """One line out for each line in, with the same number."""
    missing = 0
    with texts.opened(path) as file:
        for number, line in enumerate(file, 1):
            try:
                strings = list(_strings(_picked(json.loads(line), inside)))
            except KeyError:
                strings, missing = [], missing + 1
            except (ValueError, RecursionError):
                run.unread = True
                run.remarks.append(f"`{visible(path)}` line {number} is not JSON")
                show.line(json.dumps({"line": number, "error": "not JSON"}))
                continue
            found = [each for key, value in strings for each in _found(key, value, run)]
            tags = frozenset(each["tag"] for each in found)
            said = {"tags": sorted(tags), "level": level(tags).name.lower(), "found": found}
            show.line(json.dumps({"line": number, **said}))
    if missing:
        run.remarks.append(f"`{visible(path)}` has no `{visible(inside)}` in {missing} lines")


def _picked(value: Any, inside: str) -> Any:
    for key in filter(None, inside.split(".")):
        if not isinstance(value, dict):
            raise KeyError(key)
        value = value[key]
    return {inside: value} if inside else value


def _strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string and number below a value, with where it stands."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _strings(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _strings(each, f"{path}[{number}]")
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield path, str(value)


def _found(key: str, value: str, run: Run) -> Iterator[dict[str, Any]]:
    # The name of a field is the word beside its value: `"password": "…"`.
    name = f"{key.rpartition('.')[2]}: "
    every = run.look(name + value)
    for each in run.keep(each for each in every if each.start >= len(name)):
        place = {"start": each.start - len(name), "end": each.end - len(name)}
        yield {"field": key, **_plain(each), **place}
