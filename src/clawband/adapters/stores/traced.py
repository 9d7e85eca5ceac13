"""Readings, endorsements and written files to rows and back."""

import json
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from clawband.adapters.stores import rows
from clawband.audit.entry import stamp
from clawband.model.label import Label
from clawband.model.provenance import Endorsement, Place, Reading, ReadingKind
from clawband.ports.unit import AddReading


def reading_row(change: AddReading) -> dict[str, Any]:
    reading = change.reading
    return {
        "session": change.session,
        "id": reading.id,
        "at": stamp(reading.at),
        "kind": str(reading.kind),
        "source": reading.source,
        **_label(reading.label),
        "speaker": reading.speaker,
        "referred": int(reading.referred),
        "attested": json.dumps(reading.attested),
        "tags": json.dumps(reading.tags),
        "payload": reading.payload,
    }


def reading(row: Row[Any], text: str = "") -> Reading:
    return Reading(
        id=row.id,
        at=datetime.fromisoformat(row.at),
        kind=ReadingKind(row.kind),
        source=row.source,
        label=rows.label(row),
        speaker=row.speaker,
        referred=bool(row.referred),
        attested=_names(row.attested),
        tags=_names(row.tags),
        text=text,
        payload=row.payload,
    )


def endorsement_row(endorsement: Endorsement) -> dict[str, Any]:
    return {
        "id": endorsement.id,
        "agent": endorsement.agent,
        "opened": stamp(endorsement.opened),
        "expires": stamp(endorsement.expires),
        "revoked": stamp(endorsement.revoked) if endorsement.revoked else "",
        "body": json.dumps(asdict(endorsement), default=rows.plain),
    }


def endorsement(row: Row[Any]) -> Endorsement:
    body = json.loads(row.body)
    for key in ("opened", "expires"):
        body[key] = datetime.fromisoformat(body[key])
    body["revoked"] = datetime.fromisoformat(body["revoked"]) if body["revoked"] else None
    body["decisions"] = tuple(body["decisions"])
    return Endorsement(**body)


def place_row(place: Place) -> dict[str, Any]:
    return {
        "agent": place.agent,
        "path": place.path,
        "at": stamp(place.at),
        **_label(place.label),
        "decision": place.decision,
        "payload": place.payload,
        "quarantine": place.quarantine,
    }


def place(row: Row[Any]) -> Place:
    return Place(
        agent=row.agent,
        path=row.path,
        label=rows.label(row),
        decision=row.decision,
        payload=row.payload,
        at=datetime.fromisoformat(row.at),
        quarantine=row.quarantine,
    )


@lru_cache(1_024)
def _names(listed: str) -> tuple[str, ...]:
    return tuple(json.loads(listed))


def _label(label: Label) -> dict[str, Any]:
    row = rows.label_row("", label)
    del row["session"]
    return row
