"""What may be changed of a draft, and how the change is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.approvals import edit
from clawband.model.errors import InputError

DRAFT = {"to": ["ana@example.com"], "text": "Dear Ana, you lose.", "amount": 5, "sure": True}


def test_texts_and_whole_numbers_can_be_changed_and_nothing_else():
    assert edit.editable(DRAFT) == {"text": "Dear Ana, you lose.", "amount": 5}
    assert edit.edited(DRAFT, {"text": "Dear Ana", "amount": 4}) == {
        **DRAFT,
        "text": "Dear Ana",
        "amount": 4,
    }


@pytest.mark.parametrize(
    "changes",
    [{"to": "eve@example.com"}, {"more": "x"}, {"amount": "5"}, {"amount": True}, {"text": 1},
     {"sure": False}, {"text": DRAFT["text"]}, {}, {"text": "x" * (edit.MOST + 1)}],
)  # fmt: skip
def test_everything_else_is_refused(changes):
    with pytest.raises(InputError):
        edit.edited(DRAFT, changes)


def test_the_difference_is_told_by_words():
    pieces = edit.difference("you lose your money", "you keep your money")
    assert [(each.kind, each.text) for each in pieces] == [
        ("same", "you "),
        ("gone", "lose"),
        ("new", "keep"),
        ("same", " your money"),
    ]


def test_blanks_alone_do_not_cut_a_change_into_pieces():
    pieces = edit.difference("say: broken on arrival.", "say: it arrived late.")
    assert [(each.kind, each.text) for each in pieces] == [
        ("same", "say: "),
        ("gone", "broken on arrival."),
        ("new", "it arrived late."),
    ]


def test_long_texts_are_compared_by_lines():
    before = "\n".join(f"line {number} of many words" for number in range(1_000))
    pieces = edit.difference(before, before.replace("line 500 of", "line five hundred of"))
    assert [each.text for each in pieces if each.kind == "gone"] == ["line 500 of many words\n"]


@given(st.text(), st.text())
def test_nothing_is_lost_or_made_up(before, after):
    pieces = edit.difference(before, after)
    assert "".join(each.text for each in pieces if each.kind != "new") == before
    assert "".join(each.text for each in pieces if each.kind != "gone") == after


def test_only_what_changed_is_shown():
    after = {**DRAFT, "amount": 4}
    (change,) = edit.changed(DRAFT, after)
    assert change.key == "amount"
    assert [each.text for each in change.pieces] == ["5", "4"]
