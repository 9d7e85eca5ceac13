"""What arguments name, read as if their author wanted to be misunderstood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.access import Facts
from clawband.model.deployment import Tool
from clawband.model.provenance import Argument, Meaning
from clawband.openclaw.arguments import UNREADABLE
from clawband.openclaw.facts import (
    UNREADABLE_AMOUNT,
    UNREADABLE_SIZE,
    amount,
    facts,
    path,
    recipient,
    size,
)

TOOL = Tool(
    name="t", effect="tool:send", system="crm", hosts=("url",), paths=("path",),
    recipients=("to", "cc"), amount="amount",
)  # fmt: skip
PATCH = Tool(name="apply_patch", effect="tool:write", paths=("input",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("notes/a.md", "notes/a.md"),
        ("./notes//a.md", "notes/a.md"),
        ("notes/../a", "a"),
        ("notes/../../a", "../a"),
        ("../../a", "../../a"),
        ("..", ".."),
        (".", "."),
        ("a/..", "."),
        ("/etc/../etc/passwd", "/etc/passwd"),
        ("/../../etc", "/etc"),
        ("/", "/"),
        ("~/.ssh/id", "~/.ssh/id"),
        ("~", "~/"),
        ("~/a/../b", "~/b"),
        ("~/../root", UNREADABLE),
        ("a b/c", "a b/c"),
        ("@notes/a", UNREADABLE),
        ("./@notes/a", UNREADABLE),
        ("./~/a", UNREADABLE),
        ("~ana/a", UNREADABLE),
        ("file:///etc/passwd", UNREADABLE),
        ("file:etc", UNREADABLE),
        ("https://a.example/x", UNREADABLE),
        ("a\\..\\b", UNREADABLE),
        ("a\0b", UNREADABLE),
        ("a\u202eb", UNREADABLE),
        ("?", UNREADABLE),
        ("", UNREADABLE),
        ("  ", UNREADABLE),
    ],
)
def test_path(text, expected):
    assert path(text) == expected


@given(st.text(alphabet="ab./~", max_size=20))
def test_a_normal_path_stays_as_it_is(text):
    once = path(text)
    assert path(once) == once
    parts = once.removeprefix("~/").removeprefix("/").split("/")
    assert "." not in parts or once == "."
    assert ".." not in parts[parts.count("..") :]


def test_recipient():
    assert recipient("  Ana@Example.COM ") == "ana@example.com"
    assert recipient(" ") == UNREADABLE
    assert recipient("a\u200bb") == UNREADABLE


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0), (4200, 4200), (42.0, 42), (120.5, UNREADABLE_AMOUNT), (-1, UNREADABLE_AMOUNT),
        ("42", UNREADABLE_AMOUNT), (True, UNREADABLE_AMOUNT), (None, UNREADABLE_AMOUNT),
        (float("nan"), UNREADABLE_AMOUNT), (float("inf"), UNREADABLE_AMOUNT),
        (2**60, UNREADABLE_AMOUNT), ([1], UNREADABLE_AMOUNT),
    ],
)  # fmt: skip
def test_amount(value, expected):
    assert amount(value) == expected


def test_size():
    assert size({"a": "é"}) == len('{"a":"é"}'.encode())
    assert size({"a": {1, 2}}) == UNREADABLE_SIZE
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    assert size({"a": deep}) == UNREADABLE_SIZE


def test_a_call_names_what_its_declared_arguments_hold():
    got = facts(
        TOOL,
        {"url": "https://A.example", "path": ["a", "b/../c"], "to": 4242, "cc": ["X"], "amount": 7},
    )
    assert got == Facts(
        hosts=frozenset({"a.example"}),
        paths=frozenset({"a", "c"}),
        recipients=frozenset({"4242", "x"}),
        systems=frozenset({"crm"}),
        amount=7,
        size=got.size,
        arguments=(
            Argument(Meaning.URL, "url", "https://A.example"),
            Argument(Meaning.PATH, "path[0]", "a"),
            Argument(Meaning.PATH, "path[1]", "b/../c"),
            Argument(Meaning.RECIPIENT, "to", "4242"),
            Argument(Meaning.RECIPIENT, "cc[0]", "X"),
            Argument(Meaning.AMOUNT, "amount", "7"),
        ),
    )


def test_what_a_reading_call_names_are_its_sources():
    tool = Tool(
        name="look", effect="tool:read", hosts=("url",), paths=("file",), recipients=("mailbox",),
        ids=("id",),
    )  # fmt: skip
    params = {"url": "https://A.example/x", "file": "./n//a.md", "mailbox": "Ana@A.example",
              "id": "7"}  # fmt: skip
    assert facts(tool, params).named == {"a.example", "n/a.md", "ana@a.example"}
    assert facts(tool, {"url": "https://b@a.example/", "file": "a\\b"}).named == frozenset()
    assert facts(TOOL, params).named == frozenset()


def test_what_cannot_be_read_is_explained_by_nothing():
    params = {"url": "https://a.example@b.example/", "path": "a\\b", "to": "a\u200bb", "amount": []}
    values = [each.value for each in facts(TOOL, {**params, "cc": "x" * 1025}).arguments]
    assert values == [UNREADABLE] * 4
    (amount_,) = facts(TOOL, {"amount": {}}).arguments
    assert amount_ == Argument(Meaning.AMOUNT, "amount", UNREADABLE)


def test_what_is_left_empty_is_not_traced():
    assert facts(TOOL, {"to": "", "cc": [], "url": " "}).arguments == ()


def test_at_most_64_values_are_traced():
    tool = Tool(name="t", effect="tool:send", recipients=("to",), ids=("id",))
    got = facts(tool, {"to": [f"p{n}" for n in range(100)], "id": "7"}).arguments
    assert len(got) == 66
    assert [each.value for each in got[64:]] == [UNREADABLE] * 2
    assert {each.meaning for each in got[64:]} == {Meaning.RECIPIENT, Meaning.ID}


def test_an_undeclared_target_is_on_the_lists_too():
    got = facts(TOOL, {"to": "a@a.example", "bcc": "x@x.example", "site": "https://x.example"})
    assert got.recipients == {"a@a.example", "x@x.example"}
    assert got.hosts == {"x.example"}


def test_what_the_named_files_are_to_the_agent():
    assert facts(TOOL, {"path": ["memory/a.md", "x"]}).carries == {"memory"}
    assert facts(PATCH, {"input": "*** Add File: SOUL.md"}).carries == {"identity"}
    assert facts(TOOL, {"path": "a\\b"}).carries == {"instructions", "identity", "skill", "memory"}


def test_a_patch_is_traced_file_by_file():
    got = facts(PATCH, {"input": "*** Add File: ./a\n*** Delete File: b"})
    assert got.arguments == (
        Argument(Meaning.PATH, "input", "a"), Argument(Meaning.PATH, "input", "b")
    )  # fmt: skip


def test_what_is_not_there_is_not_named():
    got = facts(TOOL, {})
    assert (got.hosts, got.paths, got.recipients) == (frozenset(),) * 3
    assert got.amount == UNREADABLE_AMOUNT


def test_too_much_is_unreadable():
    many = [f"f{number}" for number in range(1000)]
    assert facts(TOOL, {"path": many}).paths == {UNREADABLE}
    assert facts(TOOL, {"path": "a" * 1025}).paths == {UNREADABLE}
    lines = "\n".join(f"*** Add File: f{number}" for number in range(1000))
    assert facts(PATCH, {"input": lines}).paths == {UNREADABLE}
    assert facts(PATCH, {"input": "*** Add File: " + "a" * 1025}).paths == {UNREADABLE}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["url", "path", "to", "cc", "amount", "input"]), JSON))
def test_nothing_raises_and_nothing_odd_is_left_out(params):
    got = facts(TOOL, params)
    for key, found in (("url", got.hosts), ("path", got.paths), ("to", got.recipients)):
        value = params.get(key)
        items = value if isinstance(value, list) else [value]
        if any(item is not None for item in items):
            assert found
        if any(isinstance(item, dict | float | bool | list) for item in items):
            assert UNREADABLE in found
    facts(PATCH, params)


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ("*** Begin Patch\n*** Add File: a/b.txt\n+x\n*** End Patch", {"a/b.txt"}),
        (
            "*** Update File: a\n*** Move to: ../b\n@@\n-x\n+y\n*** Delete File: c",
            {"a", "../b", "c"},
        ),
        ("*** Add File: a\n*** End of File\n", {"a"}),
        ("  *** Add File:   a  \n", {"a"}),
        ("*** Rename File: a\n", {UNREADABLE}),
        ("*** add file: a\n*** Add File: b", {UNREADABLE, "b"}),
        ("*** Add File\n", {UNREADABLE}),
        ("nothing", {UNREADABLE}),
        (None, {UNREADABLE}),
        (["*** Add File: a"], {UNREADABLE}),
    ],
)
def test_patch(patch, expected):
    assert facts(PATCH, {"input": patch}).paths == expected
