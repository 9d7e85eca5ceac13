"""Planted secrets, and a search for them in whatever was written, by nothing of what hides them."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

PART = 20
"""Characters of a long value that nobody should see either."""


def writings(value: str) -> Iterator[bytes]:
    """The value, its two ends, and what programs make of it on its way."""
    raw = value.encode()
    ends = [value[:PART], value[-PART:]] if len(value) >= 2 * PART else []
    for text in (value, *ends):
        told = json.dumps(text)[1:-1]
        yield from {
            each.encode() for each in (
                text, quote(text, safe=""), told, json.dumps(told)[1:-1],
                json.dumps(text, ensure_ascii=False)[1:-1], text.encode().hex(),
                text.encode().hex().upper(),
            )
        }  # fmt: skip
    for before in range(3):
        body = base64.b64encode(bytes(before) + raw)
        inside = body[(0, 2, 3)[before] : len(body) - (0, 3, 2)[(before + len(raw)) % 3]]
        yield from {inside, inside.translate(bytes.maketrans(b"+/", b"-_"))}


@dataclass
class Planted:
    """Values by name, and where each may be: a part of the name of a place."""

    values: dict[str, str] = field(default_factory=dict)
    meant: dict[str, tuple[str, ...]] = field(default_factory=dict)
    looked: int = 0
    """Bytes."""

    def plant(self, name: str, value: str, *meant: str) -> str:
        self.values[name], self.meant[name] = value, meant
        return value

    def found(self, places: Mapping[str, bytes]) -> list[tuple[str, str, str]]:
        """Name, place, and what stands before it, of each that is where it must not be."""
        met = []
        for place, raw in places.items():
            self.looked += len(raw)
            for name, value in self.values.items():
                if any(each in place for each in self.meant[name]):
                    continue
                at = max(raw.find(each) for each in writings(value))
                if at >= 0:
                    met.append((name, place, raw[max(0, at - 60) : at].decode("utf-8", "replace")))
        return met


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder as it is on disk, databases and their logs too."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            found[str(path)] = path.read_bytes()
    return found
