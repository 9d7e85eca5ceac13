"""Pseudonyms: the same in a session, nothing in another, given back whole from any pieces."""

import json

from hypothesis import given
from hypothesis import strategies as st

from clawband.labels.classify import classify
from clawband.labels.pseudonyms import Pseudonyms, occurrences, pseudonym, replaced

SECRET = b"s" * 32
KINDS = ("email", "phone", "payment-card", "iban", "person-name", "us-ssn")
NAMES = Pseudonyms({pseudonym(kind, f"value {kind}", SECRET): f"value {kind}" for kind in KINDS})
PIECES = st.lists(st.one_of(st.sampled_from(sorted(NAMES.real)), st.text(max_size=6)), max_size=8)


def cut(text: str, places: list[int]) -> list[str]:
    ends = sorted(place % (len(text) + 1) for place in places)
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


def test_a_value_has_one_pseudonym_in_a_session_and_another_in_the_next():
    first = pseudonym("email", "ada@corp.example", SECRET)
    assert first == pseudonym("email", "ada@corp.example", SECRET)
    assert first.endswith("@pseudonym.invalid")
    assert first != pseudonym("email", "ada@corp.example", b"t" * 32)
    assert first != pseudonym("email", "bob@corp.example", SECRET)
    assert first != pseudonym("email", "ada@corp.example", SECRET, attempt=1)


def test_pseudonyms_look_like_what_they_stand_for_and_belong_to_nobody():
    assert pseudonym("phone", "+49 30 901820", SECRET).startswith("+999")
    card = pseudonym("payment-card", "4111 1111 1111 1111", SECRET)
    assert card.startswith("0000") and len(card) == 16
    assert pseudonym("iban", "DE89370400440532013000", SECRET).startswith("ZZ00")
    for kind in KINDS:
        name = pseudonym(kind, "x", SECRET)
        assert name.isascii() and json.dumps(name) == f'"{name}"'
    found = {each.kind for each in classify(f"mail {pseudonym('email', 'x', SECRET)} today")}
    assert found <= {"email"}


def test_pseudonyms_of_another_session_are_left_alone():
    other = pseudonym("email", "value email", b"t" * 32)
    assert NAMES.restore(f"write to {other}") == f"write to {other}"


def test_only_what_could_become_a_pseudonym_is_kept_back():
    stream = NAMES.stream()
    name = pseudonym("email", "value email", SECRET)
    assert stream.feed("hello") == "hello"
    assert stream.feed(f" to {name[:9]}") == " to "
    assert stream.feed("no") == name[:9] + "no"
    assert stream.feed("m") == ""
    assert stream.end() == "m"
    assert stream.end() == ""


def test_a_value_in_arguments_is_spelled_as_json_text():
    names = Pseudonyms({"Person-abc": 'O"Neil\n'})
    stream = names.stream(lambda value: json.dumps(value)[1:-1])
    said = stream.feed('{"to": "Per') + stream.feed('son-abc"}') + stream.end()
    assert json.loads(said) == {"to": 'O"Neil\n'}


@given(PIECES, st.lists(st.integers(0, 1_000), max_size=12))
def test_any_pieces_are_restored_like_the_whole(parts, places):
    text = "".join(parts)
    stream = NAMES.stream()
    said = "".join(stream.feed(piece) for piece in cut(text, places)) + stream.end()
    assert said == NAMES.restore(text)


@given(PIECES)
def test_no_pseudonym_is_left_after_restoring(parts):
    assert not occurrences(NAMES.restore("".join(parts)), NAMES.real)


def test_the_leftmost_and_then_the_longest_is_replaced():
    assert replaced("abcd", {"bc": "1", "ab": "2", "abc": "3"}) == "3d"
