"""Approvals and policies in force, out of the tables."""

from collections.abc import Sequence

from sqlalchemy import select

from clawband.adapters.stores import rows, tables
from clawband.adapters.stores.asking import Asking
from clawband.adapters.stores.search import newest
from clawband.model.approval import Approval, ApprovalState
from clawband.model.ids import ApprovalId
from clawband.ports.unit import ActivatePolicy


class Offices(Asking):
    """Implements `ports.store.Ledger`."""

    def approval(self, id: ApprovalId) -> Approval | None:
        found = self._first(select(tables.approvals).where(tables.approvals.c.id == id))
        return rows.approval(found) if found else None

    def approvals(self, states: frozenset[ApprovalState], limit: int = 200) -> Sequence[Approval]:
        table = tables.approvals
        wanted = newest(table.c.id, table.c.state, map(str, states), table.c.opened, limit)
        query = select(table).where(wanted).order_by(table.c.opened.desc()).limit(limit)
        return [rows.approval(row) for row in self._all(query)]

    def activations(self, limit: int = 50) -> Sequence[ActivatePolicy]:
        table = tables.activations
        query = select(table).order_by(table.c.n.desc()).limit(limit)
        return [rows.activation(row) for row in self._all(query)]
