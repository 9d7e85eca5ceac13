"""Where a key stands in a TOML text."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from clawband.policy.positions import line_of, positions

TEXT = '''\
# a comment with [brackets] and a = b
name = "x # no comment"
list = [
  "one",  # [
  "two]",
]
long = """
inner = 1
[not.a.table]
"""
raw = \'\'\'
x = """
\'\'\'
limits.calls = 3

[tools.refund]   # comment
effect = "pay"
inline = { a = 1, b = [2] }

[tools."odd.name"]
effect = "read"

[[approvals]]
tool = "a"

[[approvals]]
tool = "b"
'''


def test_keys_and_tables_are_found():
    found = positions(TEXT)
    places = {
        ("name",): 2,
        ("list",): 3,
        ("long",): 7,
        ("raw",): 11,
        ("limits",): 14,
        ("limits", "calls"): 14,
        ("tools", "refund"): 16,
        ("tools", "refund", "effect"): 17,
        ("tools", "refund", "inline"): 18,
        ("tools", "odd.name", "effect"): 21,
        ("approvals",): 23,
        ("approvals", 0, "tool"): 24,
        ("approvals", 1): 26,
        ("approvals", 1, "tool"): 27,
    }
    assert {path: found[path] for path in places} == places
    assert ("inner",) not in found


def test_what_is_not_found_falls_back_to_what_is_around_it():
    found = positions(TEXT)
    assert line_of(found, ("tools", "refund", "inline", "a")) == 18
    assert line_of(found, ("tools", "refund", "missing")) == 16
    assert line_of(found, ("missing",)) == 1


@given(st.text(alphabet="ab=[]{}\"'#\n\\ .,1", max_size=60))
def test_no_text_breaks_it(text):
    found = positions(text)
    assert line_of(found, ("a", "b", 0)) >= 1
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


VALUES = ['"]["', "[\n1,\n]", '"""\n=\n"""', "1"]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(VALUES)),
        max_size=6,
        unique_by=lambda pair: pair[0],
    )
)  # fmt: skip
def test_every_top_level_key_is_placed_where_it_is_written(pairs):
    text = "".join(f"{key} = {value}\n" for key, value in pairs)
    found = positions(text)
    lines = text.splitlines()
    for key in tomllib.loads(text):
        assert lines[found[(key,)] - 1].startswith(f"{key} =")
