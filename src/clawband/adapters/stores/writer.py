"""The one writer: units in, durable batches out.

Units are queued by `commit` and written in order by a single thread; all that are waiting go into
one transaction, so that one flush to disk pays for many answers (group commit). The log's index
and the tree are the writer's alone.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from clawband.adapters.stores import changes, rows, tables
from clawband.adapters.stores.sealing import Sealing
from clawband.audit import tiles
from clawband.audit.entry import encode
from clawband.audit.merkle import leaf_hash
from clawband.model.errors import ConflictError, InvariantError, UnavailableError
from clawband.model.event import Leaf
from clawband.ports.unit import Committed, Unit

BATCH = 256
"""Units in one transaction at most: about 10 ms of work, so that nobody waits long."""

Waiting = tuple[Unit, "Future[Committed]"]
Listener = Callable[[Sequence[Leaf]], None]


@dataclass(slots=True)
class Edge:
    """How far the log has come: its size and the leaf hashes of the open level-0 tile."""

    size: int
    hashes: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class _Batch:
    """What one transaction has written so far."""

    edge: Edge
    leaves: list[Leaf] = field(default_factory=list)
    rows: defaultdict[str, list[dict[str, object]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By table, what goes in together."""
    hashes: list[bytes] = field(default_factory=list)
    done: list[tuple[Unit, "Future[Committed]", Committed]] = field(default_factory=list)
    failed: list[tuple[Unit, "Future[Committed]", Exception]] = field(default_factory=list)


class Writer:
    """Owns the writing connection and the edge of the log."""

    def __init__(
        self,
        engine: Engine,
        edge: Edge,
        sealing: Sealing,
        durable: Callable[[Unit, Sequence[Leaf]], None],
        lost: Callable[[Unit], None],
    ) -> None:
        self._connection = engine.connect()
        self._inserts = changes.inserts(engine.dialect)
        self._edge = edge
        self._sealing = sealing
        self._durable, self._lost = durable, lost
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._listeners: list[Listener] = []
        self._gate = Lock()
        self._closed = False
        self._thread = Thread(target=self._run, name="clawband-writer", daemon=True)
        self._thread.start()

    @property
    def size(self) -> int:
        return self._edge.size

    def commit(self, unit: Unit) -> "Future[Committed]":
        future: Future[Committed] = Future()
        future.set_running_or_notify_cancel()  # whoever stops waiting does not stop the write
        with self._gate:
            if self._closed:
                closed = UnavailableError("the store is closed", remedy="start the server again")
                self._fail(unit, future, closed)
            else:
                self._queue.put((unit, future))
        return future

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)

        def end() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return end

    def close(self) -> None:
        """Write what is queued, then stop."""
        with self._gate:
            self._closed = True
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while True:
            waiting, last = self._gather()
            if waiting:
                self._write(waiting)
            if last:
                return

    def _gather(self) -> tuple[deque[Waiting], bool]:
        """Everything that waits, up to a batch; blocks for the first."""
        waiting: deque[Waiting] = deque()
        item = self._queue.get()
        while item is not None:
            waiting.append(item)
            if len(waiting) >= BATCH:
                return waiting, False
            try:
                item = self._queue.get_nowait()
            except Empty:
                return waiting, False
        return waiting, True

    def _write(self, waiting: Sequence[Waiting]) -> None:
        batch = _Batch(Edge(self._edge.size, list(self._edge.hashes)))
        try:
            with self._connection.begin():
                for unit, future in waiting:
                    self._write_unit(self._connection, unit, future, batch)
                self._write_log(self._connection, batch)
            # If we stop here everything above is on disk and nobody has been answered: the same
            # as if each answer had been lost on its way.
        except (SQLAlchemyError, OSError) as error:
            # Rolled back: nothing of the batch exists, the edge is the old one.
            for unit, future in waiting:
                refused = UnavailableError(
                    f"the store cannot write: {error.__class__.__name__}: "
                    f"{str(getattr(error, 'orig', error))[:200]}",
                    remedy="free disk space or release the lock; nothing was decided meanwhile",
                )
                self._fail(unit, future, refused)
            return
        except Exception as error:  # noqa: BLE001 - the writer must outlive a defect in a unit
            for unit, future in waiting:
                self._fail(unit, future, _unwritable(error))
            return
        self._edge = batch.edge
        self._settle(batch)

    def _write_unit(
        self, connection: Connection, unit: Unit, future: "Future[Committed]", batch: _Batch
    ) -> None:
        first = batch.edge.size
        try:
            bodies = [encode(event, number) for number, event in enumerate(unit.events, first)]
            added = list(changes.many(unit.changes, self._sealing))
        except Exception as error:  # noqa: BLE001 - nothing of it is written; the others are
            batch.failed.append((unit, future, _unwritable(error)))
            return
        try:
            if any(isinstance(change, changes.EXPECTING) for change in unit.changes):
                with connection.begin_nested():
                    self._apply(connection, unit)
            else:
                self._apply(connection, unit)
        except ConflictError as error:
            batch.failed.append((unit, future, error))
            return
        for table, row in added:
            batch.rows[table].append(row)
        for number, (event, body) in enumerate(zip(unit.events, bodies, strict=True), first):
            hashed = leaf_hash(body)
            batch.rows["leaves"].append(rows.leaf_row(event, number, body, hashed))
            batch.leaves.append(Leaf(number, body, event))
            batch.hashes.append(hashed)
        batch.edge.size += len(unit.events)
        committed = Committed(tuple(range(first, batch.edge.size)), batch.edge.size)
        batch.done.append((unit, future, committed))

    def _apply(self, connection: Connection, unit: Unit) -> None:
        for change in unit.changes:
            changes.apply(connection, change, self._sealing)

    def _write_log(self, connection: Connection, batch: _Batch) -> None:
        """One statement for all units of the batch, table by table."""
        for table, insert in self._inserts.items():
            if batch.rows[table]:
                insert.many(connection, batch.rows[table])
        if not batch.leaves:
            return

        def stored(level: int, index: int) -> bytes | None:
            return read_tile(connection, level, index)

        grown = tiles.grow(stored, self._edge.size, self._edge.hashes, batch.hashes)
        # Open tiles above level 0 are kept too and replaced as they grow: to fold them anew from
        # the tiles below would cost more with every leaf.
        for tile in grown:
            changes.put_tile(connection, tile.level, tile.index, tile.hashes)
        open_count = batch.edge.size % tiles.WIDTH
        row = self._edge.hashes + batch.hashes
        batch.edge.hashes = row[len(row) - open_count :]

    def _settle(self, batch: _Batch) -> None:
        """Tell memory first, then the waiting, then the watching."""
        for unit, _, committed in batch.done:
            start = committed.leaves[0] - batch.leaves[0].index if committed.leaves else 0
            self._durable(unit, batch.leaves[start : start + len(committed.leaves)])
        for _, future, committed in batch.done:
            future.set_result(committed)
        for unit, future, error in batch.failed:
            self._fail(unit, future, error)
        for listener in list(self._listeners):
            try:
                listener(batch.leaves)
            except Exception:  # noqa: BLE001 - the contract: a listener that raises is dropped
                with suppress(ValueError):
                    self._listeners.remove(listener)

    def _fail(self, unit: Unit, future: "Future[Committed]", error: Exception) -> None:
        """Tell memory first, then who waits."""
        self._lost(unit)
        future.set_exception(error)


def _unwritable(error: Exception) -> InvariantError:
    return InvariantError(
        f"a unit cannot be written: {type(error).__name__}",
        remedy="report this defect; nothing of the unit was written",
    )


def read_tile(connection: Connection, level: int, index: int) -> bytes | None:
    """A tile, or None. The open tile of level 0 is not stored: it follows from the leaves."""
    table = tables.tiles
    found = connection.execute(
        select(table.c.hashes).where(table.c.level == level, table.c.position == index)
    ).first()
    return bytes(found.hashes) if found else None
