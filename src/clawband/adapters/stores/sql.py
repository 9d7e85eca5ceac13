"""The store over SQLAlchemy Core: SQLite by default, the schema holds PostgreSQL open."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select

from clawband.adapters.stores import documents, rows, tables
from clawband.adapters.stores.lineage import ENDORSEMENTS
from clawband.adapters.stores.memory import OPEN, REMEMBERED, Memory
from clawband.adapters.stores.offices import Offices
from clawband.adapters.stores.sealing import Sealing
from clawband.adapters.stores.search import statement
from clawband.adapters.stores.shelves import Shelves
from clawband.adapters.stores.writer import Edge, Listener, Writer, read_tile
from clawband.audit.tiles import WIDTH
from clawband.labels.lattice import join
from clawband.model.approval import Approval, ApprovalState
from clawband.model.errors import InvariantError
from clawband.model.event import Leaf
from clawband.model.label import Label
from clawband.ports import store as port
from clawband.ports import unit as writes

CHUNK = 2_000


class SqlStore(Memory, Shelves, Offices):
    """Implements `ports.store.Store`. Memory answers decisions, tables answer people."""

    def __init__(self, writing: Engine, reading: Engine, sealing: Sealing) -> None:
        Shelves.__init__(self, reading, sealing)
        Memory.__init__(self, self)
        self._durable_labels: dict[str, Label] = {}
        self._writing = writing
        self._check_key()
        self._load()
        self._writer = Writer(writing, self._find_edge(), sealing, self._durable, self.give_up)

    # Journal

    def commit(self, unit: writes.Unit) -> "Future[writes.Committed]":
        self.foresee(unit)
        return self._writer.commit(self._news(unit))

    def subscribe(self, listener: Listener) -> Any:
        return self._writer.subscribe(listener)

    def close(self) -> None:
        self._writer.close()
        self._writing.dispose()
        self._reading.dispose()

    # Ledger

    def approvals(self, states: frozenset[ApprovalState], limit: int = 200) -> Sequence[Approval]:
        if states <= OPEN:
            return self.open_in(states)[:limit]
        return super().approvals(states, limit)

    # Records

    def size(self) -> int:
        return self._writer.size

    def leaf(self, id: str) -> Leaf | None:
        found = self._first(select(tables.leaves).where(tables.leaves.c.id == id))
        return rows.leaf(found) if found else None

    def bodies(self, start: int, stop: int) -> Iterator[bytes]:
        column = tables.leaves.c
        for begin in range(start, stop, CHUNK):
            end = min(begin + CHUNK, stop)
            query = select(column.body).where(column.n >= begin, column.n < end).order_by(column.n)
            yield from (bytes(row.body) for row in self._all(query))

    def find(self, query: port.Query) -> Sequence[Leaf]:
        return [rows.leaf(row) for row in self._all(statement(query))]

    def payload(self, digest: str) -> bytes | None:
        table = tables.payloads
        found = self._first(select(table.c.sealed).where(table.c.digest == digest))
        return self._sealing.open(digest, bytes(found.sealed)) if found else None

    def tile(self, level: int, index: int) -> bytes | None:
        with self._reader() as connection:
            return read_tile(connection, level, index)

    def edge(self, size: int) -> Sequence[bytes]:
        column = tables.leaves.c
        first = size - size % WIDTH
        query = select(column.hash).where(column.n >= first, column.n < size).order_by(column.n)
        return [bytes(row.hash) for row in self._all(query)]

    def checkpoints(self, newest: bool = False) -> Sequence[writes.KeepCheckpoint]:
        table = tables.checkpoints
        query = select(table).order_by(table.c.size)
        if newest:
            query = select(table).order_by(table.c.size.desc()).limit(1)
        return [
            writes.KeepCheckpoint(row.size, row.note, datetime.fromisoformat(row.at))
            for row in self._all(query)
        ]

    # Start

    def _load(self) -> None:
        for row in self._all(select(tables.gateways)):
            self.change(writes.EnrollGateway(rows.gateway(row)))
        for row in self._all(select(tables.operators)):
            self.change(writes.PutOperator(rows.operator(row), row.password_hash))
        for row in self._all(select(tables.sessions)):
            self.change(rows.session(row))
        for document in documents.read(self._all(select(tables.documents)), self._sealing):
            self.change(writes.PutDocument(document))
        for row in self._all(select(tables.controls)):
            self.change(writes.SetControl(rows.control(row)))
        for row in self._all(select(tables.approvals).where(tables.approvals.c.state.in_(OPEN))):
            self.change(writes.OpenApproval(rows.approval(row)))
        for row in self._all(select(tables.labels)):
            self.labels[row.session] = self._durable_labels[row.session] = rows.label(row)
        for endorsement in self.standing(ENDORSEMENTS):
            self.change(writes.PutEndorsement(endorsement))
        table = tables.leaves
        newest = select(table).order_by(table.c.n.desc()).limit(REMEMBERED)
        for row in reversed(self._all(newest)):
            self.replay(rows.leaf(row).event)

    def _check_key(self) -> None:
        """Another key must not seal beside the one whose payloads are here already."""
        found = self._first(select(tables.payloads).limit(1))
        if found:
            self._sealing.open(found.digest, bytes(found.sealed))

    def _find_edge(self) -> Edge:
        last = self._first(select(func.max(tables.leaves.c.n).label("n")))
        size = 0 if last is None or last.n is None else last.n + 1
        hashes = list(self.edge(size))
        if len(hashes) != size % WIDTH:
            raise InvariantError(
                f"the log says it has {size} leaves, but some of the last ones are missing",
                remedy="find them with `clawband audit verify --store`, then restore a backup",
            )
        return Edge(size, hashes)

    def _news(self, unit: writes.Unit) -> writes.Unit:
        """The unit without what would change nothing on disk: most labels and destinations."""
        needed = [change for change in unit.changes if self._is_news(change)]
        return unit if len(needed) == len(unit.changes) else writes.Unit(unit.events, needed)

    def _is_news(self, change: writes.Change) -> bool:
        """What memory foresees is no measure: the unit it came from may never become durable."""
        match change:
            case writes.JoinLabel(session, label):
                was = self._durable_labels.get(session)
                return was is None or join(was, label) != was
            case writes.UseDestinations(agent, destinations):
                return self.known_used(agent, destinations) != destinations
        return True

    def _durable(self, unit: writes.Unit, leaves: Sequence[Leaf]) -> None:
        for change in unit.changes:
            if isinstance(change, writes.JoinLabel):
                was = self._durable_labels.get(change.session, change.label)
                self._durable_labels[change.session] = join(was, change.label)
            self.change(change)
        for leaf in leaves:
            self.apply(leaf.event)
