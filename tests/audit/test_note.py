"""Signed notes: the published examples byte for byte, and every rule of the format."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.note import (
    MAX_BYTES,
    MAX_SIGNATURES,
    Note,
    Signature,
    Standing,
    VerifierKey,
    sign,
)
from clawband.model.errors import InputError
from tests.audit.small_log import OWNER, Holder

# The example of Go's golang.org/x/mod/sumdb/note: signer key, verifier key, note.
GO_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
WITNESS = Signature("witness.example", b"\x00\x01\x02\x03", b"\x07" * 72)


def go_signer(message):
    seed = b64decode(GO_SECRET)[1:]
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def test_signing_gives_the_bytes_of_the_reference_implementation():
    key = VerifierKey.parse(GO_KEY)
    assert str(sign(GO_TEXT, key, go_signer)) == GO_NOTE
    assert str(key) == GO_KEY
    assert key.id.hex() == "c74f20a3"


def test_the_reference_note_is_read_and_verified():
    note = Note.parse(GO_NOTE)
    assert note.text == GO_TEXT
    assert note.standing(VerifierKey.parse(GO_KEY)) is Standing.SIGNED
    assert note.standing(OWNER.key) is Standing.UNSIGNED
    assert str(note) == GO_NOTE


def test_the_text_ends_at_the_last_blank_line():
    note = sign("a\n\nb\n\n", OWNER.key, OWNER.sign)
    assert note.text == "a\n\nb\n\n"
    assert note.standing(OWNER.key) is Standing.SIGNED


def test_unknown_signatures_are_carried_and_ignored():
    note = sign("text\n", OWNER.key, OWNER.sign, [WITNESS])
    assert Note.parse(str(note)).signatures[1] == WITNESS
    assert note.standing(OWNER.key) is Standing.SIGNED
    only = Note("text\n", (WITNESS,))
    assert only.standing(OWNER.key) is Standing.UNSIGNED


def test_a_key_of_the_same_name_or_the_same_id_is_another_key():
    other = Holder(seed=b"\x02" * 32)
    note = sign("text\n", other.key, other.sign)
    assert note.standing(OWNER.key) is Standing.UNSIGNED
    renamed = Signature("other.example", OWNER.key.id, b"\x00" * 64)
    assert Note("text\n", (renamed,)).standing(OWNER.key) is Standing.UNSIGNED


def test_one_false_signature_spoils_the_note():
    good = sign("text\n", OWNER.key, OWNER.sign)
    false = Signature(OWNER.name, OWNER.key.id, b"\x00" * 64)
    assert Note("text\n", (*good.signatures, false)).standing(OWNER.key) is Standing.FORGED
    assert Note("text\n", (false, *good.signatures)).standing(OWNER.key) is Standing.FORGED
    short = Signature(OWNER.name, OWNER.key.id, b"\x00")
    assert Note("text\n", (short,)).standing(OWNER.key) is Standing.FORGED


@given(st.integers(0, len(str(sign("text\n", OWNER.key, OWNER.sign)).encode()) * 8 - 1))
def test_no_flipped_bit_leaves_a_note_signed(bit):
    data = bytearray(str(sign("text\n", OWNER.key, OWNER.sign)).encode())
    data[bit // 8] ^= 1 << bit % 8
    try:
        note = Note.parse(data.decode())
    except (InputError, UnicodeDecodeError):
        return
    assert note.standing(OWNER.key) is not Standing.SIGNED


@given(st.text())
def test_parsing_anything_gives_a_note_or_an_input_error(text):
    try:
        assert str(Note.parse(text)) == text
    except InputError as error:
        assert error.remedy


SIGNATURE = str(WITNESS)


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("", "does not end in a newline"),
        ("text\n", "has no blank line before its signatures"),
        ("text\n\n", "does not end in a signature line"),
        (f"text\n\n{SIGNATURE}"[:-1], "does not end in a newline"),
        (f"text\n\n{SIGNATURE}\n", "does not end in a signature line"),
        (f"text\n\n{SIGNATURE.replace('—', '-')}", "expected a signature line"),
        ("text\n\n— a\n", "expected a signature line"),
        ("text\n\n—  AAAAAAA=\n", "expected a signature line"),
        ("text\n\n— a+b AAAAAAA=\n", "expected a signature line"),
        ("text\n\n— a\u00a0b AAAAAAA=\n", "expected a signature line"),
        ("text\n\n— a AAAAAA==\n", "not base64 of 5 bytes or more"),
        ("text\n\n— a AAAAAAB=\n", "not base64 of 5 bytes or more"),
        ("text\n\n— a AAAA AAA=\n", "not base64 of 5 bytes or more"),
        ("te\rxt\n\n— a AAAAAAA=\n", "holds a control character"),
        ("te\ud800xt\n", "is not valid UTF-8"),
        ("x" * MAX_BYTES + "\n", f"expected at most {MAX_BYTES}"),
        ("text\n\n" + "— a AAAAAAA=\n" * (MAX_SIGNATURES + 1), "over 100 signatures"),
    ],
)
def test_what_is_not_a_note_is_refused_by_name(note, said):
    with pytest.raises(InputError, match=said):
        Note.parse(note)


def test_at_least_sixteen_long_signatures_are_accepted():
    long = Signature("post-quantum.example", b"\x00" * 4, b"\x01" * 5000)
    note = Note("text\n", (long,) * 16)
    assert Note.parse(str(note)) == note


def test_a_signer_without_the_key_makes_no_note():
    with pytest.raises(InputError, match=r"does not hold the key of `clawband\.example/log`"):
        sign("text\n", OWNER.key, Holder(seed=b"\x02" * 32).sign)
    with pytest.raises(InputError, match="does not end in a newline"):
        sign("text", OWNER.key, OWNER.sign)


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["a", "example.com/foo", "söul"]))
def test_a_verifier_key_survives_its_text(public_key, name):
    key = VerifierKey(name, public_key)
    assert VerifierKey.parse(str(key)) == key


def test_a_name_may_be_any_that_the_format_and_the_eye_can_tell():
    example = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    assert str(VerifierKey.parse(example)) == example
    for name in ("", "a b", "a+b", "a\u2003b", "a\u202eb", "a\nb", "a\ud800b", "a\u200bb"):
        with pytest.raises(InputError, match="cannot name a key"):
            VerifierKey(name, bytes(32))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a verifier key"),
        ("a+b", "expected a verifier key"),
        ("a+00000000+!", "is not an Ed25519 key"),
        ("a+00000000+" + b64encode(b"\x02" + bytes(32)).decode(), "is not an Ed25519 key"),
        ("a+00000000+" + b64encode(b"\x01" + bytes(31)).decode(), "is not an Ed25519 key"),
        ("a+00000000+" + b64encode(b"\x01" + bytes(32)).decode(), "not the one it states"),
        (GO_KEY.replace("c74f20a3", "C74F20A3"), "not the one it states"),
        (GO_KEY.replace("Peter", "Petra"), "not the one it states"),
    ],
)
def test_what_is_not_a_verifier_key_is_refused_by_name(text, said):
    with pytest.raises(InputError, match=said):
        VerifierKey.parse(text)


def test_a_public_key_has_32_bytes():
    with pytest.raises(InputError, match="has 32 bytes, got 31"):
        VerifierKey("a", bytes(31))
