"""The hash is argon2id, salted, and an unknown name costs as much as a wrong password."""

from clawband.adapters.argon2 import Argon2


def test_it_is_argon2id_with_a_salt():
    passwords = Argon2()
    one, two = passwords.hash("correct horse battery"), passwords.hash("correct horse battery")
    assert one.startswith("$argon2id$") and one != two


def test_text_that_is_not_unicode_is_only_wrong():
    passwords = Argon2()
    assert not passwords.verify("\ud800", "")
    assert not passwords.verify("\ud800", passwords.hash("correct horse battery"))
