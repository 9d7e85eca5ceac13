"""An event as leaf bytes, and back.

The format is append-only: version 1 has the keys below, new keys are added and never renamed or
reused, and `tests/audit/test_entry.py` pins the bytes. A leaf is RFC 8785 canonical JSON; it
carries only strings, integers, booleans, lists and objects with ASCII keys, for which sorted-key
standard JSON is that form.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from clawband.model.digest import Json
from clawband.model.errors import InvariantError
from clawband.model.event import Event, Tag

VERSION = 1
_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
_FIELDS = (
    "who",
    "gateway",
    "agent",
    "action",
    "resource",
    "outcome",
    "session",
    "run",
    "call",
    "message",
    "trace",
    "cause",
    "policy",
)


def encode(event: Event, index: int) -> bytes:
    """Canonical bytes of `event` as leaf number `index`. Empty fields are left out."""
    leaf: dict[str, Json] = {
        "v": VERSION,
        "n": index,
        "id": event.id,
        "at": stamp(event.at),
        "tag": str(event.tag),
    }
    for name in _FIELDS:
        value = getattr(event, name)
        if value:
            leaf[name] = str(value)
    if event.detail:
        leaf["detail"] = _without_floats(event.detail)
    return _encoder.encode(leaf).encode()


def decode(body: bytes) -> Event:
    """The event of leaf bytes. Raises `InvariantError` for bytes that are no leaf of ours."""
    try:
        leaf = json.loads(body)
        return Event(
            id=leaf["id"],
            at=datetime.fromisoformat(leaf["at"]),
            tag=Tag(leaf["tag"]),
            detail=leaf.get("detail", {}),
            **{name: leaf.get(name, "") for name in _FIELDS},
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InvariantError(
            f"a leaf of the log cannot be read: {error}",
            remedy="run `clawband audit verify --store` and restore from a backup",
        ) from error


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, always 27 characters."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


_EXACT = frozenset({str, int, bool, type(None)})


def _without_floats(value: Json) -> Json:
    # JSON has one number type and ours has two: a float's text differs between encoders.
    if type(value) in _EXACT:
        return value
    if isinstance(value, float):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _without_floats(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_floats(item) for item in value]
    return value
