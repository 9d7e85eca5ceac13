"""Values to rows and back."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Row, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clawband.audit.entry import decode, stamp
from clawband.model.access import Reason, Requirement
from clawband.model.approval import Approval, ApprovalState, Grant
from clawband.model.control import Control, ControlKind
from clawband.model.deployment import Gateway
from clawband.model.event import Event, Leaf
from clawband.model.ids import ApprovalId, DecisionId
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.person import Operator, held
from clawband.ports.unit import ActivatePolicy, OpenSession

ROWS = 64
"""Rows of one statement: SQLite takes at least 32,766 values, a leaf has 17."""


class Insert:
    """An insertion of many rows into one table, compiled once.

    Of rows with the same `key` the first stays, or with `replace` the last. A number that the
    store gives is left out.
    """

    def __init__(
        self, table: Table, dialect: Dialect, key: Sequence[str] = (), *, replace: bool = False
    ) -> None:
        upsert = postgresql_insert if dialect.name == "postgresql" else sqlite_insert
        given = table.autoincrement_column
        self._names = [column.name for column in table.columns if column is not given]
        statement = upsert(table).values(dict.fromkeys(self._names))
        if key and replace:
            new = {name: statement.excluded[name] for name in self._names if name not in key}
            statement = statement.on_conflict_do_update(index_elements=key, set_=new)
        elif key:
            statement = statement.on_conflict_do_nothing(index_elements=key)
        compiled = statement.compile(dialect=dialect)
        self._text = str(compiled)
        # `… VALUES (?, ?) ON CONFLICT …`, to be written with many rows at once.
        self._head, _, rest = self._text.partition(" VALUES ")
        self._row, _, self._tail = rest.partition(")")
        self._positional = compiled.positional

    def many(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        if not self._positional:
            connection.exec_driver_sql(self._text, list(rows))
            return
        # One statement for many rows: the driver lets go of the interpreter for each statement,
        # and under load waits for its turn to get it back.
        for start in range(0, len(rows), ROWS):
            some = rows[start : start + ROWS]
            text = f"{self._head} VALUES {', '.join([f'{self._row})'] * len(some))}{self._tail}"
            values = tuple(row[name] for row in some for name in self._names)
            connection.exec_driver_sql(text, values)


def leaf_row(event: Event, index: int, body: bytes, hash: bytes) -> dict[str, Any]:
    return {
        "n": index,
        "id": event.id,
        "at": stamp(event.at),
        "tag": str(event.tag),
        "who": event.who,
        "agent": event.agent,
        "action": event.action,
        "resource": event.resource,
        "outcome": event.outcome,
        "session": event.session,
        "run": event.run,
        "call": event.call,
        "message": event.message,
        "trace": event.trace,
        "cause": event.cause,
        "hash": hash,
        "body": body,
    }


def leaf(row: Row[Any]) -> Leaf:
    body = bytes(row.body)
    return Leaf(row.n, body, decode(body))


def approval_row(approval: Approval) -> dict[str, Any]:
    return {
        "id": approval.id,
        "request": approval.request,
        "state": str(approval.state),
        "grants": len(approval.grants),
        "opened": stamp(approval.opened),
        "body": json.dumps(asdict(approval), default=plain),
    }


def approval(row: Row[Any]) -> Approval:
    body = json.loads(row.body)
    for key in ("opened", "wait_until", "expires"):
        body[key] = datetime.fromisoformat(body[key])
    body["closed"] = datetime.fromisoformat(body["closed"]) if body["closed"] else None
    body["id"] = ApprovalId(body["id"])
    body["decision"] = DecisionId(body["decision"])
    body["state"] = ApprovalState(body["state"])
    body["requirements"] = tuple(Requirement(**wanted) for wanted in body["requirements"])
    body["reasons"] = tuple(Reason(**reason) for reason in body["reasons"])
    body["grants"] = tuple(_grant(given) for given in body["grants"])
    return Approval(**body)


def label_row(session: str, label: Label) -> dict[str, Any]:
    return {
        "session": session,
        "integrity": int(label.integrity),
        "confidentiality": int(label.confidentiality),
        "sources": json.dumps(sorted(label.sources)),
    }


def label(row: Row[Any]) -> Label:
    return _label(row.integrity, row.confidentiality, row.sources)


@lru_cache(4_096)
def _label(integrity: int, confidentiality: int, sources: str) -> Label:
    """Most rows have the label of another: it is read once, and is one value in memory."""
    names = frozenset(json.loads(sources))
    return Label(Integrity(integrity), Confidentiality(confidentiality), names)


def control_row(control: Control) -> dict[str, Any]:
    return {
        "id": control.id,
        "kind": str(control.kind),
        "name": control.name,
        "by": control.by,
        "at": stamp(control.at),
        "reason": control.reason,
    }


def control(row: Row[Any]) -> Control:
    at = datetime.fromisoformat(row.at)
    return Control(ControlKind(row.kind), row.name, row.by, at, row.reason)


def operator_row(operator: Operator, password_hash: str) -> dict[str, Any]:
    return {
        "name": operator.name,
        "roles": json.dumps(sorted(operator.roles)),
        "aliases": json.dumps(sorted(operator.aliases)),
        "added": stamp(operator.added),
        "password_hash": password_hash,
    }


def operator(row: Row[Any]) -> Operator:
    return Operator(
        name=row.name,
        roles=frozenset(held(role) for role in json.loads(row.roles)),
        aliases=frozenset(json.loads(row.aliases)),
        added=datetime.fromisoformat(row.added),
    )


def session_row(session: OpenSession) -> dict[str, Any]:
    row = asdict(session)
    return {**row, "opened": stamp(session.opened), "expires": stamp(session.expires)}


def session(row: Row[Any]) -> OpenSession:
    opened, expires = datetime.fromisoformat(row.opened), datetime.fromisoformat(row.expires)
    return OpenSession(row.token, row.operator, row.csrf, opened, expires, row.assurance)


def gateway(row: Row[Any]) -> Gateway:
    return Gateway(
        name=row.name,
        environment=row.environment,
        credential=row.credential,
        enrolled=datetime.fromisoformat(row.enrolled),
    )


def activation(row: Row[Any]) -> ActivatePolicy:
    return ActivatePolicy(row.digest, row.by, datetime.fromisoformat(row.at), row.note)


def _grant(given: dict[str, Any]) -> Grant:
    return Grant(
        given["by"],
        frozenset(given["roles"]),
        given["assurance"],
        datetime.fromisoformat(given["at"]),
        given.get("instead_of", ""),
        given.get("chat", ""),
    )


def plain(value: object) -> object:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"cannot write a {type(value).__name__}")
