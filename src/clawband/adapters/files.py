"""The shelf of policy sets and the witness of the log, as files of the state folder."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from clawband.model.errors import InvariantError, UnavailableError

SEPARATOR = "\n\x1e\n"
TAIL_BYTES = 65_536
"""More than any note: the newest one is found without reading all of them."""


class FileShelf:
    """Implements `ports.shelf.Shelf`: one JSON file per set, named by its digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, digest: str, files: Mapping[str, str]) -> None:
        path = self._path(digest)
        with suppress(InvariantError):  # one that was damaged is written anew
            if self.files(digest) == dict(files):
                return
        try:
            write_durably(path, json.dumps(dict(sorted(files.items())), indent=1).encode())
        except OSError as error:
            raise UnavailableError(
                f"the policy set cannot be kept: {error.strerror}", remedy="free disk space"
            ) from error

    def files(self, digest: str) -> Mapping[str, str]:
        try:
            kept = json.loads(self._path(digest).read_bytes())
            return {str(name): str(text) for name, text in kept.items()}
        except (OSError, ValueError, AttributeError) as error:
            raise InvariantError(
                f"the policy set `{digest[:19]}…` cannot be read: {type(error).__name__}",
                remedy="publish the policy again with `clawband policy publish`",
            ) from error

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest.removeprefix('sha256:')}.json"


class FileWitness:
    """Implements `ports.witness.Witness`: signed notes appended to one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, note: str) -> None:
        """Raises `UnavailableError`; then the note is not remembered."""
        try:
            new = not self._path.exists()
            descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                # A note without its separator was cut while it was written: what follows must
                # not be read as its end.
                file.seek(file.truncate(_whole(file)))
                file.write((note + SEPARATOR).encode())
                file.flush()
                os.fsync(file.fileno())
            if new:
                sync_folder(self._path.parent)
        except OSError as error:
            raise UnavailableError(
                f"the witness cannot be written: {error.strerror}", remedy="free disk space"
            ) from error

    def last(self) -> str | None:
        notes = self._read(TAIL_BYTES)
        return notes[-1] if notes else None

    def notes(self) -> list[str]:
        return self._read(None)

    def _read(self, tail: int | None) -> list[str]:
        """Whole notes within the last `tail` bytes; the first of them may lack its beginning."""
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - tail) if tail else 0)
                text = file.read().decode(errors="replace")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise UnavailableError(
                f"the witness cannot be read: {error.strerror}", remedy="make it readable again"
            ) from error
        return text.split(SEPARATOR)[:-1]


def _whole(file: BinaryIO) -> int:
    """Bytes up to the end of the last whole note."""
    mark = SEPARATOR.encode()
    start = max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES)
    file.seek(start)
    found = file.read().rfind(mark)
    if found < 0 and start:
        raise UnavailableError(
            "the witness does not end with a checkpoint",
            remedy="find out who wrote to it, and restore it from a copy",
        )
    return start + found + len(mark) if found >= 0 else 0


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file so that it is either whole or not there, also after a power loss."""
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a name in the folder survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
