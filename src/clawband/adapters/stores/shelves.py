"""What agents have read, written and sent to, and what people endorsed, out of the tables."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Select, func, select

from clawband.adapters.stores import tables, traced
from clawband.adapters.stores.asking import Asking
from clawband.adapters.stores.sealing import Sealing
from clawband.model.errors import InvariantError
from clawband.model.provenance import Endorsement, Place, Reading, ReadingKind


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
        room = characters
        with self._stream(_newest(session)) as rows:
            for row in rows:
                reading = traced.reading(row, self._text(row))
                room -= each + len(reading.text)
                if room < 0:
                    return [*self._older(session, row.n, characters // 4, each), *found[::-1]]
                found.append(reading)
        return found[::-1]

    def _older(self, session: str, last: int, room: int, each: int) -> Sequence[Reading]:
        """What is left of everything up to `last`: labels, and texts of the session's own side."""
        most = room // each
        found = {row.n: traced.reading(row) for row in self._all(_facts(session, last, most))}
        with self._stream(_own(session, last, most)) as rows:
            for row in rows:
                text = self._text(row)
                room -= len(text)
                if room < 0:
                    break
                found[row.n] = traced.reading(row, text)
        return [found[number] for number in sorted(found)]

    def written(self, agent: str) -> Sequence[Place]:
        query = select(tables.places).where(tables.places.c.agent == agent)
        return [traced.place(row) for row in self._all(query)]

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


def _newest(session: str) -> Select[Any]:
    """A session's readings, newest first, each with its sealed text."""
    read, kept = tables.readings, tables.payloads
    both = read.outerjoin(kept, kept.c.digest == read.c.payload)
    query = select(read, kept.c.sealed).select_from(both)
    return query.where(read.c.session == session).order_by(read.c.n.desc())


def _own(session: str, last: int, most: int) -> Select[Any]:
    """What the person said and the agent wrote, up to `last`.

    Words are few and are what permits; what the agent wrote must stay known, or old words of an
    attacker come back as those of a trusted system.
    """
    column = tables.readings.c
    kinds = (str(ReadingKind.WORDS), str(ReadingKind.WROTE))
    return _newest(session).where(column.n <= last, column.kind.in_(kinds)).limit(most)


def _facts(session: str, last: int, most: int) -> Select[Any]:
    """Of everything up to `last`, the newest of each kind, source, label, class and speaker.

    What must not be forgotten comes first: classes, then the most confidential, then outside.
    """
    column = tables.readings.c
    alike = (column.kind, column.source, column.integrity, column.confidentiality,
             column.sources, column.speaker, column.tags)  # fmt: skip
    here = (column.session == session, column.n <= last)
    newest = select(func.max(column.n)).where(*here).group_by(*alike)
    worst = (column.tags == "[]", column.confidentiality.desc(), column.integrity, column.n)
    wanted = select(tables.readings).where(column.n.in_(newest))
    return wanted.order_by(*worst).limit(most)
