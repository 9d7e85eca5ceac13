"""Which credentials of an `openclaw.json` become references to secrets of ours.

Pure. Values are looked up by `value`, and are in nothing else that this module makes.
"""

import copy
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from clawband.openclaw.config import PROVIDER
from clawband.openclaw.credentials import Held, Source, credentials
from clawband.openclaw.placed import at, put

LONGEST = 80
"""Characters of a secret's name."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")


@dataclass(frozen=True, slots=True)
class Move:
    """A value that leaves the configuration, and the secret that it becomes."""

    way: tuple[str, ...]
    secret: str
    kind: str

    @property
    def name(self) -> str:
        return ".".join(self.way)


@dataclass(frozen=True, slots=True)
class Stays:
    """A value that no reference can take the place of, and why."""

    name: str
    why: str


def plan(config: Mapping[str, Any], gateway: str) -> tuple[list[Move], list[Stays]]:
    """What to do with each value that stands in the configuration of this gateway."""
    moves: dict[str, Move] = {}
    stays = []
    for each in credentials(config):
        if each.source is not Source.VALUE:
            continue
        why = _why_not(each)
        if why:
            stays.append(Stays(each.name, why))
        else:
            way = tuple(str(key) for key in each.way)
            name = _secret(gateway, way, taken=moves.keys())
            moves[name] = Move(way, name, _kind(way[-1]))
    return list(moves.values()), stays


def value(config: Mapping[str, Any], move: Move) -> bytes:
    """What stands there: a text as it is, an object as JSON."""
    found = at(config, move.way)
    return (found if isinstance(found, str) else json.dumps(found)).encode()


def referring(config: Mapping[str, Any], moves: Sequence[Move]) -> dict[str, Any]:
    """The configuration with references in place of the values."""
    after = copy.deepcopy(dict(config))
    for each in moves:
        put(after, each.way, {"source": "exec", "provider": PROVIDER[-1], "id": each.secret})
    return after


def left(config: Mapping[str, Any], moves: Sequence[Move]) -> list[Move]:
    """Those whose place does not refer to us, also where the ids of references are hidden."""
    done = {each.name for each in credentials(config) if each.provider == PROVIDER[-1]}
    return [each for each in moves if each.name not in done]


def _why_not(held: Held) -> str:
    if not held.referable:
        return "OpenClaw takes no reference here"
    return "it is in a list" if any(isinstance(key, int) for key in held.way) else ""


def _secret(gateway: str, way: tuple[str, ...], taken: Collection[str]) -> str:
    """A name of its own for each place; what it cannot say of the place, a digest does."""
    dotted = ".".join(way)
    plain = "".join(each if each in _PLAIN else "-" for each in dotted.lower())
    name = f"{gateway}/{plain}"
    if len(name) <= LONGEST and plain == dotted.lower() and name not in taken:
        return name
    digest = sha256(dotted.encode()).hexdigest()[:8]
    return f"{name[: LONGEST - 9]}-{digest}"


def _kind(key: str) -> str:
    """`botToken` is a bot token."""
    words = "".join(f" {each.lower()}" if each.isupper() else each for each in key)
    return words.strip()[:40]
