"""The first door: what is not well formed does not come in, and is told why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.errors import InputError
from clawband.openclaw.validation import (
    MAX_DEPTH,
    MAX_NAME,
    MAX_NODES,
    bounded,
    mapping,
    name,
    number_or_name,
    text,
    visible,
)

HIDDEN = {
    "bidi override": "\u202e", "bidi isolate": "\u2066", "zero width space": "\u200b",
    "zero width joiner": "\u200d", "soft hyphen": "\u00ad", "byte order mark": "\ufeff",
    "escape": "\x1b", "null": "\x00", "delete": "\x7f", "newline": "\n", "C1 control": "\x9b",
    "line separator": "\u2028", "surrogate": "\ud800", "private use": "\ue000",
    "tag": "\U000e0041", "unassigned": "\u0378",
}  # fmt: skip


@pytest.mark.parametrize("what", HIDDEN)
def test_a_name_hides_nothing(what):
    for bad in (HIDDEN[what], f"exec{HIDDEN[what]}", f"{HIDDEN[what]}exec", f"é{HIDDEN[what]}"):
        with pytest.raises(InputError, match=f"U\\+{ord(HIDDEN[what]):04X}") as refused:
            name(bad, "event.toolName")
        assert HIDDEN[what] not in refused.value.message, "the refusal does not repeat it"


@pytest.mark.parametrize("good", ["exec", "Ünïcode", "日本", "a b", "a-b_c.d:e/f", "👍", ""])
def test_a_visible_name_is_taken_as_it_is(good):
    assert name(good, "x") == good


@pytest.mark.parametrize("bad", [1, 1.5, True, [], {}, b"x", object()])
def test_a_name_is_a_text(bad):
    with pytest.raises(InputError, match="expected x to be a text"):
        name(bad, "x")


def test_a_name_has_a_length_and_may_be_required():
    assert name("x" * MAX_NAME, "x")
    with pytest.raises(InputError, match="257 characters"):
        name("x" * (MAX_NAME + 1), "x")
    assert name(None, "x") == ""
    for absent in (None, ""):
        with pytest.raises(InputError, match="got nothing"):
            name(absent, "x", required=True)


@pytest.mark.parametrize("value", [17, "17"])
def test_an_id_may_be_written_as_a_number(value):
    assert number_or_name(value, "x") == "17"


@pytest.mark.parametrize("bad", [True, 1.5, {}, [], 2**64, -(10**50), "a\u202eb"])
def test_an_id_is_nothing_else(bad):
    with pytest.raises(InputError):
        number_or_name(bad, "x")


@given(st.text())
def test_what_is_shown_shows_everything(words):
    shown = visible(words + "".join(HIDDEN.values()))
    assert name(shown[:MAX_NAME], "x") == shown[:MAX_NAME]
    shown.encode()


def test_text_is_free_but_unicode():
    assert text("any\u202ething\n", "x") and text(None, "x") == ""
    for bad in ("\ud800", 1, {}):
        with pytest.raises(InputError):
            text(bad, "x")


@pytest.mark.parametrize("bad", [[], "x", 1, True])
def test_an_object_is_an_object(bad):
    assert mapping(None, "x") == {}
    for check in (mapping, bounded):
        with pytest.raises(InputError, match="expected x to be an object"):
            check(bad, "x")


def nested(depth):
    value = {}
    for _ in range(depth - 1):
        value = {"a": [value]} if depth % 2 else {"a": value}
    return value


def test_an_object_has_bounds():
    assert bounded({"a": [1] * 1000}, "x")
    bounded(nested(MAX_DEPTH - 2), "x")
    for bad, what in ((nested(100), "levels"), (nested(10_000), "levels"),
                      ({"a": [0] * (MAX_NODES + 1)}, "parts")):  # fmt: skip
        with pytest.raises(InputError, match=what):
            bounded(bad, "x")


def test_a_cycle_has_an_end():
    cycle: dict[str, object] = {}
    cycle["self"] = cycle
    with pytest.raises(InputError):
        bounded(cycle, "x")
