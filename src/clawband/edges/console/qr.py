"""QR codes (ISO/IEC 18004), as far as the address of a one-time password needs them: bytes, error
correction level M, versions 1 to 10."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise, zip_longest
from typing import Final

from clawband.model.errors import InputError

# By version, from 1: all codewords, the correcting codewords of a block, the blocks (table 9).
_CODEWORDS: Final = (26, 44, 70, 100, 134, 172, 196, 242, 292, 346)
_CORRECTING: Final = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26)
_BLOCKS: Final = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5)
_POLYNOMIAL: Final = 0x11D
_LIKE_A_FINDER: Final = ("10111010000", "00001011101")
_MASKS: Final[tuple[Callable[[int, int], int], ...]] = (
    lambda x, y: (x + y) % 2,
    lambda x, y: y % 2,
    lambda x, y: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (x // 3 + y // 2) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)
Grid = list[list[int]]


def modules(text: str) -> Grid:
    """The modules by row, 1 is dark, without the quiet zone around.

    Raises `InputError` for more than 213 bytes.
    """
    version, codewords = _codewords(text.encode())
    bits = [each >> place & 1 for each in codewords for place in range(7, -1, -1)]
    return min((_drawn(version, bits, mask) for mask in range(len(_MASKS))), key=_penalty)


def path(text: str) -> tuple[int, str]:
    """The width of the code with its quiet zone of 4 modules, and the data of an SVG path in it."""
    grid = modules(text)
    squares = (
        f"M{x + 4} {y + 4}h1v1h-1z"
        for y, row in enumerate(grid)
        for x, dark in enumerate(row)
        if dark
    )
    return len(grid) + 8, "".join(squares)


def _codewords(text: bytes) -> tuple[int, Sequence[int]]:
    """The smallest version that holds `text`, and its codewords in their order (§7.4 to §7.6)."""
    for version, total in enumerate(_CODEWORDS, 1):
        room = total - _CORRECTING[version - 1] * _BLOCKS[version - 1]
        count = 2 if version > 9 else 1
        size = 1 + count + len(text)
        if size <= room:
            head = 4 << 8 * count | len(text)
            made = (head << 8 * len(text) | int.from_bytes(text)) << 4
            padded = made.to_bytes(size) + bytes((0xEC, 0x11)) * room
            return version, _interleaved(version, padded[:room])
    raise InputError("expected at most 213 bytes for a code", remedy="shorten the text")


def _interleaved(version: int, data: bytes) -> Sequence[int]:
    """Blocks of nearly one length, the longer ones last; first their data, then their check."""
    blocks, check = _BLOCKS[version - 1], _CORRECTING[version - 1]
    short, longer = divmod(len(data), blocks)
    starts = [each * short + max(0, each - blocks + longer) for each in range(blocks + 1)]
    parts = [data[start:end] for start, end in pairwise(starts)]
    checks = [_remainder(part, check) for part in parts]
    woven = [*zip_longest(*parts), *zip_longest(*checks)]
    return [each for row in woven for each in row if each is not None]


def _remainder(data: bytes, check: int) -> Sequence[int]:
    """The codewords that correct errors in `data` (Reed and Solomon, over GF(256))."""
    generator, root = [1], 1
    for _ in range(check):
        shifted = [0, *(_product(each, root) for each in generator)]
        generator = [a ^ b for a, b in zip([*generator, 0], shifted, strict=True)]
        root = _product(root, 2)
    rest = [*data, *[0] * check]
    for at in range(len(data)):
        factor = rest[at]
        for place, each in enumerate(generator):
            rest[at + place] ^= _product(each, factor)
    return rest[len(data) :]


def _product(a: int, b: int) -> int:
    made = 0
    while b:
        made ^= a if b & 1 else 0
        a = a << 1 ^ (_POLYNOMIAL if a & 0x80 else 0)
        b >>= 1
    return made


def _drawn(version: int, bits: Sequence[int], mask: int) -> Grid:
    """The fixed patterns, then the bits upwards and downwards in columns of two, masked (§7.7)."""
    size = 17 + 4 * version
    fixed = _patterns(version, mask)
    grid = [[fixed.get((x, y), 0) for x in range(size)] for y in range(size)]
    stream = iter(bits)
    for x, y in _places(size):
        if (x, y) not in fixed:
            grid[y][x] = next(stream, 0) ^ (_MASKS[mask](x, y) == 0)
    return grid


def _places(size: int) -> Iterator[tuple[int, int]]:
    columns = [*range(size - 1, 6, -2), 5, 3, 1]
    for turn, right in enumerate(columns):
        for y in range(size) if turn % 2 else range(size - 1, -1, -1):
            yield right, y
            yield right - 1, y


def _patterns(version: int, mask: int) -> dict[tuple[int, int], int]:
    """What is no data, by column and row (§6.3, §7.9, §7.10)."""
    size = 17 + 4 * version
    fixed = {}
    for at in range(8, size - 8):
        fixed[at, 6] = fixed[6, at] = 1 - at % 2
    for left, top in ((0, 0), (size - 7, 0), (0, size - 7)):
        for x in range(max(0, left - 1), min(size, left + 8)):
            for y in range(max(0, top - 1), min(size, top + 8)):
                fixed[x, y] = int(max(abs(x - left - 3), abs(y - top - 3)) in (0, 1, 3))
    for x, y in _centres(version):
        for across in range(-2, 3):
            for down in range(-2, 3):
                fixed[x + across, y + down] = int(max(abs(across), abs(down)) != 1)
    fixed.update(_format(size, mask))
    if version >= 7:
        word = version << 12 | _checked(version, 12, 0x1F25)
        for place in range(18):
            x, y = place // 3, size - 11 + place % 3
            fixed[x, y] = fixed[y, x] = word >> place & 1
    return fixed


def _centres(version: int) -> Iterator[tuple[int, int]]:
    """Of the alignment patterns (annex E)."""
    last = 10 + 4 * version
    middle = (last + 6) // 2
    steps = [6, last] if version < 7 else [6, middle + middle % 2, last]
    if version == 1:
        return
    for x in steps:
        for y in steps:
            if (x, y) not in ((6, 6), (6, last), (last, 6)):
                yield x, y


def _format(size: int, mask: int) -> Iterator[tuple[tuple[int, int], int]]:
    """Level M is 00, so the word is the mask's number; it stands there twice."""
    word = (mask << 10 | _checked(mask, 10, 0x537)) ^ 0x5412
    corner = [0, 1, 2, 3, 4, 5, 7, 8]
    for place in range(15):
        bit = word >> place & 1
        across = size - 1 - place if place < 8 else [7, 5, 4, 3, 2, 1, 0][place - 8]
        down = corner[place] if place < 8 else size - 15 + place
        yield (across, 8), bit
        yield (8, down), bit
    yield (8, size - 8), 1


def _checked(word: int, degree: int, generator: int) -> int:
    """The remainder of a BCH code (annexes C and D)."""
    rest = word << degree
    while rest.bit_length() > degree:
        rest ^= generator << rest.bit_length() - degree - 1
    return rest


def _penalty(grid: Grid) -> int:
    """How hard a scanner would find it (§7.8.3.1): runs, squares, false finders, imbalance."""
    size = len(grid)
    points = 0
    for line in (*grid, *zip(*grid, strict=True)):
        runs = [len(list(run)) for _, run in groupby(line)]
        points += sum(run - 2 for run in runs if run >= 5)
        text = f"0000{''.join(map(str, line))}0000"
        points += 40 * sum(text.startswith(_LIKE_A_FINDER, at) for at in range(len(text)))
    for above, below in pairwise(grid):
        points += 3 * sum(
            above[x] == above[x + 1] == below[x] == below[x + 1] for x in range(size - 1)
        )
    dark = 100 * sum(map(sum, grid)) / size**2
    return points + 10 * int(abs(dark - 50) / 5)
