"""Accounts and documents in memory, and people who act on them."""

from dataclasses import replace
from datetime import datetime

from clawband.model.document import Document
from clawband.model.errors import ConflictError
from clawband.model.person import Operator, Role, SignedIn
from clawband.ports.unit import DropDocument, PutDocument, Unit
from tests.simulators.clocks import START


class Registry:
    """`People` and `Documents` of a store, with its compare-and-swap."""

    def __init__(self) -> None:
        self.accounts: dict[str, Operator] = {}
        self.kept: dict[tuple[str, str], Document] = {}

    def employ(self, name: str, *roles: Role, aliases: tuple[str, ...] = ()) -> SignedIn:
        self.accounts[name] = Operator(
            name=name, roles=frozenset(roles), aliases=frozenset(aliases), added=START
        )
        return self.signed(name)

    def signed(self, name: str, *lent: Role, service: bool = False) -> SignedIn:
        account = self.accounts[name]
        operator = replace(account, roles=account.roles | set(lent))
        return SignedIn(operator=operator, assurance=1, session=f"s-{name}", service=service)

    def renew(self, name: str, at: datetime) -> None:
        """The account is made anew."""
        self.accounts[name] = replace(self.accounts[name], added=at)

    def operator(self, name: str):
        found = self.accounts.get(name)
        return (found, "") if found else None

    def operators(self):
        return list(self.accounts.values())

    def document(self, kind: str, id: str):
        return self.kept.get((kind, id))

    def documents(self, kind: str, under: str = ""):
        found = (key for key in sorted(self.kept) if key[0] == kind)
        return [self.kept[key] for key in found if key[1].startswith(under)]

    def commit(self, unit: Unit) -> Unit:
        for change in unit.changes:
            match change:
                case PutDocument(document):
                    key = (document.kind, document.id)
                    self._expect(key, document.version - 1)
                    self.kept[key] = document
                case DropDocument(kind, id, version):
                    self._expect((kind, id), version)
                    del self.kept[(kind, id)]
        return unit

    def _expect(self, key: tuple[str, str], version: int) -> None:
        newest = self.kept.get(key)
        if (newest.version if newest else 0) != version:
            raise ConflictError(f"`{key}` was replaced by somebody else")
