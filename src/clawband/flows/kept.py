"""Documents as values: each kind has a dataclass, and nobody else reads its bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from clawband.model.document import Document
from clawband.model.errors import NotFoundError
from clawband.ports.store import Documents
from clawband.ports.unit import DropDocument, PutDocument

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A value as it was read: what replaces it must have seen this `version`."""

    id: str
    version: int
    value: T


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of document and the frozen dataclass that its body is."""

    name: str
    shape: type[T]
    ahead: bool = False
    """Read as soon as it is passed to `commit`: for what a later decision must not overlook."""

    def find(self, id: str, documents: Documents) -> Kept[T] | None:
        found = documents.document(self.name, id)
        return self._read(found) if found else None

    def get(self, id: str, documents: Documents, remedy: str = "") -> Kept[T]:
        """Raises `NotFoundError`."""
        found = self.find(id, documents)
        if found is None:
            raise NotFoundError(f"there is no {self.name} `{id[:60]}`", remedy=remedy)
        return found

    def all(self, documents: Documents) -> Sequence[Kept[T]]:
        """By id."""
        return [self._read(each) for each in documents.documents(self.name)]

    def under(self, prefix: str, documents: Documents) -> Sequence[Kept[T]]:
        """Those whose id begins with `prefix`, by id. The others are not looked at."""
        return [self._read(each) for each in documents.documents(self.name, prefix)]

    def new(self, id: str, value: T) -> PutDocument:
        """Its first version; the commit conflicts when there is one."""
        return self._put(id, 1, value)

    def replace(self, was: Kept[T], value: T) -> PutDocument:
        """Its next version; the commit conflicts when somebody was quicker."""
        return self._put(was.id, was.version + 1, value)

    def drop(self, was: Kept[T]) -> DropDocument:
        return DropDocument(self.name, was.id, was.version)

    def _put(self, id: str, version: int, value: T) -> PutDocument:
        return PutDocument(Document(self.name, id, version, msgspec.json.encode(value)), self.ahead)

    def _read(self, found: Document) -> Kept[T]:
        return Kept(found.id, found.version, msgspec.json.decode(found.body, type=self.shape))
