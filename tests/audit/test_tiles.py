"""Tiles against the whole tree: same nodes, same proofs, however the log grew."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clawband.audit.merkle import (
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from clawband.audit.tiles import WIDTH, Tile, TileReader, completed, grow
from clawband.model.errors import InputError, InvariantError


def no_tiles(level, index):
    return None


class TileStore:
    """Tiles as a store keeps them: insert or replace, read by place."""

    def __init__(self, keeps_open_tiles=True):
        self.tiles = {}
        self.leaves = []
        self.reads = []
        self.keeps_open_tiles = keeps_open_tiles

    def fetch(self, level, index):
        self.reads.append((level, index))
        return self.tiles.get((level, index))

    @property
    def edge(self):
        return self.leaves[len(self.leaves) // WIDTH * WIDTH :]

    def append(self, count):
        size = len(self.leaves)
        fresh = [leaf_hash(str(number).encode()) for number in range(size, size + count)]
        for tile in grow(self.fetch, size, self.edge, fresh):
            if tile.full or self.keeps_open_tiles:
                self.tiles[tile.level, tile.index] = tile.hashes
        self.leaves += fresh

    def reader(self):
        return TileReader(self.fetch, len(self.leaves), self.edge)


def grown(*steps, keeps_open_tiles=True):
    store = TileStore(keeps_open_tiles)
    for step in steps:
        store.append(step)
    return store


@settings(max_examples=25)
@given(st.lists(st.integers(0, 700), max_size=6), st.booleans(), st.data())
def test_proofs_from_tiles_verify_however_the_log_grew(steps, keeps_open_tiles, data):
    store = grown(1, *steps, keeps_open_tiles=keeps_open_tiles)
    size = len(store.leaves)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(index + 1, size))
    node = store.reader().node
    root, before = (Frontier().extend(store.leaves[:n]).root() for n in (size, old))
    leaf = store.leaves[index]
    assert verify_inclusion(leaf, index, size, inclusion_path(index, size, node), root)
    assert verify_inclusion(leaf, index, old, inclusion_path(index, old, node), before)
    assert verify_consistency(old, before, size, root, consistency_path(old, size, node))
    assert Frontier.at(size, node).root() == root


@settings(max_examples=10)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=8))
def test_what_a_store_holds_does_not_depend_on_the_steps(steps):
    assert grown(*steps).tiles == grown(sum(steps)).tiles


def test_a_third_level_of_tiles():
    size = WIDTH * WIDTH + WIDTH + 3
    store = grown(40_000, size - 40_000)
    assert sorted({level for level, _ in store.tiles}) == [0, 8, 16]
    assert len(store.tiles[16, 0]) == 32
    assert len(store.tiles[8, 1]) == 32
    root = Frontier().extend(store.leaves).root()
    store.reads.clear()
    path = inclusion_path(777, size, store.reader().node)
    assert verify_inclusion(store.leaves[777], 777, size, path, root)
    assert len(path) == 17
    assert set(store.reads) == {(0, 3), (8, 0), (8, 1)}


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_completed_names_each_full_tile_once(a, b):
    old, new = sorted((a, b))
    full = [*completed(0, new)]
    assert [*completed(0, old)] == [tile for tile in full if tile not in [*completed(old, new)]]
    assert full == [(level, index) for level in (0, 8, 16) for index in range(new >> (level + 8))]


def test_grow_writes_full_tiles_at_level_0_and_open_ones_above():
    written = grow(no_tiles, 255, [leaf_hash(b"")] * 255, [leaf_hash(b"")])
    assert [(tile.level, tile.index, tile.full) for tile in written] == [
        (0, 0, True),
        (8, 0, False),
    ]
    assert written[1].hashes == Frontier().extend([leaf_hash(b"")] * 256).root()
    assert grow(no_tiles, 0, [], [leaf_hash(b"")] * 255) == []
    assert grow(no_tiles, 512, [], []) == []
    assert not Tile(0, 0, b"").full


@pytest.mark.parametrize(("level", "index"), [(0, 300), (8, 1), (9, 0), (-1, 0), (0, -1)])
def test_a_subtree_that_is_not_complete_is_not_served(level, index):
    with pytest.raises(InputError, match="is not complete in a tree of 300 leaves"):
        grown(300).reader().node(level, index)


def test_a_tile_that_is_gone_or_cut_is_named():
    store = grown(600)
    store.tiles[0, 1] = store.tiles[0, 1][:-1]
    with pytest.raises(InvariantError, match="tile `0/1` holds 8191 bytes, expected 8192"):
        store.reader().node(0, 256)
    del store.tiles[0, 0]
    with pytest.raises(InvariantError, match="tile `0/0` holds 0 bytes"):
        store.reader().node(0, 0)


@pytest.mark.parametrize("edge", [[], [b"short"] * 44, [bytes(32)] * 43])
def test_the_edge_must_fit_the_size(edge):
    with pytest.raises(InvariantError, match="expected 44 leaf hashes after the last full tile"):
        TileReader(no_tiles, 300, edge)
