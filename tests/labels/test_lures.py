"""Lures: every kind passes for what it pretends to be, and is known again."""

import base64

import pytest

from clawband.labels.classify import CERTAIN, classify
from clawband.labels.known import Known
from clawband.labels.leaks import leaks
from clawband.labels.lures import KINDS, SEED_BYTES, _account, lure

SEEDS = [bytes([number]) * SEED_BYTES for number in range(40)]
FOUND_AS = {
    "aws": {"aws-access-key", "aws-secret-key"},
    "database": {"database-url"},
    "google": {"google-api-key"},
    "telegram": {"telegram-bot-token"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_scanner_takes_it_for_real(kind):
    for seed in SEEDS:
        made = lure(kind, seed)
        found = [each for each in classify(made.text) if each.tag == "secret"]
        values = {made.text[each.start : each.end] for each in found}
        assert all(each.confidence >= CERTAIN for each in found), found
        assert values >= set(made.values), (made, found)
        kinds = {each.kind for each in found}
        assert kinds >= FOUND_AS.get(kind, set()) and kinds
        assert {each.value.decode() for each in leaks(made.text.encode())} >= set(made.values)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_known_by_its_marks_alone(kind):
    made, other = (lure(kind, seed) for seed in SEEDS[:2])
    known = Known(("mine", mark.encode()) for mark in made.marks)
    assert known.names(made.text.encode()) == {"mine"}
    assert not known.names(other.text.encode())
    for value, mark in zip(made.values, made.marks, strict=True):
        hidden = base64.b64encode(f"user:{value}".encode())
        assert Known([("this", mark.encode())]).names(hidden) == {"this"}
    assert len(made.marks) == len(made.values)
    for mark, value in zip(made.marks, made.values, strict=True):
        assert mark in value and len(mark) * 2 < 3 * len(value), "the rest is not kept"
    assert lure(kind, SEEDS[0]) == made, "what is drawn follows from the seed"


def test_the_account_of_an_aws_key_has_twelve_digits():
    for seed in SEEDS:
        (key, _) = lure("aws", seed).values
        assert _account(key[4:]) < 10**12
    # AWS's own example decodes to the account that its manual uses for it.
    assert _account("IOSFODNN7EXAMPLE") == 581039954779
