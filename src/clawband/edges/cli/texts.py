"""Texts from files, folders and standard input, in pieces that memory can hold."""

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

STDIN: Final = "-"
PIECE: Final = 1 << 20
BEHIND: Final = 256
AHEAD: Final = 1 << 14
"""Characters. What stands in a piece is looked at with so much before and after it."""
_SNIFFED = 8192
_SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"})
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadError(Exception):
    """Why a file was not read, in a few words."""


class NotTextError(UnreadError):
    """There was no text to read: an image, an archive, a program."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of which `start` to `end` is new; `line` is the number of its first line."""

    text: str
    line: int
    start: int
    end: int


def files(paths: Iterable[str], failed: Callable[[OSError], None]) -> list[str]:
    """The files themselves and those below the folders, each once, without links.

    `failed` is told of each folder that cannot be read.
    """
    found: dict[str, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_below(path, failed) if os.path.isdir(path) else (path,)))
    return list(found)


def _below(folder: str, failed: Callable[[OSError], None]) -> Iterator[str]:
    for top, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(set(folders) - _SKIPPED)
        for name in sorted(names):
            path = os.path.join(top, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


@contextmanager
def opened(path: str) -> Iterator[TextIO]:
    """A text file, or standard input for `-`. Raises `UnreadError`."""
    if path == STDIN:
        yield _standard_input()
        return
    try:
        with Path(path).open("rb") as raw:
            yield _text(raw)
    except OSError as error:
        raise UnreadError(f"cannot be read: {error.strerror}") from error


def _standard_input() -> TextIO:
    raw = getattr(sys.stdin, "buffer", None)
    return _text(raw) if raw is not None else sys.stdin


def _text(raw: io.BufferedReader) -> TextIO:
    head = raw.peek(_SNIFFED)[:_SNIFFED]
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8-sig")
    if encoding == "utf-8-sig" and (b"\0" in head or head.startswith(b"%PDF-")):
        raise NotTextError("is not text")
    return io.TextIOWrapper(raw, encoding, errors="replace", newline="")


def pieces(file: TextIO) -> Iterator[Piece]:
    """All of a file, overlapping so that nothing is cut in two."""
    text, line, start = file.read(PIECE + AHEAD), 1, 0
    while True:
        more = file.read(PIECE)
        end = len(text) - AHEAD if more else len(text)
        yield Piece(text, line, start, end)
        if not more:
            return
        cut = max(0, end - BEHIND)
        line += text.count("\n", 0, cut)
        text, start = text[cut:] + more, end - cut
