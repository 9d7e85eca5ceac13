"""Where secrets stand: in files, in what is staged, in the whole history. Only reads."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from clawband.edges.cli import git
from clawband.labels.leaks import Leak, leaks, utf_8

ALLOW: Final = b"clawband:allow"
"""On a line: a person has looked, and this is no secret."""
LARGEST: Final = 256 << 20
"""Bytes of one file that are read. Of a larger one it is said that it was not."""
BATCH: Final = 32
"""Files or objects that one process takes at once."""
HEAVY: Final = 2 << 20
"""Bytes from which a batch takes no further file."""
ALONE: Final = 4
"""Batches up to which one process is quicker than several."""
_SHOWN: Final = 32
_LINE: Final = 4096

Work = Callable[[Sequence[str]], "Met"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One secret where it stands. `line` counts from 1."""

    path: str
    line: int
    kind: str
    confidence: float
    excerpt: str
    """What stands before it on its line, and its kind in its finding."""
    value: bytes
    """Never printed, never kept."""
    encoded: bool = False
    blob: str = ""
    commit: git.Commit | None = None
    live: str = ""
    """Of history: the path where it stands as the last commit has it, if it does."""


@dataclass
class Met:
    """What a scan has met so far."""

    found: list[Finding] = field(default_factory=list)
    bytes: int = 0
    files: int = 0
    allowed: int = 0
    unread: list[str] = field(default_factory=list)

    def add(self, more: "Met") -> None:
        """Both together."""
        self.found += more.found
        self.bytes += more.bytes
        self.files += more.files
        self.allowed += more.allowed
        self.unread += more.unread


def in_files(paths: Sequence[str], done: Callable[[int], None]) -> Met:
    """`done` is told of so many files more."""
    return _shared(files, _batches(paths, _size), done)


def in_staged(folder: Path) -> Met:
    """What the next commit would add: whole files are looked at, new lines are told."""
    met, changed = Met(), git.staged(folder)
    raws = git.contents(folder, list(changed.values()))
    for path, (_, raw) in zip(changed, raws, strict=True):
        looked = look(path, raw)
        new = git.new_lines(folder, path) if looked.found else frozenset()
        looked.found = [each for each in looked.found if each.line in new]
        met.add(looked)
    return met


def in_history(folder: Path, done: Callable[[int], None], names: Sequence[str]) -> Met:
    """What stands in these objects, the oldest first.

    The same secret in many versions of a file is one finding: the first commit that had it.
    """
    met = _shared(Objects(str(folder)), _batches(names, lambda _: 0), done)
    if not met.found:
        return met
    born, now = git.births(folder, {each.blob for each in met.found}), git.present(folder)
    first: dict[tuple[str, bytes, str], Finding] = {}
    for each in met.found:
        commit, path = born.get(each.blob, (None, each.path))
        path = path or each.path  # the message of a commit has none, and stays
        live = now.get(each.blob, "" if commit and commit.id != each.blob else path)
        own = replace(each, path=path, commit=commit, live=live)
        known = first.setdefault((own.kind, own.value, path), own)
        early = own if _at(own) < _at(known) else known
        first[(own.kind, own.value, path)] = replace(early, live=own.live or known.live)
    met.found = sorted(first.values(), key=lambda each: (_at(each), each.path, each.line))
    return met


def _at(finding: Finding) -> int:
    return finding.commit.number if finding.commit else -1


def files(paths: Sequence[str]) -> Met:
    """What stands in these files."""
    met = Met()
    for path in paths:
        try:
            if os.path.getsize(path) > LARGEST:
                met.unread.append(f"`{path}` is larger than {LARGEST >> 20} MiB")
            else:
                met.add(look(path, Path(path).read_bytes()))
        except OSError as error:
            met.unread.append(f"`{path}` cannot be read: {error.strerror}")
    return met


@dataclass(frozen=True, slots=True)
class Objects:
    """What stands in these objects of a repository."""

    folder: str

    def __call__(self, names: Sequence[str]) -> Met:
        met = Met()
        for name, raw in git.contents(Path(self.folder), names):
            looked = look(f"message {name[:12]}", raw)
            looked.found = [replace(each, blob=name) for each in looked.found]
            met.add(looked)
        return met


def look(path: str, raw: bytes) -> Met:
    """What stands in one text."""
    text = utf_8(raw)
    met = Met(bytes=len(raw), files=1)
    line, last, other = 1, 0, 0
    for each in leaks(text):
        line += text.count(b"\n", last, each.start)
        last = each.start
        begin = text.rfind(b"\n", max(0, each.start - _LINE), each.start) + 1
        end = text.find(b"\n", each.end, each.end + _LINE)
        if (
            ALLOW
            in text[begin or max(0, each.start - _LINE) : end if end >= 0 else each.end + _LINE]
        ):
            met.allowed += 1
        else:
            before = text[max(begin, other, each.start - _SHOWN) : each.start]
            met.found.append(_finding(path, line, before, each))
        other = each.end
    return met


def _finding(path: str, line: int, before: bytes, leak: Leak) -> Finding:
    shown = before.decode("utf-8", "ignore").lstrip()
    return Finding(
        path, line, leak.kind, leak.confidence, f"{shown}[{leak.kind}]", leak.value, leak.encoded
    )


def _batches(names: Sequence[str], size: Callable[[str], int]) -> list[list[str]]:
    parts: list[list[str]] = []
    held = HEAVY
    for name in names:
        if held >= HEAVY or len(parts[-1]) == BATCH:
            parts.append([])
            held = 0
        parts[-1].append(name)
        held += size(name)
    return parts


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0  # who reads it says what is wrong with it


def _shared(work: Work, parts: Sequence[Sequence[str]], done: Callable[[int], None]) -> Met:
    """The work on all batches, by as many processes as this machine has processors for."""
    met, several = Met(), os.cpu_count() or 1
    if several == 1 or len(parts) <= ALONE:
        for part in parts:
            met.add(work(part))
            done(len(part))
        return met
    # A child has our patterns compiled already, and begins with nothing else of ours running.
    with multiprocessing.get_context("fork").Pool(min(several, len(parts), 8)) as pool:
        for part, own in zip(parts, pool.imap(work, parts), strict=True):
            met.add(own)
            done(len(part))
    return met
