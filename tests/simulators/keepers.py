"""Small real implementations of ports, where the production one is slow on purpose or a file."""

import hashlib
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clawband.adapters.stores.memory import Memory
from clawband.model.errors import InvariantError
from clawband.model.provenance import Place, Reading
from clawband.ports.unit import AddReading, Change, PutPlace, UseDestinations


class QuickPasswords:
    """Implements `ports.passwords.Passwords` without being slow. For tests only."""

    def hash(self, password: str) -> str:
        return "quick$" + hashlib.sha256(b"salt" + password.encode()).hexdigest()

    def verify(self, password: str, hashed: str) -> bool:
        return bool(hashed) and self.hash(password) == hashed


class MemoryShelf:
    """Implements `ports.shelf.Shelf`."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, str]] = {}

    def keep(self, digest: str, files: Mapping[str, str]) -> None:
        self.kept[digest] = dict(files)

    def files(self, digest: str) -> Mapping[str, str]:
        try:
            return dict(self.kept[digest])
        except KeyError as error:
            raise InvariantError(f"there is no set `{digest}`") from error


class MemoryWitness:
    """Implements `ports.witness.Witness`."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def keep(self, note: str) -> None:
        self.kept.append(note)

    def last(self) -> str | None:
        return self.kept[-1] if self.kept else None

    def notes(self) -> list[str]:
        return list(self.kept)


class MemorySigner:
    """Implements `ports.sign.Signer`."""

    def __init__(self, seed: bytes = b"\x01" * 32, name: str = "clawband.example/log") -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class MemoryCold:
    """Implements `adapters.stores.lineage.Cold`: what was durable, in lists."""

    def __init__(self) -> None:
        self.read: list[AddReading] = []
        self.put: list[Place] = []
        self.sent: set[tuple[str, str]] = set()

    def take(self, change: Change) -> None:
        """Note what became durable."""
        match change:
            case AddReading(session, reading):
                if all((each.session, each.reading.id) != (session, reading.id)
                       for each in self.read):  # fmt: skip
                    self.read.append(change)
            case PutPlace(place):
                self.put.append(place)
            case UseDestinations(agent, destinations):
                self.sent |= {(agent, each) for each in destinations}

    def readings(self, session: str, characters: int, each: int) -> Sequence[Reading]:
        return [change.reading for change in self.read if change.session == session]

    def written(self, agent: str) -> Sequence[Place]:
        return [place for place in self.put if place.agent == agent]

    def sent_to(self, agent: str, destinations: frozenset[str]) -> frozenset[str]:
        return frozenset(each for each in destinations if (agent, each) in self.sent)


class OnlyMemory(Memory):
    """The state of a store that forgets everything when it goes."""

    def __init__(self) -> None:
        self.cold = MemoryCold()
        super().__init__(self.cold)

    def change(self, change: Change) -> None:
        self.cold.take(change)
        super().change(change)
