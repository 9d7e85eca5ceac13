"""The shelf of policy sets and the witness of the log, as files of the state folder."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from clawband.model.errors import InvariantError

SEPARATOR = "\n\x1e\n"


class FileShelf:
    """Implements `ports.shelf.Shelf`: one JSON file per set, named by its digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, digest: str, files: Mapping[str, str]) -> None:
        path = self._path(digest)
        if path.exists():
            return
        write_durably(path, json.dumps(dict(sorted(files.items())), indent=1).encode())

    def files(self, digest: str) -> Mapping[str, str]:
        try:
            kept = json.loads(self._path(digest).read_text())
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
        with self._path.open("a", encoding="utf-8") as file:
            file.write(note + SEPARATOR)
            file.flush()
            os.fsync(file.fileno())

    def last(self) -> str | None:
        notes = self.notes()
        return notes[-1] if notes else None

    def notes(self) -> list[str]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        # A note whose separator is missing was cut by a crash while it was written: the store
        # has no checkpoint for it either.
        return text.split(SEPARATOR)[:-1]


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file so that it is either whole or not there, also after a power loss."""
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
