"""A store in memory that a test can tamper with, row by row."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from clawband.audit.inspection import inspect
from clawband.audit.merkle import leaf_hash
from clawband.audit.report import Report
from clawband.audit.stored import COLUMNS, StoredLeaf
from clawband.audit.tiles import grow
from tests.audit.small_log import KEY, SmallLog


@dataclass
class StoredLog:
    """Implements `audit.stored.Holding`."""

    rows: list[StoredLeaf]
    tiled: dict[tuple[int, int], bytes] = field(default_factory=dict)
    notes: list[tuple[int, str]] = field(default_factory=list)
    witness: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, log: SmallLog, sizes: list[int]) -> "StoredLog":
        """As a writer would have left it, sealed at `sizes`, which the witness saw too."""
        hashes = [leaf_hash(body) for body in log.leaves]
        stored = cls([row(number, body) for number, body in enumerate(log.leaves)])
        for tile in grow(lambda *_: None, 0, [], hashes):
            stored.tiled[tile.level, tile.index] = tile.hashes
        stored.notes = [(size, log.head(size)) for size in sizes]
        stored.witness = [note for _, note in stored.notes]
        return stored

    def leaves(self) -> Iterator[StoredLeaf]:
        return iter(self.rows)

    def tiles(self) -> Iterator[tuple[int, int]]:
        return iter(self.tiled)

    def tile(self, level: int, position: int) -> bytes | None:
        return self.tiled.get((level, position))

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        return iter(self.notes)

    def inspected(self) -> Report:
        return inspect(self, self.witness, key=KEY, pinned=True)

    def edit(self, number: int, *, body: bytes | None = None, hash: bytes | None = None) -> None:
        old = self.rows[number]
        self.rows[number] = replace(old, body=body or old.body, hash=hash or old.hash)

    def edit_tile(self, level: int, position: int, entry: int, hash: bytes) -> None:
        held = self.tiled[level, position]
        self.tiled[level, position] = held[: entry * 32] + hash + held[(entry + 1) * 32 :]


def row(number: int, body: bytes) -> StoredLeaf:
    said = json.loads(body)
    columns = {name: str(said.get(name, "")) for name in COLUMNS}
    return StoredLeaf(number, body, leaf_hash(body), columns)
