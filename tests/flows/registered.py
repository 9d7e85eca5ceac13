"""A registry of people in memory, that takes units as a store does."""

from collections.abc import Sequence

from clawband.model.document import Document
from clawband.model.errors import ConflictError
from clawband.model.person import Operator, Role
from clawband.ports.unit import (
    CloseSession,
    DeleteOperator,
    DropDocument,
    OpenSession,
    PutDocument,
    PutOperator,
    Unit,
)
from tests.simulators.clocks import START


def account(name="ana", role=Role.ADMIN, aliases=()):
    return Operator(name=name, roles=frozenset({role}), aliases=frozenset(aliases), added=START)


class Registered:
    """Implements `ports.registry.Registry`."""

    def __init__(self, *operators: Operator, password: str = "") -> None:
        self.accounts = {each.name: (each, password) for each in operators}
        self.sessions: dict[str, OpenSession] = {}
        self.kept: dict[tuple[str, str], Document] = {}

    def take(self, unit: Unit) -> None:
        """All or nothing."""
        for change in unit.changes:
            self._check(change)
        for change in unit.changes:
            self._change(change)

    def operator(self, name: str) -> tuple[Operator, str] | None:
        return self.accounts.get(name)

    def operators(self) -> Sequence[Operator]:
        return [each for each, _ in self.accounts.values()]

    def session(self, token: str) -> OpenSession | None:
        return self.sessions.get(token)

    def document(self, kind: str, id: str) -> Document | None:
        return self.kept.get((kind, id))

    def documents(self, kind: str) -> Sequence[Document]:
        return [each for _, each in sorted(self.kept.items()) if each.kind == kind]

    def gateway(self, credential: str) -> None:
        return None

    def enrolled(self) -> Sequence[object]:
        return []

    def _check(self, change: object) -> None:
        match change:
            case PutDocument(each):
                there = self.kept.get((each.kind, each.id))
                if each.version != (there.version + 1 if there else 1):
                    raise ConflictError("somebody was first")
            case DropDocument(kind, id, version):
                there = self.kept.get((kind, id))
                if there is None or there.version != version:
                    raise ConflictError("somebody was first")

    def _change(self, change: object) -> None:
        match change:
            case PutDocument(each):
                self.kept[each.kind, each.id] = each
            case DropDocument(kind, id):
                del self.kept[kind, id]
            case PutOperator(operator, hashed):
                self.accounts[operator.name] = (operator, hashed)
                self._out(operator.name)
            case DeleteOperator(name):
                del self.accounts[name]
                self._out(name)
            case OpenSession(token):
                self.sessions[token] = change
            case CloseSession(token):
                self.sessions.pop(token, None)

    def _out(self, name: str) -> None:
        self.sessions = {k: v for k, v in self.sessions.items() if v.operator != name}
