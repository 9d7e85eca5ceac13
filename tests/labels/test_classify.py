"""What classify finds, where, and what it leaves alone."""

import base64
import hashlib
import json
import uuid
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clawband.labels.classify import CERTAIN, LIKELY, Found, classify, level, masked, tags
from clawband.labels.evidence import crc_62
from clawband.model.label import Confidentiality
from tests.labels.classifiers.test_examples import FILES

BODY = "d8Fk2LqPzR7tXvB3nM5sYwC9hJ4gQe"
TOKEN = f"ghp_{BODY}{crc_62(BODY)}"
HITS = [import_module(f"clawband.labels.classifiers.{name}").EXAMPLES[0] for name in FILES]
FRAGMENTS = some.one_of(some.text(), some.sampled_from(HITS), some.binary().map(bytes.hex))
ODD = some.text(some.characters(exclude_categories=()))  # Lone surrogates too.


def kinds(text, at_least=LIKELY):
    return [found.kind for found in classify(text) if found.confidence >= at_least]


def repeated(make):
    return "\n".join(make(str(number)) for number in range(2000))


@given(some.lists(some.one_of(FRAGMENTS, ODD), max_size=6).map(" ".join))
def test_it_never_raises_and_every_place_is_in_the_text(text):
    found = classify(text)
    assert list(found) == sorted(found, key=lambda each: (each.start, each.end))
    for each in found:
        assert 0 <= each.start < each.end <= len(text)
        assert 0 < each.confidence <= 1
    assert isinstance(masked(text, found), str)
    assert tags(text) <= {"secret", "personal", "business"}


@given(some.text(), some.text())
def test_places_count_characters(before, after):
    text = f"{before} {TOKEN} {after}"
    places = [each for each in classify(text) if each.kind == "github-token"]
    assert [text[each.start : each.end] for each in places] == [TOKEN]


@given(some.text())
def test_a_secret_does_not_stay(around):
    text = f"{around} {TOKEN} {around}"
    assert BODY not in masked(text, classify(text))


@pytest.mark.parametrize("text", ["\U0001f511" * 5 + f" {TOKEN}", f"é\ud800 {TOKEN}"])
def test_places_after_wide_and_broken_characters(text):
    (found,) = classify(text)
    assert text[found.start : found.end] == TOKEN
    assert masked(text, [found]) == text.replace(TOKEN, "[secret: github-token]")


def test_masks_only_secrets_that_are_certain():
    text = f"{TOKEN}, 4111 1111 1111 1111, the security code is 463820, ada@example.com"
    assert masked(text, classify(text)) == text.replace(TOKEN, "[secret: github-token]")
    assert "463820" not in masked(text, classify(text), at_least=LIKELY)


def test_a_wrong_check_sum_makes_a_token_unlikely():
    (found,) = classify(f"see ghp_{BODY}000000 there")
    assert found.confidence < LIKELY


def test_the_stronger_explains_the_weaker():
    assert kinds("postgres://ada:k4vQ8sXw2Rt7@db.example.com/bills", 0) == ["database-url"]
    assert kinds(f"Authorization: Bearer {TOKEN}", 0) == ["github-token"]


def test_a_word_beside_it_makes_it_likelier():
    (beside,) = classify("his national insurance number is JG 10 37 59 A")
    (alone,) = classify("part JG 10 37 59 A")
    assert beside.confidence > CERTAIN > LIKELY > alone.confidence


def people(count):
    mail = "".join(f"person{number}@b.example, +49 30 9018{number:04}\n" for number in range(count))
    return f"name,phone\n{mail}"


def test_a_list_of_people_is_more_than_its_addresses():
    assert tags(people(3)) == frozenset()
    assert kinds(people(30)) == ["contact-list"]
    # Offices are no people.
    offices = "\n".join(f"info@shop{n}.example +49 30 9018{n:04}" for n in range(30))
    assert tags(offices) == frozenset()
    # The same signature under every mail of a thread is one person.
    assert tags("Ada, ada@b.example, +49 30 901820\n" * 40) == frozenset()


def test_places_that_overlap_are_masked_as_one():
    found = [Found("a", "secret", 1.0, 2, 6), Found("b", "secret", 1.0, 4, 8)]
    assert masked("0123456789", found) == "01[secret: a][secret: b]89"


def hashed(number, name="sha256"):
    return hashlib.new(name, number.encode())


def b64(number, name="sha512"):
    return base64.b64encode(hashed(number, name).digest()).decode()


def page(number):
    return json.dumps({"id": int(number) * 7919, "nextPageToken": b64(number, "md5")})


EVERYWHERE = {
    "hashes": repeated(lambda n: hashed(n).hexdigest()),
    "uuids": repeated(lambda n: str(uuid.uuid5(uuid.NAMESPACE_URL, n))),
    "npm lock": repeated(lambda n: f'"integrity": "sha512-{b64(n)}",'),
    "pip lock": repeated(lambda n: f"name=={n}.1.2 --hash=sha256:{hashed(n).hexdigest()}"),
    "image": "data:image/png;base64," + "".join(map(b64, map(str, range(500)))),
    "log": repeated(lambda n: f"2026-11-22T10:{int(n) % 60:02}:00Z GET /o/{n}?page=2 200 {n}ms"),
    "pages": repeated(page),
    "commits": repeated(lambda n: f"commit {hashed(n, 'sha1').hexdigest()}\nAuthor: a@b.example"),
    "aws manual": "key AKIAIOSFODNN7EXAMPLE secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "mail": "From: a@b.example\nTo: bob@example.com\nCall +49 30 901820\n12 Mill Road",
    "footer": "This e-mail is confidential and intended solely for the use of the addressee.",
    "reset": "Follow the link to reset your password: https://example.com/r?id=17 or ignore this.",
    "form": "Enter your password: required. Reset your password. Password must have 8 characters.",
}


@pytest.mark.parametrize("name", EVERYWHERE)
def test_what_is_everywhere_gives_no_tag(name):
    assert tags(EVERYWHERE[name]) == frozenset()


def test_time_stays_linear_where_patterns_almost_match():
    """The suite's timeout is the judge: a pattern that backtracks would need hours."""
    for hit in HITS:
        half = hit[: len(hit) * 2 // 3]
        classify((half + " ") * (200_000 // (len(half) + 1)))
        place = classify(hit)[0]
        for unit in ("a_", "a.", "aA1/", "1 ", hit[place.start : place.end]):
            filler = unit * (50_000 // len(unit))
            classify(f"{hit[: place.start]}{filler}!{hit[place.end :]}")
    for char in ("a", "1", "1 ", "A-", "@", "-", "=", "eyJ", "password: ", "\n", "\U0001f511"):
        classify(char * (400_000 // len(char)))


def test_levels():
    assert level(frozenset()) is Confidentiality.PUBLIC
    assert level(frozenset({"business"})) is Confidentiality.INTERNAL
    assert level(frozenset({"business", "personal"})) is Confidentiality.CONFIDENTIAL
    assert level(frozenset({"secret"})) is Confidentiality.RESTRICTED
    assert level(frozenset({"secret"}), {"secret": -1}) is Confidentiality.PUBLIC
    assert level(frozenset({"personal"}), {"secret": 1}) is Confidentiality.CONFIDENTIAL
    assert level(frozenset({"of another release"})) is Confidentiality.PUBLIC
