"""Shapes of calls, without their values."""

from clawband.model.deployment import Tool
from clawband.openclaw.observed import MOST_ARGUMENTS, ODD, Seen, Tally


def seen(*calls):
    tally = Tally()
    for call in calls:
        tally.add("gw/a", call, None)
    return {each.name: each for each in tally.observed("t").arguments}


def test_an_argument_is_counted_once_for_each_call():
    found = seen({"to": ["a@a.example", "b@b.example"], "n": 1}, {"to": "c@c.example"}, {})
    assert found == {
        "to": Seen(name="to", calls=2, looks={"recipient": 2}),
        "n": Seen(name="n", calls=1, looks={"number": 1}),
    }
    assert found["to"].most == "recipient"


def test_what_values_look_like():
    found = seen(
        {"url": "https://a.example", "path": "/a", "iban": "DE89370400440532013000",
         "ok": True, "word": "blue", "text": "a\nb", "long": "x" * 81, "none": None, "empty": ""},
    )  # fmt: skip
    assert {name: each.most for name, each in found.items()} == {
        "url": "url", "path": "path", "iban": "account", "ok": "flag", "word": "words",
        "text": "text", "long": "text",
    }  # fmt: skip


def test_inner_arguments_are_named_as_a_declaration_would():
    found = seen({"order": {"id": 5}, "items": [{"sku": "a"}, {"sku": "b"}], "tags": ["x"]})
    assert set(found) == {"order.id", "items[].sku", "tags"}


def test_keys_that_are_data_are_not_told():
    found = seen({"ana@a.example": 1, "headers": {"x y": "z"}, "k" * 99: "z"})
    assert set(found) == {ODD}


def test_the_number_of_arguments_is_bounded():
    assert len(seen({f"a{n}": n for n in range(1000)})) == MOST_ARGUMENTS


def test_declared_names_that_no_call_had():
    tool = Tool(name="t", effect="tool:send", recipients=("to", "cc?"), ids=("order.id",))
    tally = Tally()
    tally.add("gw/b", {"TO": "a@a.example"}, tool)
    tally.add("gw/a", {"to": "a@a.example", "order": {"id": 5}}, tool)
    found = tally.observed("t")
    assert (found.unknown, found.unused, found.agents) == (False, ("cc?",), ("gw/a", "gw/b"))
