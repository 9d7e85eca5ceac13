"""Approvals, policies in force, operators and gateways, out of the tables."""

from collections.abc import Sequence

from sqlalchemy import select

from clawband.adapters.stores import rows, tables
from clawband.adapters.stores.asking import Asking
from clawband.model.approval import Approval, ApprovalState
from clawband.model.deployment import Gateway
from clawband.model.ids import ApprovalId
from clawband.model.person import Operator
from clawband.ports.unit import ActivatePolicy, OpenSession


class Offices(Asking):
    """Implements `ports.store.Ledger` and what `ports.store.People` asks of tables."""

    def approval(self, id: ApprovalId) -> Approval | None:
        found = self._first(select(tables.approvals).where(tables.approvals.c.id == id))
        return rows.approval(found) if found else None

    def approvals(self, states: frozenset[ApprovalState], limit: int = 200) -> Sequence[Approval]:
        table = tables.approvals
        wanted = table.c.state.in_([str(state) for state in states])
        query = select(table).where(wanted).order_by(table.c.opened.desc()).limit(limit)
        return [rows.approval(row) for row in self._all(query)]

    def activations(self, limit: int = 50) -> Sequence[ActivatePolicy]:
        table = tables.activations
        query = select(table).order_by(table.c.n.desc()).limit(limit)
        return [rows.activation(row) for row in self._all(query)]

    # People

    def operator(self, name: str) -> tuple[Operator, str] | None:
        found = self._first(select(tables.operators).where(tables.operators.c.name == name))
        return (rows.operator(found), found.password_hash) if found else None

    def operators(self) -> Sequence[Operator]:
        query = select(tables.operators).order_by(tables.operators.c.name)
        return [rows.operator(row) for row in self._all(query)]

    def session(self, token: str) -> OpenSession | None:
        found = self._first(select(tables.sessions).where(tables.sessions.c.token == token))
        return rows.session(found) if found else None

    def enrolled(self) -> Sequence[Gateway]:
        return [rows.gateway(row) for row in self._all(select(tables.gateways))]
