"""How each change of a unit is written. Runs inside the writer's transaction."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError

from clawband.adapters.stores import documents, rows, tables, traced
from clawband.adapters.stores.sealing import Sealing
from clawband.audit.entry import stamp
from clawband.labels.lattice import join
from clawband.model.deployment import Gateway
from clawband.model.errors import ConflictError
from clawband.ports import unit as writes

EXPECTING = (
    writes.OpenApproval,
    writes.MoveApproval,
    writes.EnrollGateway,
    writes.RemoveGateway,
    writes.SamePassword,
    writes.PutEndorsement,
    writes.PutDocument,
    writes.DropDocument,
)
"""Changes that may find another state than they expect; their unit gets a savepoint."""


def apply(connection: Connection, change: writes.Change, sealing: Sealing) -> None:
    """Write one change, except what `many` gives: that is written by the batch.

    Raises `ConflictError` when the state is not the expected one.
    """
    match change:
        case writes.JoinLabel():
            _join_label(connection, change)
        case writes.OpenApproval(approval):
            _insert(connection, tables.approvals, rows.approval_row(approval), approval.id)
        case writes.MoveApproval():
            _move(connection, change)
        case writes.SetControl(control):
            _put(connection, tables.controls, rows.control_row(control))
        case writes.ClearControl(id):
            connection.execute(delete(tables.controls).where(tables.controls.c.id == id))
        case writes.KeepCheckpoint(size, note, at):
            row = {"size": size, "note": note, "at": stamp(at)}
            _put(connection, tables.checkpoints, row, replace=False)
        case writes.ActivatePolicy(digest, by, at, note):
            row = {"digest": digest, "by": by, "at": stamp(at), "note": note}
            connection.execute(insert(tables.activations), row)
        case writes.PutEndorsement(endorsement):
            _put_endorsement(connection, traced.endorsement_row(endorsement))
        case _:
            _apply_people(connection, change, sealing)


def put_tile(connection: Connection, level: int, position: int, hashes: bytes) -> None:
    """Insert a tile of the tree, or replace the open one that grew."""
    _put(connection, tables.tiles, {"level": level, "position": position, "hashes": hashes})


def inserts(dialect: Dialect) -> dict[str, rows.Insert]:
    """The tables that are written by the batch, in this order."""
    return {
        "payloads": rows.Insert(tables.payloads, dialect, ("digest",)),
        "readings": rows.Insert(tables.readings, dialect, ("session", "id")),
        "destinations": rows.Insert(tables.destinations, dialect, ("agent", "destination")),
        "versions": rows.Insert(tables.versions, dialect),
        "places": rows.Insert(tables.places, dialect, ("agent", "path"), replace=True),
        "leaves": rows.Insert(tables.leaves, dialect),
    }


def many(
    changes: Sequence[writes.Change], sealing: Sealing
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows that stand in nobody's way, each with its table: they go in with those of other units.

    Raises `UnicodeError` for text that no store can hold, before it would fail the others too.
    """
    for change in changes:
        for table, row in _rows(change, sealing):
            for value in row.values():
                if isinstance(value, str):
                    value.encode()
            yield table, row


def _rows(change: writes.Change, sealing: Sealing) -> Iterator[tuple[str, dict[str, Any]]]:
    match change:
        case writes.KeepPayload(digest, body):
            yield "payloads", {"digest": digest, "sealed": sealing.seal(digest, body)}
        case writes.AddReading():
            yield "readings", traced.reading_row(change)
        case writes.UseDestinations(agent, destinations):
            for each in sorted(destinations):
                yield "destinations", {"agent": agent, "destination": each}
        case writes.PutPlace(place):
            row = traced.place_row(place)
            yield "versions", row
            yield "places", row


def _apply_people(connection: Connection, change: writes.Change, sealing: Sealing) -> None:
    sessions = tables.sessions
    match change:
        case writes.PutDocument(document):
            documents.put(connection, document, sealing)
        case writes.DropDocument(kind, id, version):
            documents.drop(connection, kind, id, version)
        case writes.PutOperator(operator, password_hash):
            _put(connection, tables.operators, rows.operator_row(operator, password_hash))
            connection.execute(delete(sessions).where(sessions.c.operator == operator.name))
        case writes.DeleteOperator(name):
            connection.execute(delete(tables.operators).where(tables.operators.c.name == name))
            connection.execute(delete(sessions).where(sessions.c.operator == name))
        case writes.OpenSession():
            over = sessions.c.expires <= stamp(change.opened)
            connection.execute(delete(sessions).where(over))
            connection.execute(insert(sessions), rows.session_row(change))
        case writes.SamePassword():
            _same_password(connection, change)
        case writes.CloseSession(token):
            connection.execute(delete(sessions).where(sessions.c.token == token))
        case writes.EnrollGateway(gateway):
            row = {
                "name": gateway.name,
                "environment": gateway.environment,
                "credential": gateway.credential,
                "enrolled": stamp(gateway.enrolled),
            }
            _put(connection, tables.gateways, row)
        case writes.RemoveGateway(gateway):
            _remove_gateway(connection, gateway)


def _same_password(connection: Connection, change: writes.SamePassword) -> None:
    table = tables.operators
    wanted = select(table.c.password_hash).where(table.c.name == change.operator)
    if connection.execute(wanted).scalar() != change.password_hash:
        raise ConflictError(
            f"the password of `{change.operator}` changed meanwhile", remedy="sign in again"
        )


def _remove_gateway(connection: Connection, gateway: Gateway) -> None:
    table = tables.gateways
    same = (table.c.name == gateway.name) & (table.c.credential == gateway.credential)
    if connection.execute(delete(table).where(same)).rowcount != 1:
        raise ConflictError(
            f"the gateway `{gateway.name}` was enrolled anew or removed meanwhile",
            remedy="look again with `clawband gateway list`; nothing was changed",
        )


def _join_label(connection: Connection, change: writes.JoinLabel) -> None:
    table = tables.labels
    found = connection.execute(select(table).where(table.c.session == change.session)).first()
    label = join(rows.label(found), change.label) if found else change.label
    _put(connection, table, rows.label_row(change.session, label))


def _put_endorsement(connection: Connection, row: dict[str, Any]) -> None:
    """Add it, or replace one that still stands: a revoked one never comes back."""
    table = tables.endorsements
    here = table.c.id == row["id"]
    if connection.execute(update(table).where(here, table.c.revoked == "").values(row)).rowcount:
        return
    _insert(connection, table, row, row["id"])


def _move(connection: Connection, change: writes.MoveApproval) -> None:
    table = tables.approvals
    expected = (
        (table.c.id == change.approval.id)
        & (table.c.state == str(change.was))
        & (table.c.grants == change.grants)
    )
    row = rows.approval_row(change.approval)
    try:
        moved = connection.execute(update(table).where(expected).values(row)).rowcount
    except IntegrityError as error:
        raise ConflictError(
            f"another approval than `{change.approval.id}` waits for exactly that already",
            remedy="decide that one",
        ) from error
    if moved != 1:
        raise ConflictError(
            f"`{change.approval.id}` changed meanwhile", remedy="reload it and decide again"
        )


def _insert(connection: Connection, table: Any, row: dict[str, Any], name: str) -> None:
    try:
        connection.execute(insert(table), row)
    except IntegrityError as error:
        raise ConflictError(f"`{name}` stands in the way of what is already there") from error


def _put(connection: Connection, table: Any, row: dict[str, Any], *, replace: bool = True) -> None:
    """Insert, or replace the row of the same primary key."""
    statement = _upsert(connection, table).values(row)
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in row.items() if name not in keys}
    if replace and rest:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    connection.execute(statement)


def _upsert(connection: Connection, table: Any) -> Any:
    dialect = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    return dialect(table)
