"""What is written as TOML is read back the same."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clawband.policy.writing import text, toml

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
plain = texts | st.booleans() | st.integers(-(2**60), 2**60)
values = st.recursive(
    plain | st.lists(plain, max_size=3),
    lambda inner: (
        st.dictionaries(texts, inner, max_size=3)
        | st.lists(st.dictionaries(texts, inner, max_size=2), max_size=2)
    ),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=5))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(written):
    assert tomllib.loads(toml(written)) == written


@pytest.mark.parametrize("path", sorted(Path("examples/workflows").glob("*.toml")), ids=str)
def test_the_sample_survives(path):
    read = tomllib.loads(path.read_text())
    assert tomllib.loads(toml(read)) == read


def test_no_line_ends_inside_a_text():
    assert text('a\n"b\x7f\u202e\U0001f600') == '"a\\U0000000a\\"b\\U0000007f\\U0000202e\U0001f600"'
    assert text("\ud800") == '"?"'
