"""A query over the log as SQL."""

from typing import Any

from sqlalchemy import Select, or_, select

from clawband.adapters.stores import tables
from clawband.audit.entry import stamp
from clawband.ports.store import Query

MAX_LIMIT = 1_000
_EQUAL = ("session", "run", "call", "message", "trace", "cause", "agent", "outcome")
_TEXT = ("id", "who", "agent", "action", "resource", "outcome", "session", "run", "call", "tag")


def statement(query: Query) -> Select[Any]:
    """Newest first; every word of `query.text` must occur somewhere."""
    column = tables.leaves.c
    wanted = select(tables.leaves).order_by(column.n.desc()).limit(min(query.limit, MAX_LIMIT))
    if query.tags:
        wanted = wanted.where(column.tag.in_(sorted(query.tags)))
    for name in _EQUAL:
        value = getattr(query, name)
        if value:
            wanted = wanted.where(column[name] == value)
    if query.since:
        wanted = wanted.where(column.at >= stamp(query.since))
    if query.before is not None:
        wanted = wanted.where(column.n < query.before)
    for word in query.text.split():
        wanted = wanted.where(
            or_(*(column[name].icontains(word, autoescape=True) for name in _TEXT))
        )
    return wanted
