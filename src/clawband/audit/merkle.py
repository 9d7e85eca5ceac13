"""Merkle tree hashes and proofs over an append-only list of leaves (RFC 6962 §2.1).

A subtree is named by `(level, index)`: it covers the `2**level` leaves that start at
`index * 2**level`, so `(0, i)` is the hash of leaf `i`. Proofs are built from *complete* subtrees
only, because those never change once they exist and can be stored for good.

A proof binds a leaf to a root, not to a tree size: two sizes may accept the same path under the
same root. The size is bound by the signed checkpoint that holds both.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Self

from clawband.model.errors import InputError, InvariantError

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1  # fits a signed 64-bit column

NodeReader = Callable[[int, int], bytes]
"""`node(level, index)`: the 32-byte hash of a complete subtree."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: `SHA-256(0x00 || data)` (RFC 6962 §2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: `SHA-256(0x01 || left || right)` (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


def empty_root() -> bytes:
    """Root of the tree without leaves: SHA-256 of the empty string (RFC 6962 §2.1)."""
    return sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: all that is needed to append and to know the root.

    `peaks` are the roots of the complete subtrees that tile the tree from left to right, one for
    each 1 bit of `size`, largest first. At most 63 hashes, whatever the size. A value: appending
    gives a new frontier, so a unit of work that fails leaves the old one in force.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Self:
        """The frontier after one more leaf hash (32 bytes)."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Self:
        """The frontier after these leaf hashes (32 bytes each), in order."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            merging, carry = size, leaf
            while merging & 1:
                carry = node_hash(peaks.pop(), carry)
                merging >>= 1
            peaks.append(carry)
            size += 1
        return type(self)(size, tuple(peaks))

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far (RFC 6962 §2.1)."""
        return _join(self.peaks) if self.peaks else empty_root()

    def to_bytes(self) -> bytes:
        """`size` as 8 big-endian bytes, then the peaks, largest first."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def at(cls, size: int, node: NodeReader) -> Self:
        """The frontier of the first `size` leaves, read from complete subtrees."""
        return cls(size, tuple(_peaks(0, size, node)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; raises `InvariantError` when length and size differ."""
        size, hashes = int.from_bytes(data[:8], "big"), data[8:]
        if len(data) < 8 or size > MAX_SIZE or len(hashes) != size.bit_count() * HASH_BYTES:
            raise InvariantError(
                f"a stored frontier of {len(data)} bytes does not fit its size",
                remedy="rebuild the frontier from the stored leaves",
            )
        cuts = range(0, len(hashes) + 1, HASH_BYTES)
        return cls(size, tuple(hashes[a:b] for a, b in pairwise(cuts)))


def inclusion_path(index: int, size: int, node: NodeReader) -> list[bytes]:
    """The audit path `PATH(index, D[size])`, from the leaf's sibling up (RFC 6962 §2.1.1).

    At most `ceil(log2(size))` hashes. Raises `InputError` when the leaf is not in that tree.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise InputError(
            f"no leaf `{index}` in a tree of {size} leaves",
            remedy="ask for a leaf below the tree size",
        )
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(begin, middle, node))
            begin = middle
    path.reverse()
    return path


def consistency_path(old: int, new: int, node: NodeReader) -> list[bytes]:
    """`PROOF(old, D[new])`: the tree of `old` leaves is a prefix of `new` (RFC 6962 §2.1.2).

    Empty when the sizes are equal or `old` is 0 (every tree extends the empty one). Raises
    `InputError` when `old` is greater than `new`.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise InputError(
            f"a tree of {new} leaves does not extend one of {old}",
            remedy="give the older size first",
        )
    path: list[bytes] = []
    begin, end = 0, new
    known = True  # whether the verifier already holds the hash of begin..end as its old root
    while old not in (0, end):
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(begin, middle, node))
            begin, known = middle, False
    if not known:
        path.append(_range_root(begin, end, node))
    path.reverse()
    return path


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether `path` leads from the leaf hash at `index` to `root` (RFC 9162 §2.1.3.2).

    Never raises: whatever is malformed does not verify.
    """
    if not (_is_size(index) and _is_size(size) and index < size and _are_hashes(leaf, root, *path)):
        return False
    # The names of the RFC: fn is the node's index on its level, sn the last index on that level.
    fn, sn, running = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            running = node_hash(sibling, running)
            fn, sn = _skip_absent(fn, sn)
        else:
            running = node_hash(running, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and running == root


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the new tree only appended to the old one (RFC 9162 §2.1.4.2).

    Never raises: whatever is malformed does not verify.
    """
    if not (_is_size(old_size) and _is_size(new_size) and _are_hashes(old_root, new_root, *path)):
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == empty_root()
    hashes = [old_root, *path] if old_size.bit_count() == 1 else list(path)
    if old_size > new_size or not hashes:
        return False
    return _replay(old_size, new_size, hashes) == (old_root, new_root)


def _replay(old_size: int, new_size: int, hashes: list[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots as the consistency path gives them, or None when its length is wrong."""
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            fn, sn = _skip_absent(fn, sn)
        else:
            new = node_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    return (old, new) if sn == 0 else None


def _skip_absent(fn: int, sn: int) -> tuple[int, int]:
    """Climb past the levels where the last node has no sibling and is carried up unchanged."""
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (RFC 6962 §2.1: `k < n <= 2k`)."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_root(begin: int, end: int, node: NodeReader) -> bytes:
    """Root of leaves `begin..end`; `begin` is a multiple of a power of two >= `end - begin`."""
    return _join(_peaks(begin, end, node))


def _peaks(begin: int, end: int, node: NodeReader) -> list[bytes]:
    """The complete subtrees that tile `begin..end`, largest first."""
    peaks: list[bytes] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        peaks.append(node(level, begin >> level))
        begin += 1 << level
    return peaks


def _join(peaks: Sequence[bytes]) -> bytes:
    """The root over complete subtrees of falling size."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def _is_size(number: object) -> bool:
    return type(number) is int and 0 <= number <= MAX_SIZE


def _are_hashes(*values: object) -> bool:
    return all(type(value) is bytes and len(value) == HASH_BYTES for value in values)
