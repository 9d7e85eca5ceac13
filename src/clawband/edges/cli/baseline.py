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

from clawband.edges.cli.scanned import Finding
from clawband.model.errors import InputError

VERSION = 1
_COST = {"n": 1 << 12, "r": 8, "p": 1, "dklen": 16}


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is known."""

    salt: bytes
    known: frozenset[str]

    def knows(self, finding: Finding) -> bool:
        """Is it accepted, wherever it stands?"""
        return bool(self.known) and _hash(self.salt, finding) in self.known


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


def write(path: Path, found: Sequence[Finding]) -> int:
    """How many different ones it knows now."""
    salt = secrets.token_bytes(16)
    distinct = {(each.kind, each.value): each for each in reversed(found)}
    rows = [
        {"kind": each.kind, "seen": f"{each.path}:{each.line}", "hash": _hash(salt, each)}
        for each in sorted(distinct.values(), key=lambda each: (each.path, each.line, each.kind))
    ]
    path.write_text(
        json.dumps({"version": VERSION, "salt": salt.hex(), "known": rows}, indent=2) + "\n"
    )
    return len(rows)


def _hash(salt: bytes, finding: Finding) -> str:
    return hashlib.scrypt(finding.kind.encode() + b"\0" + finding.value, salt=salt, **_COST).hex()
