"""No text of people or agents acts on the terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.edges.cli.visible import short, visible

PLAIN = "refund order 17 für Ana, 20 €, 退款 🦀"


@given(st.text())
def test_nothing_hidden_comes_out(text: str) -> None:
    for character in visible(text):
        category = unicodedata.category(character)
        assert category[0] not in "CZ" or character == " "


@given(st.text())
def test_with_lines_only_line_ends_and_tabs_pass(text: str) -> None:
    assert visible(text, lines=True).replace("\n", "").replace("\t", "").isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (PLAIN, PLAIN),
        ("\x1b[2Jgone", "<U+001B>[2Jgone"),
        ("\x9b2J", "<U+009B>2J"),
        ("a\u202eb", "a<U+202E>b"),
        ("a\u200bb", "a<U+200B>b"),
        ("a\U000e0041b", "a<U+E0041>b"),
        ("a\ufe0fb", "a<U+FE0F>b"),
        ("a\u3164b", "a<U+3164>b"),
        ("a\nb\rc", "a<U+000A>b<U+000D>c"),
        ("a\u00a0b", "a<U+00A0>b"),
        ("a\ud800b", "a<U+D800>b"),
    ],
)
def test_spelled(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(), st.integers(1, 30))
def test_short_is_short(text: str, limit: int) -> None:
    assert len(short(text, limit)) <= limit
