import pytest

from clawband.labels.confusables import look


@pytest.mark.parametrize(
    ("drawn", "seen"),
    [
        ("раураӏ", "paypal"),
        ("𝐩𝖺𝓎𝚙𝒶𝕝", "paypal"),
        ("ｐａｙｐａｌ", "paypal"),
        ("ⓟⓐⓨ🅿🅐🅻", "paypal"),
        ("ραγραl", "paypal"),
        ("Crème Brûlée", "cremebrulee"),
        ("æœøłßı", "aeoeolssi"),
        ("٤٢ ⁴₂ ４2", "424242"),
        ("🇦🇧", "ab"),
        ("жук", "жyk"),
        ("田中", "田中"),
        (" .-_@", ""),
    ],
)
def test_look(drawn, seen):
    assert look(drawn) == seen


def test_case_makes_no_difference():
    assert look("Вера") == look("вЕРА")
