"""Covering: secrets are masked, people get pseudonyms, and every text can be given back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.labels.classify import classify
from clawband.labels.covering import MOST, Covered, cover
from clawband.labels.pseudonyms import pseudonym
from clawband.model.errors import InputError

SECRET = b"s" * 32
KEY = "AKIA" + "QWERTYUIOPLKJHGF"


def covered(*texts: str, mask=("secret",), pseudonymise=("personal",), secret=SECRET) -> Covered:
    found = [classify(text) for text in texts]
    return cover(texts, found, mask=mask, pseudonymise=pseudonymise, secret=secret)


def test_a_mail_address_gets_one_pseudonym_everywhere():
    given_ = covered("write to ada@corp.example", "did ada@corp.example answer?")
    name = pseudonym("email", "ada@corp.example", SECRET)
    assert given_.texts == (f"write to {name}", f"did {name} answer?")
    assert given_.pseudonyms.restore(f"I wrote to {name}") == "I wrote to ada@corp.example"


def test_a_name_that_was_found_once_is_covered_where_it_stands_alone():
    text = covered("Dear Ada Lovelace, hello", "Ada Lovelace said; Ada Lovelaces did").texts
    name = pseudonym("person-name", "Ada Lovelace", SECRET)
    assert text == (f"Dear {name}, hello", f"{name} said; Ada Lovelaces did")


def test_a_secret_is_masked_for_good():
    given_ = covered(f"the key is {KEY}")
    assert given_.texts == ("the key is [secret: aws-access-key]",)
    assert given_.masked == 1 and not given_.pseudonyms and not given_.tags


def test_what_is_left_as_it_is_keeps_its_class():
    assert covered(f"the key is {KEY}", mask=()).tags == {"secret"}
    iban = "pay to DE89 3704 0044 0532 0130 00"
    assert covered(iban, pseudonymise=()).tags == {"personal"}
    assert covered(iban).tags == frozenset()
    assert covered(iban, mask=("personal",), pseudonymise=()).texts == ("pay to [personal: iban]",)


def test_what_names_an_illness_stays_and_keeps_its_class():
    text = "Diagnosis: ICD-10 E11.9"
    assert covered(text).texts == (text,)
    assert covered(text).tags == covered(text, pseudonymise=()).tags == {"personal"}


def test_a_list_of_contacts_is_none_when_each_is_covered():
    lines = "\n".join(
        f"Dear Person Number{chr(97 + n) * 3}, mail p{n}@corp.example" for n in range(12)
    )
    assert "personal" in covered(lines, pseudonymise=()).tags
    assert covered(lines).tags == frozenset()


def test_a_pseudonym_that_is_already_there_is_not_given_back_as_another_value():
    name = pseudonym("email", "ada@corp.example", SECRET)
    planted = f"{name[5:13]}x and {name.upper()} beside {name}"
    text = f"mail ada@corp.example about {planted}"
    given_ = covered(text)
    assert "ada@corp.example" not in given_.texts[0]
    assert given_.pseudonyms.restore(given_.texts[0]) == text


def test_another_session_cannot_give_it_back():
    mine = covered("write to ada@corp.example")
    theirs = covered("write to ada@corp.example", secret=b"t" * 32)
    assert theirs.pseudonyms.restore(mine.texts[0]) == mine.texts[0]


def test_too_many_values_are_refused():
    text = " ".join(f"person{n}@corp.example" for n in range(MOST + 1))
    with pytest.raises(InputError, match="more than 500 values"):
        covered(text)


def test_a_text_that_was_not_searched_to_its_end_is_refused():
    text = " ".join(["a1@corp.example"] * 1_000 + ["b2@corp.example"])
    with pytest.raises(InputError, match="more than 500 values"):
        covered(text)


FRAGMENTS = st.sampled_from(
    [
        "ada@corp.example", "Dear Ada Lovelace", "+49 30 901820", "DE89 3704 0044 0532 0130 00",
        "4111 1111 1111 1111", pseudonym("email", "ada@corp.example", SECRET),
        pseudonym("phone", "+49 30 901820", SECRET), "Person-", "mail.", "+999", " ", "\n", ", ",
        "é", "x", "İ", "😀",
    ]
)  # fmt: skip


@given(st.lists(st.lists(FRAGMENTS, max_size=10).map("".join), max_size=4))
def test_every_text_can_be_given_back(texts):
    given_ = covered(*texts)
    assert tuple(map(given_.pseudonyms.restore, given_.texts)) == tuple(texts)
