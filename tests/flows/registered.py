"""A registry of people in memory, that takes units as a store does."""

from collections.abc import Sequence

from clawband.adapters.stores.present import Present
from clawband.model.document import Document
from clawband.model.errors import ConflictError
from clawband.model.person import Operator, Role
from clawband.ports.unit import Change, DropDocument, PutDocument, PutOperator, SamePassword, Unit
from tests.simulators.clocks import START


def account(name="ana", role=Role.ADMIN, aliases=()):
    return Operator(name=name, roles=frozenset({role}), aliases=frozenset(aliases), added=START)


class Registered(Present):
    """Implements `ports.registry.Registry`."""

    def __init__(self, *operators: Operator, password: str = "") -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], Document] = {}
        for each in operators:
            self.change_people(PutOperator(each, password))

    def take(self, unit: Unit) -> None:
        """All or nothing."""
        for change in unit.changes:
            self._check(change)
        for change in unit.changes:
            self._change(change)

    def document(self, kind: str, id: str) -> Document | None:
        return self.kept.get((kind, id))

    def documents(self, kind: str, under: str = "") -> Sequence[Document]:
        found = (each for _, each in sorted(self.kept.items()) if each.kind == kind)
        return [each for each in found if each.id.startswith(under)]

    def _check(self, change: object) -> None:
        match change:
            case PutDocument(each):
                there = self.kept.get((each.kind, each.id))
                if each.version != (there.version + 1 if there else 1):
                    raise ConflictError("somebody was first")
            case SamePassword(name, hashed):
                account = self.operator(name)
                if account is None or account[1] != hashed:
                    raise ConflictError("somebody was first")
            case DropDocument(kind, id, version):
                there = self.kept.get((kind, id))
                if there is None or there.version != version:
                    raise ConflictError("somebody was first")

    def _change(self, change: Change) -> None:
        match change:
            case PutDocument(each):
                self.kept[each.kind, each.id] = each
            case DropDocument(kind, id):
                del self.kept[kind, id]
            case _:
                self.change_people(change)
