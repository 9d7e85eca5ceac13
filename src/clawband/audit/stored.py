"""The leaves and tiles of a store, followed once from the first to the last.

A leaf is held three times: its body, the hash beside it, and the hash in its tile. Whoever edits
one of them leaves the other two as witnesses. Two roots are followed: over the bodies, and over
what was recorded of them (the tile where there is one, else the hash beside the body). Which of
the two a signed checkpoint names tells what was edited.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from clawband.audit.canonical import decode
from clawband.audit.merkle import HASH_BYTES, Frontier, leaf_hash
from clawband.audit.order import RESTORE, spell
from clawband.audit.report import Findings, Kind, Problem
from clawband.audit.tiles import HEIGHT, WIDTH, completed
from clawband.model.errors import InputError

COLUMNS: Final = (
    "id", "at", "tag", "who", "agent", "action", "resource", "outcome",
    "session", "run", "call", "message", "trace", "cause",
)  # fmt: skip
"""What a store keeps beside a body so that it can be searched. A lie there misleads people."""


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """One row: its number, the exact leaf bytes, the 32-byte hash beside them, its columns."""

    number: int
    body: bytes
    hash: bytes
    columns: Mapping[str, str]


class Holding(Protocol):
    """A store to look at, as one snapshot. Reads raise `InvariantError` when the file is broken."""

    def leaves(self) -> Iterator[StoredLeaf]:
        """Ordered by number."""
        ...

    def tiles(self) -> Iterator[tuple[int, int]]:
        """`(level, position)` of every stored tile."""
        ...

    def tile(self, level: int, position: int) -> bytes | None: ...

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """`(size, signed note)`, by size."""
        ...


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A leaf whose body, hash and tile do not agree; `tile` is None where none covers it."""

    number: int
    body: bytes
    beside: bytes
    tile: bytes | None


class Leaves:
    """Follows the leaves; gives the roots at the sizes that somebody signed."""

    def __init__(self, store: Holding, sizes: frozenset[int], findings: Findings) -> None:
        self.size = 0
        self.lost = False
        """Leaves are gone whose hashes are gone too: later roots cannot be computed."""
        self.reach = 0
        """How many leaves there are whose hashes are known."""
        self.roots: dict[int, tuple[bytes, bytes]] = {}
        """By size: over the bodies, over what was recorded of them."""
        self.disagreements: list[Disagreement] = []
        self._store, self._sizes, self._findings = store, sizes, findings
        self._bodies = self._records = Frontier()
        self._held: tuple[int, bytes | None] = (-1, None)

    def follow(self, leaf: StoredLeaf) -> None:
        """The next leaf by number."""
        if leaf.number < self.size:
            self._add(Kind.FORMAT, leaf.number, f"there is a row with the number {leaf.number}")
            return
        if leaf.number > self.size:
            self._skip(leaf.number)
        hashed, tile = leaf_hash(leaf.body), self._tiled(leaf.number)
        if hashed != leaf.hash or tile not in (None, hashed):
            self.disagreements.append(Disagreement(leaf.number, hashed, leaf.hash, tile))
        self._check_columns(leaf)
        self._push(hashed, tile or leaf.hash)

    def root(self) -> bytes:
        """Over the bodies so far."""
        return self._bodies.root()

    def _push(self, body: bytes, record: bytes) -> None:
        same = self._bodies is self._records and body == record
        self._bodies = self._bodies.append(body)
        self._records = self._bodies if same else self._records.append(record)
        self.size += 1
        self.reach = self.reach if self.lost else self.size
        if self.size in self._sizes and not self.lost:
            self.roots[self.size] = (self._bodies.root(), self._records.root())

    def _skip(self, until: int) -> None:
        """Rows are missing; their hashes may still stand in a tile."""
        gap = range(self.size, until)
        self._add(Kind.MISSING, gap.start, f"{spell(gap)} {_are(gap)} not in the store")
        for number in gap:
            tile = self._tiled(number)
            if tile is None:
                self.lost = True
                break
            self._push(tile, tile)
        self.size = until

    def _tiled(self, number: int) -> bytes | None:
        position, place = divmod(number, WIDTH)
        if self._held[0] != position:
            self._held = (position, self._store.tile(0, position))
        tile = self._held[1]
        if tile is None or len(tile) != WIDTH * HASH_BYTES:
            return None
        return tile[place * HASH_BYTES : (place + 1) * HASH_BYTES]

    def _check_columns(self, leaf: StoredLeaf) -> None:
        try:
            said = decode(leaf.body)
        except InputError as error:
            self._add(Kind.FORMAT, leaf.number, f"the body cannot be read: {error.message}")
            return
        if said.get("n") != leaf.number:
            self._add(Kind.MOVED, leaf.number, f"the body says that it is leaf {said.get('n')}")
        for name in COLUMNS:
            if leaf.columns[name] != str(said.get(name, "")):
                what = f"the column `{name}` is not what the body says: searches are misled"
                self._add(Kind.EDITED, leaf.number, what)

    def _add(self, kind: Kind, leaf: int, what: str) -> None:
        self._findings.add(Problem(kind, None, leaf, what, RESTORE))


def check_tiles(store: Holding, size: int, findings: Findings, *, lost: bool = False) -> None:
    """Every tile of the first `size` leaves is stored, and every tile holds what lies below it.

    `lost`: there may be more leaves, so a tile beyond is no fault.
    """
    stored = set(store.tiles())
    for level, position in sorted(set(completed(0, size)) - stored):
        _tile_problem(findings, Kind.MISSING, level, position, "is not stored")
    for level, position in sorted(stored):
        hashes = store.tile(level, position) or b""
        covered = size >> level  # complete subtrees of this level
        due = WIDTH if lost else min(max(covered - position * WIDTH, 0), WIDTH)
        if level % HEIGHT or len(hashes) % HASH_BYTES or not hashes:
            _tile_problem(findings, Kind.FORMAT, level, position, "is not a tile")
        elif len(hashes) > due * HASH_BYTES or (level == 0 and due < WIDTH):
            _tile_problem(findings, Kind.EDITED, level, position, "covers leaves that are not here")
        elif level:
            _check_fold(store, level, position, hashes, findings)


def _check_fold(
    store: Holding, level: int, position: int, hashes: bytes, findings: Findings
) -> None:
    for entry, start in enumerate(range(0, len(hashes), HASH_BYTES)):
        child = position * WIDTH + entry
        below = store.tile(level - HEIGHT, child)
        if below is None or len(below) != WIDTH * HASH_BYTES:
            continue  # said where that tile was looked at
        cuts = range(0, len(below), HASH_BYTES)
        root = Frontier().extend(below[cut : cut + HASH_BYTES] for cut in cuts).root()
        if root != hashes[start : start + HASH_BYTES]:
            leaves = range(child << level, (child + 1) << level)
            what = f"does not hold the hash of {spell(leaves)} as the tiles below have it"
            _tile_problem(findings, Kind.EDITED, level, position, what)


def _tile_problem(findings: Findings, kind: Kind, level: int, position: int, what: str) -> None:
    first = (position * WIDTH) << level
    text = f"tile {level}/{position} {what}"
    findings.add(Problem(kind, None, first, text, RESTORE))


def _are(leaves: range) -> str:
    return "is" if len(leaves) == 1 else "are"
