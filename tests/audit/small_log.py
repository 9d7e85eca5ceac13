"""A small log in memory: real leaves, a real key, signed checkpoints where a test wants them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clawband.audit.bundle import write
from clawband.audit.canonical import encode
from clawband.audit.checkpoint import seal
from clawband.audit.entry import stamp
from clawband.audit.merkle import Frontier, leaf_hash
from clawband.audit.note import VerifierKey

START = datetime(2026, 11, 22, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Holder:
    """Somebody with a signing key."""

    name: str = "clawband.example/log"
    seed: bytes = b"\x01" * 32

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def key(self) -> VerifierKey:
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


OWNER = Holder()
KEY = str(OWNER.key)


def leaf(number: int, said: str = "yes") -> bytes:
    return encode(
        {
            "v": 1,
            "n": number,
            "id": f"evt_{number}",
            "at": stamp(START + timedelta(milliseconds=number)),
            "tag": "decision:permit",
            "outcome": said,
        }
    )


@dataclass
class SmallLog:
    leaves: list[bytes] = field(default_factory=list)
    holder: Holder = OWNER

    @classmethod
    def of(cls, size: int, said: str = "yes", holder: Holder = OWNER) -> "SmallLog":
        return cls([leaf(number, said) for number in range(size)], holder)

    def head(self, size: int | None = None) -> str:
        """The signed checkpoint over the first `size` leaves."""
        covered = self.leaves[: len(self.leaves) if size is None else size]
        root = Frontier().extend(map(leaf_hash, covered)).root()
        return str(seal(len(covered), root, self.holder.key, self.holder.sign))

    def export(self, sizes: Iterable[int] = ()) -> list[bytes]:
        """The lines of an export with checkpoints at `sizes` and at the end."""
        heads = [self.head(size) for size in {*sizes, len(self.leaves)}]
        return list(write(self.holder.key, self.leaves, heads))
