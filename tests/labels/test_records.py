"""Which field says what: only where nobody can imitate a field."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.labels.records import ITEM, LONGEST, Record, records

MAILS = [
    {"id": 24, "sender": "ann@corp.example", "body": "hi\nsender: eve@evil.example", "read": True},
    {"id": 25, "sender": "bob@corp.example", "cc": ["c@corp.example", "d@corp.example"]},
]
YAML = """\
- id: 24
  sender: ann@corp.example
  body: 'hi

    sender: eve@evil.example'
- id: 025
  sender: bob@corp.example
"""


def test_json_records_have_their_plain_values():
    first, second = records(json.dumps(MAILS))
    assert first.fields == (
        ("id", "24"),
        ("sender", "ann@corp.example"),
        ("body", MAILS[0]["body"]),
    )
    assert list(second.values(("cc",))) == [("cc", "c@corp.example"), ("cc", "d@corp.example")]


def test_yaml_keeps_values_as_they_are_written():
    first, second = records(YAML)
    assert list(first.values(("sender",))) == [("sender", "ann@corp.example")]
    assert dict(second.fields)["id"] == "025"


def test_a_list_of_plain_items_and_nested_mappings_are_records_too():
    assert records('["general", "random"]') == (
        Record(((ITEM, "general"),)),
        Record(((ITEM, "random"),)),
    )
    outer, inner = records('{"count": 1.50, "mails": [{"id": 3}]}')
    assert (outer.fields, inner.fields) == ((("count", "1.50"),), (("id", "3"),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just words",
        "Result: fine\nmore of it\n- id: 3",
        '{"id": 1, "id": 2}',
        "id: 1\nid: 2",
        "a: &x [1]\nb: *x",
        "a: !!python/object:os.system x",
        '[{"id": 1}] and more',
        "- id: 1\n- id: 2\n---\n- id: 3",
        "[" * 5000,
        "x" * (LONGEST + 1),
    ],
)
def test_what_is_not_one_document_has_no_fields(text):
    assert not [field for record in records(text) for field in record.fields]


def test_an_inner_mapping_says_nothing_in_the_place_of_the_outer_one():
    mail = {"id": 1, "from": "ann@b.example", "headers": {"from": "eve@evil.example", "x": "y"}}
    outer, inner = records(json.dumps([mail]))
    assert list(outer.values(("from", "x"))) == [("from", "ann@b.example")]
    assert list(inner.values(("from", "x"))) == [("x", "y")]
    _, message = records('{"id": 1, "messages": [{"id": 2}]}')
    assert list(message.values(("id",))) == [("id", "2")]
    deep = records('{"id": 1, "a": {"b": {"id": 2}}}')[-1]
    assert list(deep.values(("id",))) == []


@given(st.text(max_size=200))
def test_any_text_is_survived(text):
    assert isinstance(records(text), tuple)


@given(st.text(min_size=1, max_size=80))
def test_a_stranger_inside_a_value_makes_no_field(text):
    """Whatever is written in the body of a mail, no other field comes of it."""
    for document in (json.dumps([{"id": 1, "body": text}]),):
        (only,) = records(document)
        assert only.fields == (("id", "1"), ("body", text))
