"""Check digits, entropy and placeholders."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clawband.labels import evidence


@given(some.text("0123456789", min_size=2, max_size=20))
def test_one_digit_in_ten_makes_a_luhn_number(body):
    fits = [digit for digit in "0123456789" if evidence.luhn(body + digit)]
    assert len(fits) == 1


@given(some.text("0123456789", min_size=10, max_size=10))
def test_one_digit_in_ten_makes_a_mod_11_10_number(body):
    assert sum(evidence.mod_11_10(body + digit) for digit in "0123456789") == 1


@given(some.text())
def test_no_check_raises(text):
    assert isinstance(evidence.luhn(text), bool)
    assert isinstance(evidence.mod_97(text), bool)
    assert isinstance(evidence.mod_11_10(text), bool)
    assert isinstance(evidence.placeholder(text), bool)
    assert evidence.entropy(text) >= 0
    assert len(evidence.crc_62("".join(char for char in text if char.isascii()))) == 6


def test_known_numbers():
    assert evidence.luhn("4111 1111 1111 1111")
    assert not evidence.luhn("4111 1111 1111 1112")
    assert evidence.mod_97("370400440532013000DE89")
    assert not evidence.mod_97("")
    assert evidence.mod_11_10("86095742719")
    assert not evidence.luhn("")


def test_the_token_in_the_manual_of_its_issuer():
    body, written = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"
    assert evidence.crc_62(body) == written


def test_entropy():
    assert evidence.entropy("") == 0
    assert evidence.entropy("aaaa") == 0
    assert evidence.entropy("abcd") == 2


@pytest.mark.parametrize(
    "value", ["YOUR_API_KEY", "${SECRET}", "xxxxxxxxxxxx", "sk-...", "aaaaaaaaaaaa"]
)
def test_placeholders(value):
    assert evidence.placeholder(value)


def test_a_random_value_is_no_placeholder():
    assert not evidence.placeholder("k4vQ8sXw2Rt7bNc9Ld3P")


@pytest.mark.parametrize(
    "value", ["client.key", "/path/to/client.key", "read_the_secret", "v2-beta"]
)
def test_names_of_things(value):
    assert evidence.name_like(value)


@pytest.mark.parametrize("value", ["k4vQ8sXw2Rt7bNc9Ld3P", "dXNlcjpwYXNzd29yZA==", "3fa94c07d1e8"])
def test_random_values_are_no_names(value):
    assert not evidence.name_like(value)
