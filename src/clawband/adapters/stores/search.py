"""Queries as SQL that reads no more than it must: the log only grows."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal_column, or_, select, union_all

from clawband.adapters.stores import tables
from clawband.audit.entry import stamp
from clawband.ports.store import Query

MAX_LIMIT = 1_000
EMPTY: ColumnElement[str] = literal_column("''")
"""As the condition of the indices has it, word for word."""
INDEXED = ("run", "session", "cause", "agent", "call", "message", "trace")
_TEXT = ("id", "who", "agent", "action", "resource", "outcome", "session", "run", "call", "tag")


def statement(query: Query) -> Select[Any]:
    """Newest first; every word of `query.text` must occur somewhere."""
    column = tables.leaves.c
    limit = min(query.limit, MAX_LIMIT)
    wanted = select(tables.leaves).order_by(column.n.desc()).limit(limit)
    within = _within(query)
    named = [_is(name, value) for name in INDEXED if (value := getattr(query, name))]
    if query.tags and not (named or query.text or query.outcome):
        return wanted.where(newest(column.n, column.tag, query.tags, column.n, limit, within))
    if query.tags:
        named.append(column.tag.in_(sorted(query.tags)))
    if query.outcome:
        named.append(column.outcome == query.outcome)
    for word in query.text.split():
        named.append(or_(*(column[name].icontains(word, autoescape=True) for name in _TEXT)))
    return wanted.where(*named, *within)


def newest(
    key: ColumnElement[Any],
    kind: ColumnElement[Any],
    kinds: Iterable[str],
    order: ColumnElement[Any],
    limit: int,
    within: Iterable[ColumnElement[bool]] = (),
) -> ColumnElement[bool]:
    """Whether a row is among the newest `limit` of its kind.

    The newest of many kinds are among these. Of each kind they stand together in an index; asked
    for all kinds at once, a database reads all that there ever were.
    """
    each = (
        select(key).where(kind == value, *within).order_by(order.desc()).limit(limit).subquery()
        for value in sorted(kinds)
    )
    return key.in_(union_all(*(select(found.c[0]) for found in each)))


def _within(query: Query) -> list[ColumnElement[bool]]:
    column = tables.leaves.c
    within = []
    if query.since:
        within.append(column.at >= stamp(query.since))
    if query.before is not None:
        within.append(column.n < query.before)
    return within


def _is(name: str, value: str) -> ColumnElement[bool]:
    """The index leaves empty ones out, and is used only where the query says so too."""
    column = tables.leaves.c[name]
    return and_(column == value, column != EMPTY)
