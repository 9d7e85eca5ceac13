"""Declarations guessed from names and shapes: the worst where nothing speaks for better."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.openclaw import tools
from clawband.openclaw.observed import Tally
from clawband.openclaw.proposal import guessed, propose, table
from clawband.policy.manifest import parse
from tests.policy.asking import MANIFEST


def proposed(name, *calls):
    tally = Tally()
    for call in calls:
        tally.add("gw/a", call, None)
    return propose(tally.observed(name))


@pytest.mark.parametrize(
    ("tool", "effect"),
    [
        ("get_orders", "read"),
        ("mcp__mail__list_messages", "read"),
        ("read_post", "read"),
        ("post_webpage", "send"),
        ("mcp__shop__sendInvoice", "send"),
        ("ticket_create", "write"),
        ("customer-delete", "delete"),
        ("getAndDelete", "delete"),
        ("schedule_transfer", "pay"),
        ("order_pizza", "pay"),
        ("run_query", "execute"),
        ("grant_access", "configure"),
        ("set_password", "configure"),
        ("frobnicate", "execute"),
        ("", "execute"),
    ],
)
def test_the_effect_is_guessed_from_the_name(tool, effect):
    assert guessed(tool)[0] == effect


def test_values_come_before_names_and_doubt_is_the_worst():
    found = proposed(
        "send_invoice",
        {"to": "a@a.example", "callback": "https://a.example/x", "body": "see /etc/passwd",
         "note": "https://a.example", "amount": 12.5, "order_id": "A-7", "colour": "blue",
         "draft": True, "text2": "a\nb"},
    )  # fmt: skip
    assert found.lists == {
        "recipients": ("to",),
        "hosts": ("callback",),
        "contents": ("body", "note", "text2"),
        "ids": ("colour", "order_id"),
    }
    assert found.amount == "amount"
    assert found.why["colour"] == "unsure, so a record (1 of 1 calls)"
    assert found.why["draft"] == "a flag (1 of 1 calls)"


def test_one_value_that_looks_like_a_target_is_enough():
    found = proposed("send", {"x": "blue"}, {"x": "red"}, {"x": "a@a.example"})
    assert found.lists == {"recipients": ("x",)}


def test_a_place_that_was_left_out_may_be_left_out():
    found = proposed("send", {"to": "a@a.example", "cc": "b@b.example"}, {"to": "a@a.example"})
    assert found.lists == {"recipients": ("cc?", "to")}


def test_an_address_or_a_file():
    found = proposed("send", {"media": "https://a.example"}, {"media": "/tmp/a.png"})
    assert found.lists == {"hosts": ("media",), "paths": ("media",)}


def test_the_table_says_why():
    lines = list(table(proposed("shop.pay", {"iban": "DE89370400440532013000", "amount": 5})))
    assert lines == [
        '[tools."shop.pay"]',
        'effect = "pay"  # `pay` in the name',
        "outside = true  # false only if no stranger can write any of what it returns",
        'amount = "amount"  # by its name (1 of 1 calls)',
        'accounts = ["iban"]  # iban: looks like an IBAN (1 of 1 calls)',
    ]


NAME = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
VALUE = st.sampled_from(
    ["blue", "a@a.example", "https://a.example", "/tmp/x", "DE89370400440532013000", "a\nb", 5, 1.5,
     True, None, "", {"a": "x"}, [{"b": 1}], ["/a", "https://b.example"]]
)  # fmt: skip


@given(NAME, st.lists(st.dictionaries(NAME, VALUE, max_size=6), min_size=1, max_size=4))
def test_every_proposal_is_a_manifest_that_fits(name, calls):
    if name in tools.catalogue() or name == "tool_call":
        return
    text = "\n".join(table(proposed(name, *calls)))
    assert list(tomllib.loads(text)["tools"]) == [name]
    taken = tomllib.loads(MANIFEST)["tools"]
    _, problems = parse(
        MANIFEST + text if name not in taken else text, "desk.toml", tools.catalogue()
    )
    assert [each for each in problems if name not in taken] == []
