"""A repository of git, read through git's own commands. Nothing is written."""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from clawband.model.errors import InputError, InvariantError

NAME: Final = re.compile(rb"[0-9a-f]{40,64}")
_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_REPOSITORY = "160000"
"""The mode of another repository in this one (gitlink)."""
_PLAIN = ("--no-renames", "--no-ext-diff", "--no-textconv", "--submodule=short",
          "--ignore-submodules=all", "--diff-filter=AMT")  # fmt: skip
"""A repository that is looked at, or one inside it, has no say in how."""
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Commit:
    """Who brought something in, and when (ISO 8601)."""

    number: int
    """Its place in the history, the oldest first."""
    id: str
    author: str
    at: str


def top(folder: Path) -> Path:
    """The folder of the repository that `folder` is in. Raises `InputError`."""
    return Path(_said(folder, "rev-parse", "--show-toplevel").rstrip("\n"))


def shallow(folder: Path) -> bool:
    """Is only the newest part of the history here?"""
    return _said(folder, "rev-parse", "--is-shallow-repository").strip() == "true"


def staged(folder: Path) -> dict[str, str]:
    """Path and blob of what the next commit adds or changes, without repositories inside."""
    said = _said(folder, "diff", "--cached", "--raw", "--no-abbrev", "-z", *_PLAIN)
    parts = said.split("\0")
    rows = ((head.split(" "), path) for head, path in zip(parts[::2], parts[1::2], strict=False))
    return {path: head[3] for head, path in rows if head[1] != _REPOSITORY}


def new_lines(folder: Path, path: str) -> frozenset[int]:
    """Which lines of a staged file the next commit adds."""
    said = _said(folder, "diff", "--cached", "--unified=0", "--text", "--no-color", *_PLAIN, "--",
                 f":(top,literal){path}")  # fmt: skip
    hunks = [(int(found[1]), int(found[2] or 1)) for found in _HUNK.finditer(said)]
    return frozenset(line for first, count in hunks for line in range(first, first + count))


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
            raise InvariantError("git was started without the pipes that were asked for")
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
    wanted, found = set(blobs), dict[str, tuple[str, str]]()
    number: dict[str, int] = {}
    said = _said(
        folder, "log", "--all", "--reverse", "--raw", "--no-abbrev", "--no-renames", "-m",
        "--root", "--ignore-submodules=all", "-z", "--format=%x01%H%x00",
    )  # fmt: skip
    # By place, not by looks: a path may hold any character but the one that ends it.
    parts, commit = iter(said.split("\0")), ""
    for part in parts:
        plain = part.lstrip("\n")
        if plain.startswith("\x01"):
            commit = plain[1:]
            number[commit] = len(number)
            found |= {commit: (commit, "")} if commit in wanted else {}
        elif plain.startswith(":"):
            blob, path = plain.split(" ")[3], next(parts, "")
            if blob in wanted:
                found.setdefault(blob, (commit, path))
    told = _commits(folder, {commit for commit, _ in found.values()}, number)
    return {name: (told[commit], path) for name, (commit, path) in found.items()}


def _commits(folder: Path, names: Iterable[str], number: dict[str, int]) -> dict[str, Commit]:
    asked = "".join(f"{name}\n" for name in names)
    said = _said(folder, "log", "--no-walk=unsorted", "--stdin", "-z",
                 "--format=%H%x00%an%x00%aI", given=asked)  # fmt: skip
    parts = said.split("\0")
    rows = zip(parts[::3], parts[1::3], parts[2::3], strict=False)
    return {name: Commit(number[name], name, author, at) for name, author, at in rows if name}


def present(folder: Path) -> dict[str, str]:
    """The blobs of the files as the last commit has them, and their paths."""
    if _done(folder, "rev-parse", "--verify", "-q", "HEAD").returncode == 1:
        return {}  # nothing was ever committed
    said = _said(folder, "ls-tree", "-r", "-z", "--full-tree", "HEAD")
    rows = (row.partition("\t") for row in said.split("\0") if row)
    return {head.split(" ")[2]: path for head, _, path in rows}


def _command(folder: Path, *arguments: str) -> list[str]:
    # A repository that is only looked at must not make us run what its configuration names.
    return ["git", "-C", str(folder), "-c", "core.quotePath=false", "-c", "core.fsmonitor=false",
            "-c", "log.showSignature=false", *arguments]  # fmt: skip


def _done(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - our own arguments
            _command(folder, *arguments), input=given.encode(), capture_output=True, check=False,
            env=os.environ | _QUIET,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise InputError("no `git` on this machine", remedy="install git") from error


def _said(folder: Path, *arguments: str, given: str = "") -> str:
    done = _done(folder, *arguments, given=given)
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise InputError(
            f"git cannot read `{folder}`: {why[-1] if why else 'no reason given'}",
            remedy="name a folder inside a repository of git",
        )
    return done.stdout.decode("utf-8", "surrogateescape")
