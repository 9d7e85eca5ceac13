"""QR codes: module for module what an independent encoder (qrcodegen) makes of the same text."""

import hashlib

import pytest

from clawband.edges.console import qr
from clawband.model.errors import InputError

SMALL = """
#######..###....#.#######
#.....#...#.#..#..#.....#
#.###.#.#.#...###.#.###.#
#.###.#.####...#..#.###.#
#.###.#.##.#.#..#.#.###.#
#.....#.#.#..####.#.....#
#######.#.#.#.#.#.#######
........##.###.#.........
#.#####..#....##..#####..
##.#...#..##....#....#.#.
#.#####.##.....###.###.##
....##.#....#.#.##.##...#
......###.##.....##.#####
#.##.#..###.###..#...#.#.
#.#...#..#...###.##.#..##
#.#..#..###.##.#..#.#..#.
#..##.#.#.#.#.#######.##.
........#.#.....#...#....
#######..####...#.#.#..##
#.....#.#.##..#.#...#....
#.###.#.#..#...######.#.#
#.###.#.##..####.####..##
#.###.#.#....##......#..#
#.....#.....##..##......#
#######.###.#.#..#..#####
"""
LARGER = {
    "otpauth://totp/Clawband:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Clawband": (
        37, "699452b7eb867425",
    ),
    "x" * 120: (45, "b91b7e904d3e58a9"),
    "y" * 213: (57, "3bb4dc258df63cd7"),
}  # fmt: skip


def rows(text: str) -> list[str]:
    return ["".join(map(str, row)) for row in qr.modules(text)]


def test_a_small_code():
    drawn = [row.translate({ord("0"): ".", ord("1"): "#"}) for row in rows("otpauth://totp/ada")]
    assert drawn == SMALL.split()


@pytest.mark.parametrize("text", LARGER)
def test_codes_with_several_blocks_and_a_version(text):
    made = rows(text)
    digest = hashlib.sha256("\n".join(made).encode()).hexdigest()
    assert (len(made), digest[:16]) == LARGER[text]


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="213 bytes"):
        qr.modules("z" * 214)


def test_the_path_has_a_square_for_each_dark_module_within_the_quiet_zone():
    width, path = qr.path("otpauth://totp/ada")
    assert width == 25 + 8
    assert path.count("M") == SMALL.count("#")
    assert path.startswith("M4 4h1v1h-1z")
