"""The tree cut into tiles of 256 hashes, at tree levels 0, 8, 16 … (C2SP tlog-tiles geometry).

Tile `(level, index)` holds the hashes of the subtrees `(level, 256*index)` up to
`(level, 256*index + 255)`, 32 bytes each, left to right. A full tile never changes. What lies
between the stored levels is hashed again on reading, at most 255 hashes a tile.

Level 0 is stored only when a tile is full: its open tile is the last `size % 256` leaf hashes,
which a store has beside its leaves. An open tile above may be stored and replaced as it grows
(once every 256 leaves); where it is not, a reader makes it again from the full tiles below.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from clawband.audit.merkle import HASH_BYTES
from clawband.model.errors import InputError, InvariantError

HEIGHT = 8
WIDTH = 1 << HEIGHT

Fetch = Callable[[int, int], bytes | None]
"""`fetch(level, index)`: the stored bytes of a tile, or None where none is stored."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile to write: `hashes` is 32 bytes a subtree, up to 256 of them."""

    level: int
    index: int
    hashes: bytes

    @property
    def full(self) -> bool:
        """Whether the tile will never change again."""
        return len(self.hashes) == WIDTH * HASH_BYTES


def completed(old: int, new: int) -> Iterator[tuple[int, int]]:
    """`(level, index)` of the tiles that become full when the tree grows from `old` to `new`."""
    level = 0
    while new >> (level + HEIGHT):
        first, last = old >> (level + HEIGHT), new >> (level + HEIGHT)
        yield from ((level, index) for index in range(first, last))
        level += HEIGHT


def grow(fetch: Fetch, size: int, edge: Sequence[bytes], leaves: Sequence[bytes]) -> list[Tile]:
    """The tiles to insert or replace when `leaves` (leaf hashes) are appended to `size` leaves.

    `edge` is the leaf hashes of the open level-0 tile, `size % 256` of them. `fetch` is asked only
    for what the open tiles above level 0 already hold. Writing the result in the unit of work that
    appends the leaves keeps tiles and leaves equal. A store may drop the tiles that are not full,
    at the price of reading the tiles below again. Raises
    `InvariantError` when `edge` or a fetched tile has the wrong length.
    """
    _expect_edge(size, edge)
    tiles: list[Tile] = []
    level, have, tail, fresh = 0, size, b"".join(edge), b"".join(leaves)
    while fresh:
        index, row = have // WIDTH, tail + fresh
        cuts = range(0, len(row), WIDTH * HASH_BYTES)
        written = [
            Tile(level, index + i, row[cut : cut + WIDTH * HASH_BYTES])
            for i, cut in enumerate(cuts)
        ]
        tiles += [tile for tile in written if tile.full or level]
        fresh = b"".join(_fold(tile.hashes) for tile in written if tile.full)
        level, have = level + HEIGHT, have // WIDTH
        open_count = have % WIDTH
        needed = bool(fresh) and open_count > 0
        tail = _read(fetch, level, have // WIDTH, open_count) if needed else b""
    return tiles


class TileReader:
    """Serves `node(level, index)` to `merkle` from tiles, for a tree of `size` leaves.

    `edge` is the leaf hashes of the open level-0 tile, `size % 256` of them. A reader serves proofs
    for its own size and every smaller one. It remembers the last tile of each level; full tiles
    never change, so a store may cache them behind `fetch` as long as it likes.
    """

    def __init__(self, fetch: Fetch, size: int, edge: Sequence[bytes]) -> None:
        _expect_edge(size, edge)
        self._fetch = fetch
        self._size = size
        self._edge = b"".join(edge)
        self._last: dict[int, tuple[int, bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        """Hash of a complete subtree; raises `InputError` when the tree does not hold it whole."""
        if level < 0 or index < 0 or (index + 1) << level > self._size:
            raise InputError(
                f"subtree `{level}/{index}` is not complete in a tree of {self._size} leaves",
                remedy="ask for a smaller tree size",
            )
        stored = level - level % HEIGHT
        first = index << (level - stored)
        start = first % WIDTH * HASH_BYTES
        length = HASH_BYTES << (level - stored)
        return _fold(self._tile(stored, first // WIDTH)[start : start + length])

    def _tile(self, level: int, index: int) -> bytes:
        held = self._size >> level
        if level == 0 and index == held // WIDTH:
            return self._edge
        last = self._last.get(level)
        if last is None or last[0] != index:
            width = min(WIDTH, held - index * WIDTH)
            last = (index, _read(self._fetch, level, index, width))
            self._last[level] = last
        return last[1]


def _fold(hashes: bytes) -> bytes:
    """Root over a power of two of concatenated hashes (RFC 6962 §2.1)."""
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + 2 * HASH_BYTES]).digest() for at in pairs]
        )
    return hashes


def _read(fetch: Fetch, level: int, index: int, width: int) -> bytes:
    """The first `width` hashes of a tile, folded from the tiles below where it is not stored."""
    data = fetch(level, index) or b""
    wanted = width * HASH_BYTES
    if len(data) >= wanted:
        return data[:wanted]
    if level == 0 or width == WIDTH:
        raise InvariantError(
            f"tile `{level}/{index}` holds {len(data)} bytes, expected {wanted}",
            remedy="rebuild the tiles from the stored leaves",
        )
    below = range(index * WIDTH, index * WIDTH + width)
    return b"".join([_fold(_read(fetch, level - HEIGHT, child, WIDTH)) for child in below])


def _expect_edge(size: int, edge: Sequence[bytes]) -> None:
    if len(edge) != size % WIDTH or any(len(leaf) != HASH_BYTES for leaf in edge):
        raise InvariantError(
            f"expected {size % WIDTH} leaf hashes after the last full tile, got {len(edge)}",
            remedy="read the leaf hashes and the tree size in one snapshot",
        )
