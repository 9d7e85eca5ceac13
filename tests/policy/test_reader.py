"""Reading a TOML table: every wrong value is complained of at its line, all at once."""

import pytest

from clawband.policy.reader import Table, load

TEXT = """\
name = "a"
count = 3
yes = true
words = ["a", "b"]
[inner]
key = 1
[[each]]
n = 1
[[each]]
n = "two"
"""


def root(text=TEXT):
    document = load(text, "x.toml")
    return Table(document, (), document.values)


def said(table):
    return [str(problem) for problem in table.document.problems]


def test_good_values_are_read():
    table = root()
    assert table.text("name") == "a"
    assert table.whole("count", 0) == 3
    assert table.truth("yes", default=False) is True
    assert table.texts("words") == ("a", "b")
    assert table.table("inner").whole("key", 0) == 1
    assert [each.values["n"] for each in table.tables("each")] == [1, "two"]
    table.close()
    assert said(table) == []


def test_missing_values_are_their_defaults():
    table = root("")
    assert (table.text("a", "x"), table.whole("b", 4), table.texts("c")) == ("x", 4, ())
    assert (table.table("d").values, table.tables("e")) == ({}, [])
    assert table.truth("f", default=True) is True
    assert said(table) == []


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda t: t.text("none"), "x.toml:1: expected a key `none`, got none"),
        (lambda t: t.text("count"), "x.toml:2: expected `count` to be a text on one line, got a n"),
        (lambda t: t.choice("name", ("b", "c", "d")), "to be `b`, `c` or `d`, got `a`"),
        (lambda t: t.whole("name", 0), "to be a whole number from 0 to 10000000, got `a`"),
        (lambda t: t.whole("yes", 0), "got a truth value"),
        (lambda t: t.whole("count", 0, most=2), "from 0 to 2, got `3`"),
        (lambda t: t.truth("name", default=True), "x.toml:1: expected `name` to be true or false"),
        (lambda t: t.texts("name"), "expected `name` to be a list of texts, got a text"),
        (lambda t: t.texts("each"), "expected a word without spaces in `each`, got a table"),
        (lambda t: t.table("name"), "expected `name` to be a table, got a text"),
        (lambda t: t.tables("inner"), "x.toml:5: expected `inner` to be tables, each"),
        (lambda t: t.tables("each")[1].whole("n", 0), "x.toml:10: expected `n` to be a whole"),
        (lambda t: t.table("inner").close(), "x.toml:6: expected one of  in `[inner]`, got `key`"),
    ],
)  # fmt: skip
def test_wrong_values_are_complained_of(read, message):
    table = root()
    read(table)
    assert message in said(table)[0]


def test_lists_hold_each_word_once():
    table = root('words = ["a", "a", "b c", ""]')
    table.texts("words")
    assert [line.partition(", got ")[2] for line in said(table)] == [
        "`a` twice", "`b c`", "an empty text",
    ]  # fmt: skip


def test_lines_may_have_spaces_and_one_may_stand_for_a_list():
    table = root(
        'lines = ["a b", "a b", "", "c"]\none = "a"\nmore = ["a", "b"]\nnone = []\nodd = 5'
    )
    assert table.lines("lines") == ("a b", "c")
    assert table.one_or_more("one") == ("a",)
    assert table.one_or_more("more") == ("a", "b")
    assert (table.one_or_more("none"), table.one_or_more("odd")) == ((), ())
    assert [line.partition(", got ")[2] for line in said(table)] == [
        "`a b` twice", "an empty text", "none", "a number",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb = ", 2), ("a = 1\na = 2\n", 2), ("[x\n", 1), ("a = 1\n" + "x = [" * 3000, 2)],
)
def test_what_is_no_toml_is_placed(text, line):
    document = load(text, "x.toml")
    assert [problem.line for problem in document.problems] == [line]
    assert document.problems[0].message.startswith("expected TOML, got ")
