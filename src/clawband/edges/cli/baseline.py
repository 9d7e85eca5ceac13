"""Secrets that somebody has looked at and accepted: a file of their hashes, kept beside the code.

Salted and slow (scrypt, RFC 7914), as a password among them could be guessed otherwise.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clawband.edges.cli.scanned import Place
from clawband.model.errors import InputError

VERSION = 1
_COST = {"n": 1 << 12, "r": 8, "p": 1, "dklen": 16}


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is known."""

    salt: bytes
    known: frozenset[str]

    def knows(self, place: Place) -> bool:
        """Is it accepted, wherever it stands?"""
        return bool(self.known) and _hash(self.salt, place) in self.known


def read(path: Path) -> Baseline:
    """Raises `InputError`."""
    try:
        said: Any = json.loads(path.read_text())
        if said["version"] != VERSION:
            raise ValueError(f"expected version {VERSION}, got {said['version']}")
        return Baseline(
            bytes.fromhex(said["salt"]), frozenset(each["hash"] for each in said["known"])
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"`{path}` is no baseline: {error}",
            remedy="write one with `clawband scan secrets --write-baseline FILE`",
        ) from error


def write(path: Path, places: Sequence[Place]) -> int:
    """How many different ones it knows now."""
    salt = secrets.token_bytes(16)
    found = {(each.kind, each.value): each for each in reversed(places)}
    rows = [
        {"kind": each.kind, "seen": f"{each.path}:{each.line}", "hash": _hash(salt, each)}
        for each in sorted(found.values(), key=lambda each: (each.path, each.line, each.kind))
    ]
    path.write_text(
        json.dumps({"version": VERSION, "salt": salt.hex(), "known": rows}, indent=2) + "\n"
    )
    return len(rows)


def _hash(salt: bytes, place: Place) -> str:
    return hashlib.scrypt(place.kind.encode() + b"\0" + place.value, salt=salt, **_COST).hex()
