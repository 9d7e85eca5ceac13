"""The tree against the published vectors, and against RFC 6962 §2.1 written down naively."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.merkle import (
    Frontier,
    consistency_path,
    empty_root,
    inclusion_path,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from clawband.model.errors import InputError, InvariantError

# The leaves and roots of the Certificate Transparency reference implementation.
CT_LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
] + [bytes(range(0x60, 0x70))]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CT_CONSISTENCY = {
    (1, 1): [],
    (1, 8): CT_INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


class NaiveTree:
    """RFC 6962 §2.1 to §2.1.2, as written there, by recursion over lists of leaves."""

    def __init__(self, leaves):
        self.leaves = leaves

    def mth(self, begin, end):
        leaves = self.leaves[begin:end]
        if not leaves:
            return sha256(b"").digest()
        if len(leaves) == 1:
            return sha256(b"\x00" + leaves[0]).digest()
        k = self.k(len(leaves))
        return sha256(b"\x01" + self.mth(begin, begin + k) + self.mth(begin + k, end)).digest()

    def path(self, m, begin, end):
        n = end - begin
        if n == 1:
            return []
        k = self.k(n)
        if m < k:
            return [*self.path(m, begin, begin + k), self.mth(begin + k, end)]
        return [*self.path(m - k, begin + k, end), self.mth(begin, begin + k)]

    def subproof(self, m, begin, end, whole):
        n = end - begin
        if m == n:
            return [] if whole else [self.mth(begin, end)]
        k = self.k(n)
        if m <= k:
            return [*self.subproof(m, begin, begin + k, whole), self.mth(begin + k, end)]
        return [*self.subproof(m - k, begin + k, end, False), self.mth(begin, begin + k)]

    @staticmethod
    def k(n):
        k = 1
        while k * 2 < n:
            k *= 2
        return k

    def node(self, level, index):
        begin, end = index << level, (index + 1) << level
        assert end <= len(self.leaves), "only complete subtrees may be asked for"
        return self.mth(begin, end)


def numbered(size):
    return NaiveTree([str(number).encode() for number in range(size)])


trees = st.integers(1, 70).map(numbered)


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


def hexed(path):
    return [step.hex() for step in path]


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_reference_implementation(size):
    frontier = Frontier().extend(map(leaf_hash, CT_LEAVES[:size]))
    assert frontier.root().hex() == CT_ROOTS[size]
    assert frontier.size == size


def test_the_empty_root_and_the_two_prefixes():
    assert empty_root().hex() == CT_ROOTS[0]
    assert leaf_hash(b"").hex() == CT_ROOTS[1]
    left, right = leaf_hash(CT_LEAVES[0]), leaf_hash(CT_LEAVES[1])
    assert node_hash(left, right).hex() == CT_ROOTS[2]


@pytest.mark.parametrize(("place", "path"), CT_INCLUSION.items())
def test_inclusion_paths_of_the_reference_implementation(place, path):
    index, size = place
    assert hexed(inclusion_path(index, size, NaiveTree(CT_LEAVES).node)) == path
    steps = [bytes.fromhex(step) for step in path]
    root = bytes.fromhex(CT_ROOTS[size])
    assert verify_inclusion(leaf_hash(CT_LEAVES[index]), index, size, steps, root)


@pytest.mark.parametrize(("sizes", "path"), CT_CONSISTENCY.items())
def test_consistency_paths_of_the_reference_implementation(sizes, path):
    old, new = sizes
    assert hexed(consistency_path(old, new, NaiveTree(CT_LEAVES).node)) == path
    steps = [bytes.fromhex(step) for step in path]
    roots = [bytes.fromhex(CT_ROOTS[size]) for size in sizes]
    assert verify_consistency(old, roots[0], new, roots[1], steps)


def test_every_proof_of_every_small_tree_is_the_one_of_the_rfc():
    for size in range(1, 34):
        tree = numbered(size)
        for index in range(size):
            expected = tree.path(index, 0, size)
            assert inclusion_path(index, size, tree.node) == expected
            assert len(expected) <= (size - 1).bit_length()
        for old in range(1, size + 1):
            assert consistency_path(old, size, tree.node) == tree.subproof(old, 0, size, True)


@given(trees, st.data())
def test_an_inclusion_proof_verifies_and_with_one_bit_flipped_never(tree, data):
    size = len(tree.leaves)
    index = data.draw(st.integers(0, size - 1))
    bit = data.draw(st.integers(0, 255))
    leaf, root = leaf_hash(tree.leaves[index]), tree.mth(0, size)
    path = inclusion_path(index, size, tree.node)
    assert verify_inclusion(leaf, index, size, path, root)
    assert not verify_inclusion(flipped(leaf, bit), index, size, path, root)
    assert not verify_inclusion(leaf, index, size, path, flipped(root, bit))
    for step, sibling in enumerate(path):
        changed = [*path[:step], flipped(sibling, bit), *path[step + 1 :]]
        assert not verify_inclusion(leaf, index, size, changed, root)
        assert not verify_inclusion(leaf, index, size, path[:step] + path[step + 1 :], root)
    assert not verify_inclusion(leaf, index, size, [*path, root], root)


@given(trees, st.data())
def test_an_inclusion_proof_never_verifies_elsewhere(tree, data):
    size = len(tree.leaves)
    index = data.draw(st.integers(0, size - 1))
    leaf, path = leaf_hash(tree.leaves[index]), inclusion_path(index, size, tree.node)
    for other in range(size + 2):
        holds = verify_inclusion(leaf, other, size, path, tree.mth(0, size))
        assert holds == (other == index)
        if 0 < other < size:  # the root of another size, with that size
            assert not verify_inclusion(leaf, index, other, path, tree.mth(0, other))


@given(trees, st.data())
def test_a_consistency_proof_verifies_and_with_one_bit_flipped_never(tree, data):
    new = len(tree.leaves)
    old = data.draw(st.integers(1, new))
    bit = data.draw(st.integers(0, 255))
    before, after = tree.mth(0, old), tree.mth(0, new)
    path = consistency_path(old, new, tree.node)
    assert verify_consistency(old, before, new, after, path)
    assert not verify_consistency(old, flipped(before, bit), new, after, path)
    assert not verify_consistency(old, before, new, flipped(after, bit), path)
    for step, sibling in enumerate(path):
        changed = [*path[:step], flipped(sibling, bit), *path[step + 1 :]]
        assert not verify_consistency(old, before, new, after, changed)
        assert not verify_consistency(old, before, new, after, path[:step] + path[step + 1 :])
    assert not verify_consistency(old, before, new, after, [*path, after])


@given(trees, st.data())
def test_a_consistency_proof_never_verifies_between_other_trees(tree, data):
    new = len(tree.leaves)
    old = data.draw(st.integers(1, new))
    path = consistency_path(old, new, tree.node)
    for other in range(1, new + 1):
        holds = verify_consistency(other, tree.mth(0, other), new, tree.mth(0, new), path)
        assert holds == (other == old)


@given(trees, st.data())
def test_a_changed_past_is_never_consistent(tree, data):
    new = len(tree.leaves)
    old = data.draw(st.integers(1, new))
    changed = data.draw(st.integers(0, old - 1))
    other = NaiveTree([*tree.leaves[:changed], b"other", *tree.leaves[changed + 1 :]])
    path = consistency_path(old, new, other.node)
    assert not verify_consistency(old, tree.mth(0, old), new, other.mth(0, new), path)


def test_every_tree_extends_the_empty_one_and_itself():
    tree = numbered(5)
    root = tree.mth(0, 5)
    assert consistency_path(0, 5, tree.node) == consistency_path(5, 5, tree.node) == []
    assert verify_consistency(0, empty_root(), 5, root, [])
    assert verify_consistency(0, empty_root(), 0, empty_root(), [])
    assert verify_consistency(5, root, 5, root, [])
    assert not verify_consistency(0, root, 5, root, [])
    assert not verify_consistency(0, empty_root(), 5, root, [root])
    assert not verify_consistency(5, root, 5, empty_root(), [])
    assert not verify_consistency(3, tree.mth(0, 3), 5, root, [])


anything = st.one_of(
    st.integers(), st.binary(max_size=40), st.binary(min_size=32, max_size=32), st.none(), st.text()
)


@given(anything, anything, anything, anything, st.lists(anything, max_size=4))
def test_verifying_garbage_is_false_and_raises_nothing(a, b, c, d, path):
    assert verify_inclusion(a, b, c, path, d) in (True, False)
    assert verify_consistency(a, b, c, d, path) in (True, False)
    assert not verify_inclusion(b"short", 0, 1, [], b"short")
    assert not verify_inclusion(empty_root(), True, 2, [empty_root()], empty_root())
    assert not verify_consistency(2, empty_root(), 1, empty_root(), [empty_root()])


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_there_is_no_path_for_a_leaf_outside_the_tree(index):
    with pytest.raises(InputError, match=f"no leaf `{index}` in a tree of 3 leaves"):
        inclusion_path(index, 3, numbered(3).node)


def test_a_smaller_tree_does_not_extend_a_larger_one():
    with pytest.raises(InputError, match="a tree of 2 leaves does not extend one of 3"):
        consistency_path(3, 2, numbered(3).node)


@given(st.integers(0, 200), st.integers(0, 60))
def test_a_frontier_survives_storage_and_goes_on(size, more):
    tree = numbered(size + more)
    hashes = list(map(leaf_hash, tree.leaves))
    frontier = Frontier().extend(hashes[:size])
    stored = frontier.to_bytes()
    assert len(stored) == 8 + 32 * size.bit_count()
    assert Frontier.from_bytes(stored) == frontier == Frontier.at(size, tree.node)
    for leaf in hashes[size:]:
        frontier = frontier.append(leaf)
    assert frontier.root() == tree.mth(0, size + more)


def test_the_bytes_of_a_stored_frontier():
    frontier = Frontier().extend(map(leaf_hash, CT_LEAVES[:3]))
    expected = "0000000000000003" + CT_ROOTS[2] + leaf_hash(b"\x10").hex()
    assert frontier.to_bytes().hex() == expected
    assert Frontier().to_bytes() == bytes(8)


@pytest.mark.parametrize("stored", [b"", bytes(7), bytes(7) + b"\x01", b"\xff" * 8, bytes(40)])
def test_a_damaged_frontier_is_refused(stored):
    with pytest.raises(InvariantError, match="does not fit its size"):
        Frontier.from_bytes(stored)
