"""A repository of git, read through git's own commands. Nothing is written."""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from clawband.model.errors import InputError

NAME: Final = re.compile(rb"[0-9a-f]{40,64}")
_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Commit:
    """Who brought something in, and when (ISO 8601)."""

    number: int
    """Its place in the history, the oldest first."""
    id: str
    author: str
    at: str


@dataclass(frozen=True, slots=True)
class Staged:
    """One file of the next commit, and which of its lines are new."""

    path: str
    blob: str
    lines: frozenset[int]


def top(folder: Path) -> Path:
    """The folder of the repository that `folder` is in. Raises `InputError`."""
    return Path(_said(folder, "rev-parse", "--show-toplevel").rstrip("\n"))


def shallow(folder: Path) -> bool:
    """Is only the newest part of the history here?"""
    return _said(folder, "rev-parse", "--is-shallow-repository").strip() == "true"


def staged(folder: Path) -> list[Staged]:
    """What is added or changed in the index."""
    said = _said(
        folder, "diff", "--cached", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv",
        "--no-renames", "--diff-filter=AM", "--src-prefix=a/", "--dst-prefix=b/", "--text",
    )  # fmt: skip
    found: list[Staged] = []
    blobs = dict(_changed(folder))
    for part in said.split("\ndiff --git ") if said else ():
        path = next((line[6:] for line in part.split("\n") if line.startswith("+++ b/")), "")
        path = path.removesuffix("\t")
        if path in blobs:
            found.append(Staged(path, blobs[path], frozenset(_new(part))))
    return found


def _changed(folder: Path) -> Iterator[tuple[str, str]]:
    """Path and blob of what is added or changed in the index."""
    said = _said(folder, "diff", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z",
                 "--diff-filter=AM")  # fmt: skip
    parts = said.split("\0")
    for head, path in zip(parts[::2], parts[1::2], strict=False):
        yield path, head.split(" ")[3]


def _new(part: str) -> Iterator[int]:
    for match in _HUNK.finditer(part):
        first, count = int(match[1]), int(match[2] or 1)
        yield from range(first, first + count)


def objects(folder: Path, largest: int) -> tuple[list[str], int]:
    """Every blob, commit and tag that a branch, a tag or HEAD reaches; how many were too large."""
    names = _said(folder, "rev-list", "--objects", "--all", "--no-object-names").split()
    names += _said(folder, "for-each-ref", "--format=%(objectname)").split()
    asked = "\n".join(dict.fromkeys(names)) + "\n"
    said = _said(folder, "cat-file", "--batch-check", "--buffer", given=asked)
    kept, large = [], 0
    for line in said.splitlines():
        name, kind, size = line.split(" ")
        if kind == "tree":
            continue
        if int(size) > largest:
            large += 1
        else:
            kept.append(name)
    return kept, large


def contents(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each object, in the order asked."""
    with subprocess.Popen(  # noqa: S603 - our own arguments
        _command(folder, "cat-file", "--batch"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | _QUIET,
    ) as running:  # fmt: skip
        asked, told = running.stdin, running.stdout
        if asked is None or told is None:
            raise AssertionError("a pipe was asked for")
        for name in names:
            asked.write(name.encode() + b"\n")
            asked.flush()
            yield name, _object(told)
        asked.close()


def _object(told: IO[bytes]) -> bytes:
    head = told.readline().split()
    if len(head) != 3:
        raise InputError(
            f"git has no object `{head[0].decode() if head else ''}`",
            remedy="repair the repository: `git fsck` says what is missing",
        )
    raw = told.read(int(head[2]))
    told.read(1)
    return raw


def births(folder: Path, blobs: Iterable[str]) -> dict[str, tuple[Commit, str]]:
    """For each blob the first commit that had it, and its path there; for a commit itself."""
    wanted, found = set(blobs), dict[str, tuple[Commit, str]]()
    said = _said(
        folder, "log", "--all", "--reverse", "--raw", "--no-abbrev", "--no-renames", "-m",
        "--root", "-z", "--format=%x01%H%x02%an%x02%aI%x03",
    )  # fmt: skip
    for number, part in enumerate(said.split("\x01")[1:]):
        head, _, changes = part.partition("\x03")
        commit = Commit(number, *head.split("\x02"))
        if commit.id in wanted:
            found[commit.id] = (commit, "")
        fields = changes.strip("\n\0").split("\0")
        for change, path in zip(fields[::2], fields[1::2], strict=False):
            blob = change.split(" ")[3] if change.startswith(":") else ""
            if blob in wanted and blob not in found:
                found[blob] = (commit, path)
    return found


def present(folder: Path) -> dict[str, str]:
    """The blobs of the files as the last commit has them, and their paths."""
    try:
        said = _said(folder, "ls-tree", "-r", "-z", "--full-tree", "HEAD")
    except InputError:
        return {}
    rows = (row.partition("\t") for row in said.split("\0") if row)
    return {head.split(" ")[2]: path for head, _, path in rows}


def _command(folder: Path, *arguments: str) -> list[str]:
    # A repository that is only looked at must not make us run what its configuration names.
    return ["git", "-C", str(folder), "-c", "core.quotePath=false", "-c", "core.fsmonitor=false",
            "-c", "log.showSignature=false", *arguments]  # fmt: skip


def _said(folder: Path, *arguments: str, given: str = "") -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            _command(folder, *arguments), input=given.encode(), capture_output=True, check=False,
            env=os.environ | _QUIET,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise InputError("no `git` on this machine", remedy="install git") from error
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise InputError(
            f"git cannot read `{folder}`: {why[-1] if why else 'no reason given'}",
            remedy="name a folder inside a repository of git",
        )
    return done.stdout.decode("utf-8", "surrogateescape")
