"""Signed notes: a text and the signatures under it (C2SP signed-note v1.0.0).

A note is the text, a blank line, and one line `— <key name> <base64(key id || signature)>` for
each signature. Signatures of unknown keys (witnesses, an older key) are carried and ignored. One
algorithm is spoken: Ed25519, type byte 0x01. Parsing is strict: a note has one spelling.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clawband.model.errors import InputError

MAX_BYTES = 1 << 20
MAX_SIGNATURES = 100
_ED25519 = b"\x01"
_DASH = "\u2014 "
_ASK = "ask for the file again, and compare it with the sender's copy"


class Standing(StrEnum):
    """What a note says about one key."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    """No signature names this key."""
    FORGED = "forged"
    """A signature names this key and does not verify: the note must be rejected."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """An Ed25519 public key (32 bytes) and the name it signs under.

    Written `<name>+<key id, 8 hex digits>+<base64(0x01 || key)>`.
    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name) or not self.name.isprintable():
            raise InputError(
                f"`{self.name!a}` cannot name a key",
                remedy="use visible characters, without spaces and `+`, such as `example.com/log`",
            )
        if len(self.public_key) != 32:
            raise InputError(
                f"an Ed25519 public key has 32 bytes, got {len(self.public_key)}",
                remedy="copy the verifier key again, whole",
            )

    @property
    def id(self) -> bytes:
        """`SHA-256(name || 0x0A || 0x01 || key)[:4]` (signed-note, Ed25519 signatures)."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(_ED25519 + self.public_key).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a verifier key; raises `InputError` when any part of it is not as written above."""
        remedy = "copy the verifier key again, whole"
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise InputError("expected a verifier key `<name>+<id>+<key>`", remedy=remedy)
        material = decode_base64(parts[2])
        if material is None or len(material) != 33 or material[:1] != _ED25519:
            raise InputError("the verifier key is not an Ed25519 key", remedy=remedy)
        key = cls(parts[0], material[1:])
        if key.id.hex() != parts[1]:
            raise InputError(
                f"the verifier key has the id `{key.id.hex()}`, not the one it states",
                remedy=remedy,
            )
        return key

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message` (RFC 8032 §5.1.7)."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, its 4-byte id, and the bytes the key made."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, ending in a newline, and its signatures. The text means nothing until verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    @classmethod
    def parse(cls, note: str) -> Self:
        """Read a note; raises `InputError` naming the first rule of the format it breaks."""
        _expect_text(note)
        body, blank, lines = note.rpartition("\n\n")
        if not blank:
            raise InputError("the note has no blank line before its signatures", remedy=_ASK)
        if not lines.endswith("\n"):
            raise InputError("the note does not end in a signature line", remedy=_ASK)
        signatures = lines[:-1].split("\n")
        if len(signatures) > MAX_SIGNATURES:
            raise InputError(f"the note has over {MAX_SIGNATURES} signatures", remedy=_ASK)
        return cls(f"{body}\n", tuple(map(_parse_signature, signatures)))

    def standing(self, key: VerifierKey) -> Standing:
        """Whether `key` signed this text. One bad signature that names the key spoils the note."""
        key_id = key.id
        own = [s for s in self.signatures if s.name == key.name and s.key_id == key_id]
        if not own:
            return Standing.UNSIGNED
        message = self.text.encode()
        genuine = all(key.verifies(message, signature.value) for signature in own)
        return Standing.SIGNED if genuine else Standing.FORGED


def sign(
    text: str,
    key: VerifierKey,
    signer: Callable[[bytes], bytes],
    others: Sequence[Signature] = (),
) -> Note:
    """A note over `text` with the signature of `key` first, made by `signer`, then `others`.

    `signer` gets the message bytes and returns 64 bytes. Raises `InputError` for a text that is no
    note text, or when what `signer` returned is not a signature of `key`.
    """
    _expect_text(text)
    message = text.encode()
    value = signer(message)
    if not key.verifies(message, value):
        raise InputError(
            f"the signer does not hold the key of `{key.name}`",
            remedy="check which key file the log is configured with",
        )
    return Note.parse(str(Note(text, (Signature(key.name, key.id, value), *others))))


def decode_base64(text: str) -> bytes | None:
    """Bytes of standard base64 (RFC 4648 §4) in its only canonical spelling, else None."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return None
    return data if b64encode(data).decode() == text else None


def _parse_signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    data = decode_base64(encoded)
    if not line.startswith(_DASH) or not space or not _is_name(name):
        raise InputError("expected a signature line `— <name> <signature>`", remedy=_ASK)
    if data is None or len(data) < 5:
        raise InputError("a signature of the note is not base64 of 5 bytes or more", remedy=_ASK)
    return Signature(name, data[:4], data[4:])


def _expect_text(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InputError("the note is not valid UTF-8", remedy=_ASK) from None
    if size > MAX_BYTES:
        raise InputError(f"the note has {size} bytes, expected at most {MAX_BYTES}", remedy=_ASK)
    if any(character < " " and character != "\n" for character in text):
        raise InputError("the note holds a control character", remedy=_ASK)
    if not text.endswith("\n"):
        raise InputError("the note does not end in a newline", remedy=_ASK)


def _is_name(name: str) -> bool:
    return bool(name) and not any(c.isspace() or c == "+" or c < " " for c in name)
