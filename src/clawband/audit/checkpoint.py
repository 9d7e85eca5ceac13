"""The signed head of the log: how many leaves, and the root over them (C2SP tlog-checkpoint).

A checkpoint is a signed note of at least three lines: the log's origin, the tree size, the root in
base64. Our origin is the name of the key that signs, so a checkpoint of one log never passes for
another's, even where two logs share a key.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from clawband.audit.merkle import HASH_BYTES, MAX_SIZE
from clawband.audit.note import Note, Signature, Standing, VerifierKey, decode_base64, sign
from clawband.model.errors import InputError

_REMEDY = "compare the checkpoint with another copy of it"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`size` leaves have the 32-byte `root`. `extensions` are opaque further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note text: one line each, in the order of the fields."""
        root = b64encode(self.root).decode()
        return "".join(f"{x}\n" for x in (self.origin, self.size, root, *self.extensions))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note text; raises `InputError` naming the line that is wrong."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise InputError("expected at least 3 lines, none of them empty", remedy=_REMEDY)
        origin, digits, encoded, *extensions = lines
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 19):
            raise InputError("line 2 is not a tree size", remedy=_REMEDY)
        size, root = int(digits), decode_base64(encoded)
        if str(size) != digits or size > MAX_SIZE:
            raise InputError("line 2 is not a tree size", remedy=_REMEDY)
        if root is None or len(root) != HASH_BYTES:
            raise InputError("line 3 is not the base64 of 32 bytes", remedy=_REMEDY)
        return cls(origin, size, root, tuple(extensions))


def seal(
    size: int,
    root: bytes,
    key: VerifierKey,
    signer: Callable[[bytes], bytes],
    cosignatures: Sequence[Signature] = (),
) -> Note:
    """Sign the head of a log whose origin is the key's name.

    The caller must have checked that the tree extends every one it signed before: signing two
    histories is the one thing a log cannot take back (tlog-checkpoint, Signatures).
    """
    return sign(Checkpoint(key.name, size, root).text, key, signer, cosignatures)


def read(note: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a signed note, once `key` is known to have signed it.

    Raises `InputError` when the note or its text is malformed, when it is not signed by `key`,
    when the signature is forged, or when it is the head of another log.
    """
    parsed = Note.parse(note)
    standing = parsed.standing(key)
    if standing is Standing.UNSIGNED:
        raise InputError(f"the checkpoint is not signed by `{key}`", remedy=_REMEDY)
    if standing is Standing.FORGED:
        raise InputError(f"the signature of `{key.name}` is false", remedy=_REMEDY)
    checkpoint = Checkpoint.parse(parsed.text)
    if checkpoint.origin != key.name:
        raise InputError(
            f"the checkpoint is of another log, expected origin `{key.name}`", remedy=_REMEDY
        )
    return checkpoint
