"""Values under declared names, and what undeclared ones look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.deployment import Tool
from clawband.model.provenance import Meaning
from clawband.openclaw.arguments import (
    UNREADABLE,
    contents,
    find,
    gather,
    looks_like,
    scalar,
    undeclared,
    written,
)

MAIL = Tool(
    name="mail", effect="tool:send", recipients=("to", "cc"), contents=("body",),
    hosts=("media?",), paths=("media?", "attachments[].file_id"), names=("subject",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "params", "expected"),
    [
        ("to", {"to": "a"}, [("to", "a")]),
        ("to", {"to": ["a", None, 5]}, [("to[0]", "a"), ("to[2]", 5)]),
        ("to", {"to": None}, []),
        (
            "filePath",
            {"file_path": "a", "FILE-PATH": "b"},
            [("file_path", "a"), ("FILE-PATH", "b")],
        ),
        ("workdir?", {"workdir": "a"}, [("workdir", "a")]),
        ("a.b", {"a": {"b": "x", "c": "y"}}, [("a.b", "x")]),
        ("a[].b", {"a": [{"b": "x"}, {"b": "y"}]}, [("a[0].b", "x"), ("a[1].b", "y")]),
        ("a.b", {"a": [{"b": "x"}]}, [("a[0].b", "x")]),
        ("a[].b", {"a": {"b": "x"}}, [("a.b", "x")]),
        ("a.b", {"a": "x"}, [("a", UNREADABLE)]),
        ("a.b", {"a": {}}, []),
        ("to", {}, []),
    ],
)
def test_a_name_finds_its_values(name, params, expected):
    assert list(find(params, name)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "x"), (5, "5"), (True, UNREADABLE), (1.5, UNREADABLE), ({}, UNREADABLE),
        (["x"], UNREADABLE), ("x" * 1025, UNREADABLE), (2**1100, UNREADABLE),
    ],
)  # fmt: skip
def test_scalar(value, expected):
    assert scalar(value) == expected


def test_an_amount_is_kept_as_it_was_written():
    assert [written(each) for each in (98.7, 100, "98.70")] == ["98.7", "100", "98.70"]
    assert [written(each) for each in (float("nan"), True, [])] == [UNREADABLE] * 3


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("https://a.example/x?y", Meaning.URL),
        ("HTTPS://A", Meaning.URL),
        ("//a.example", Meaning.URL),
        ("www.a.example", Meaning.URL),
        ("ftp://a.example", Meaning.URL),
        ("DE89 3704 0044 0532 0130 00", Meaning.ACCOUNT),
        ("gb29nwbk60161331926819", Meaning.ACCOUNT),
        ("ana@a.example", Meaning.RECIPIENT),
        ("Ana <ana@a.example>, bob@b.example", Meaning.RECIPIENT),
        ("mailto:ana@a.example", Meaning.RECIPIENT),
        ("+49 (170) 123-4567", Meaning.RECIPIENT),
        ("@ana", Meaning.RECIPIENT),
        ("#general", Meaning.RECIPIENT),
        ("/etc/passwd", Meaning.PATH),
        ("~/.ssh/id", Meaning.PATH),
        ("../up", Meaning.PATH),
        ("C:\\x", Meaning.PATH),
        ("notes/a.md", Meaning.PATH),
        ("evil.example", None),
        ("evil.com", Meaning.PATH),
        ("DE88 3704 0044 0532 0130 00", None),
        ("write to ana@a.example please", None),
        ("and/or", None),
        ("gpt-4.1", None),
        ("# Title", None),
        ("@", None),
        ("+1", None),
        ("hello there", None),
        ("", None),
        ("/" * 1025, None),
    ],
)
def test_what_a_value_looks_like(text, meaning):
    assert looks_like(text) is meaning


def test_a_call_is_gathered_in_the_order_of_its_declaration():
    params = {
        "cc": ["b@b.example"],
        "to": "a@a.example",
        "subject": "hi",
        "attachments": [{"file_id": 7}],
        "body": "see https://c.example",
    }
    assert list(gather(MAIL, params)) == [
        (Meaning.PATH, "attachments[0].file_id", "7"),
        (Meaning.RECIPIENT, "to", "a@a.example"),
        (Meaning.RECIPIENT, "cc[0]", "b@b.example"),
        (Meaning.NAME, "subject", "hi"),
    ]


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("https://a.example/x", Meaning.URL), ("/tmp/x", Meaning.PATH), ("x", Meaning.PATH)],
)
def test_a_name_under_hosts_and_paths_holds_either(value, meaning):
    assert list(gather(MAIL, {"media": value})) == [(meaning, "media", value)]


def test_an_optional_argument_may_be_empty():
    assert list(gather(MAIL, {"media": " ", "to": ""})) == [(Meaning.RECIPIENT, "to", "")]


def test_what_nobody_declared_is_the_worst_it_looks_like():
    params = {"to": "a@a.example", "bcc": "x@x.example", "options": {"url": ["https://x.example"]},
              "tone": "warm", "headers": {"y@y.example": 1}}  # fmt: skip
    assert list(gather(MAIL, params))[1:] == [
        (Meaning.RECIPIENT, "bcc", "x@x.example"),
        (Meaning.URL, "options.url[0]", "https://x.example"),
        (Meaning.RECIPIENT, "headers.y@y.example", "y@y.example"),
    ]
    reading = Tool(name="look", effect="tool:read", names=("q",))
    assert list(gather(reading, params)) == []


def test_what_is_inside_a_declared_argument_is_declared():
    tool = Tool(name="t", effect="tool:send", contents=("blocks",), recipients=("to",))
    params = {"blocks": [{"url": "https://x.example"}], "to": {"mail": "x@x.example"}}
    assert list(undeclared(tool, params)) == []
    assert list(gather(tool, params)) == [(Meaning.RECIPIENT, "to", UNREADABLE)]
    assert contents(tool, params) == ("url", "https://x.example")


def test_an_address_within_a_text_that_nobody_declared_is_one():
    params = {"to": "a@a.example", "headers": "Bcc: <x@x.example>, y@y.example\nX-Tone: warm"}
    assert list(gather(MAIL, params))[1:] == [
        (Meaning.RECIPIENT, "headers", "x@x.example"),
        (Meaning.RECIPIENT, "headers", "y@y.example"),
    ]
    assert list(gather(MAIL, {"body": "x@x.example"})) == []


def test_free_text_is_what_is_declared_and_unless_a_tool_reads_all_that_is_not():
    params = {"to": "a@a.example", "body": ["one", {"b": "two"}], "footer": "three"}
    assert contents(MAIL, params) == ("one", "b", "two", "three")
    writing = Tool(name="w", effect="tool:write", contents=("body",))
    assert contents(writing, params) == ("one", "b", "two", "a@a.example", "three")
    reading = Tool(name="r", effect="tool:read", contents=("body",))
    assert contents(reading, params) == ("one", "b", "two")


def test_too_many_texts_end_in_one_that_cannot_be_read():
    got = contents(MAIL, {"body": ["x"] * 5000})
    assert len(got) == 1025
    assert got[-1] == UNREADABLE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["to", "media", "attachments", "body", "odd"]), JSON))
def test_nothing_raises(params):
    assert all(isinstance(text, str) for _, _, text in gather(MAIL, params))
    assert all(isinstance(text, str) for text in contents(MAIL, params))
