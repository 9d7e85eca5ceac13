"""An embedded store as evidence: opened in place, read only, one consistent snapshot.

The standard library's driver and no schema, no migration, no cache: what is read here is what the
file holds, also when a server is writing to it and also when it was tampered with.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from clawband.audit.stored import COLUMNS, StoredLeaf
from clawband.model.errors import InvariantError, UnavailableError

_LEAVES = f"SELECT n, body, hash, {', '.join(COLUMNS)} FROM leaves ORDER BY n"  # noqa: S608 - a constant
_TILES = "SELECT level, position FROM tiles ORDER BY level, position"
_TILE = "SELECT hashes FROM tiles WHERE level = ? AND position = ?"
_CHECKPOINTS = "SELECT size, note FROM checkpoints ORDER BY size"


class Evidence:
    """Implements `audit.stored.Holding`. A context manager."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(
                f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None
            )
            self._connection.execute("BEGIN")
        except sqlite3.Error as error:
            raise UnavailableError(
                f"the store `{path}` cannot be opened: {error}",
                remedy="name the folder with clawband.toml by `-C`, or restore a backup",
            ) from error

    def __enter__(self) -> "Evidence":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def leaves(self) -> Iterator[StoredLeaf]:
        for n, body, hashed, *columns in self._rows(_LEAVES):
            texts = {name: str(text) for name, text in zip(COLUMNS, columns, strict=True)}
            yield StoredLeaf(int(n), _bytes(body), _bytes(hashed), texts)

    def tiles(self) -> Iterator[tuple[int, int]]:
        yield from ((int(level), int(position)) for level, position in self._rows(_TILES))

    def tile(self, level: int, position: int) -> bytes | None:
        found = next(self._rows(_TILE, level, position), None)
        return _bytes(found[0]) if found else None

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        yield from ((int(size), str(note)) for size, note in self._rows(_CHECKPOINTS))

    def _rows(self, query: str, *values: int) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.Error as error:
            raise InvariantError(
                f"the store cannot be read: {error}",
                remedy="keep the file as it is for an investigation, and restore a backup",
            ) from error


def _bytes(value: object) -> bytes:
    """SQLite keeps whatever was put in: a tampered column may hold another type."""
    return value if isinstance(value, bytes) else str(value).encode()
