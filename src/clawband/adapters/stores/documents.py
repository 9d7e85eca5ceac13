"""How documents are written and read. Bodies are encrypted, bound to kind, id and version."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, update
from sqlalchemy.exc import IntegrityError

from clawband.adapters.stores import tables
from clawband.adapters.stores.sealing import Sealing
from clawband.model.document import Document
from clawband.model.errors import ConflictError

_table = tables.documents
_here = (
    (_table.c.kind == bindparam("of"))
    & (_table.c.id == bindparam("named"))
    & (_table.c.version == bindparam("was"))
)
# Made once: to build such a statement costs more than to run it.
_update = update(_table).where(_here)
_delete = delete(_table).where(_here)


def put(connection: Connection, document: Document, sealing: Sealing) -> None:
    """Raises `ConflictError` when another version is the newest."""
    row = {
        "kind": document.kind,
        "id": document.id,
        "version": document.version,
        "sealed": sealing.seal(_name(document.kind, document.id, document.version), document.body),
    }
    if document.version > 1:
        here = {"of": document.kind, "named": document.id, "was": document.version - 1}
        if connection.execute(_update, row | here).rowcount != 1:
            raise _changed(document.id)
        return
    try:
        connection.execute(insert(_table), row)
    except IntegrityError as error:
        raise _changed(document.id) from error


def drop(connection: Connection, kind: str, id: str, version: int) -> None:
    """Raises `ConflictError` when another version is the newest."""
    here = {"of": kind, "named": id, "was": version}
    if connection.execute(_delete, here).rowcount != 1:
        raise _changed(id)


def read(rows: Iterable[Any], sealing: Sealing) -> Iterator[Document]:
    """Out of rows of the table. Raises `InvariantError` for one that was altered."""
    for row in rows:
        body = sealing.open(_name(row.kind, row.id, row.version), bytes(row.sealed))
        yield Document(row.kind, row.id, row.version, body)


def _name(kind: str, id: str, version: int) -> str:
    return f"{kind}/{id}/{version}"


def _changed(id: str) -> ConflictError:
    return ConflictError(f"`{id}` changed meanwhile", remedy="reload it and decide again")
