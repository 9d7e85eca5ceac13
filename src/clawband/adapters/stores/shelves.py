"""What agents have read, written and sent to, and what people endorsed, out of the tables."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Select, func, select

from clawband.adapters.stores import tables, traced
from clawband.adapters.stores.asking import Asking
from clawband.adapters.stores.sealing import Sealing
from clawband.model.errors import InvariantError
from clawband.model.provenance import Endorsement, Place, Reading

CHUNK = 50
"""Sealed texts fetched at a time; one has 1 MB at most."""


class Shelves(Asking):
    """Implements `ports.store.Shelved`, and `lineage.Cold` for what memory does not hold."""

    def __init__(self, reading: Engine, sealing: Sealing) -> None:
        super().__init__(reading)
        self._sealing = sealing

    # For people

    def endorsement(self, id: str) -> Endorsement | None:
        table = tables.endorsements
        found = self._first(select(table).where(table.c.id == id))
        return traced.endorsement(found) if found else None

    def all_endorsements(self, limit: int = 200) -> Sequence[Endorsement]:
        column = tables.endorsements.c
        query = select(tables.endorsements).order_by(column.opened.desc(), column.id.desc())
        return [traced.endorsement(row) for row in self._all(query.limit(limit))]

    def versions(self, agent: str = "", path: str = "", limit: int = 200) -> Sequence[Place]:
        column = tables.versions.c
        query = select(tables.versions).order_by(column.n.desc()).limit(limit)
        if agent:
            query = query.where(column.agent == agent)
        if path:
            query = query.where(column.path == path)
        return [traced.place(row) for row in self._all(query)]

    # For memory

    def standing(self, limit: int) -> Sequence[Endorsement]:
        """Endorsements nobody revoked, oldest first; of too many the ones that end last."""
        column = tables.endorsements.c
        query = select(tables.endorsements).where(column.revoked == "")
        found = self._all(query.order_by(column.expires.desc()).limit(limit))
        return sorted(map(traced.endorsement, found), key=lambda each: each.opened)

    def readings(self, session: str, characters: int, each: int) -> Sequence[Reading]:
        found: list[Reading] = []
        before, most = None, characters // each // 2
        while True:
            rows = self._all(_newest(session, before))
            for row in rows:
                reading = traced.reading(row, self._text(row))
                characters -= each + len(reading.text)
                if characters < 0:
                    older = self._all(_facts(session, row.n, most))
                    return [*map(traced.reading, sorted(older, key=_number)), *reversed(found)]
                found.append(reading)
                before = row.n
            if len(rows) < CHUNK:
                return found[::-1]

    def written(self, agent: str, limit: int) -> Sequence[Place]:
        column = tables.places.c
        query = select(tables.places).where(column.agent == agent).order_by(column.at.desc())
        return [traced.place(row) for row in self._all(query.limit(limit))]

    def wrote(self, agent: str, path: str) -> Place | None:
        column = tables.places.c
        found = self._first(select(tables.places).where(column.agent == agent, column.path == path))
        return traced.place(found) if found else None

    def sent_to(self, agent: str, destinations: frozenset[str]) -> frozenset[str]:
        column = tables.destinations.c
        asked = sorted(destinations)
        query = select(column.destination).where(
            column.agent == agent, column.destination.in_(asked)
        )
        return frozenset(row.destination for row in self._all(query))

    def _text(self, row: Any) -> str:
        """What was read; empty when it cannot be told any more: then it explains nothing."""
        if row.sealed is None:
            return ""
        try:
            body = json.loads(self._sealing.open(row.payload, bytes(row.sealed)))
            text = body["arguments"]["text"]
        except (InvariantError, ValueError, LookupError, TypeError):
            return ""
        return text if isinstance(text, str) else ""


def _number(row: Any) -> int:
    return int(row.n)


def _newest(session: str, before: int | None) -> Select[Any]:
    """The next chunk of a session's readings, newest first, each with its sealed text."""
    read, kept = tables.readings, tables.payloads
    query = (
        select(read, kept.c.sealed)
        .select_from(read.outerjoin(kept, kept.c.digest == read.c.payload))
        .where(read.c.session == session)
        .order_by(read.c.n.desc())
        .limit(CHUNK)
    )
    return query if before is None else query.where(read.c.n < before)


def _facts(session: str, last: int, limit: int) -> Select[Any]:
    """Of everything up to `last`, the newest of each kind, source, label and speaker.

    What must not be forgotten comes first: the most confidential, then what came from outside.
    """
    column = tables.readings.c
    alike = (column.kind, column.source, column.integrity, column.confidentiality,
             column.sources, column.speaker, column.tags)  # fmt: skip
    newest = (
        select(func.max(column.n))
        .where(column.session == session, column.n <= last)
        .group_by(*alike)
    )
    wanted = select(tables.readings).where(column.n.in_(newest))
    return wanted.order_by(column.confidentiality.desc(), column.integrity, column.n).limit(limit)
