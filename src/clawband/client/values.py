"""What the API tells, as values. A field that a newer server adds is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Somebody who operates Clawband."""

    name: str
    roles: tuple[str, ...]
    aliases: tuple[str, ...]
    added: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A held action. `arguments` are there for roles that may read them."""

    id: str
    state: str
    """pending, granted, refused, expired or spent."""
    decision: str
    request: str
    """Digest of the exact action, the only thing it can permit."""
    asker: str
    agent: str
    action: str
    resource: str
    session: str
    needs: tuple[str, ...]
    missing: tuple[str, ...]
    """Who still has to say yes: one of these."""
    reasons: tuple[Json, ...]
    opened: datetime
    wait_until: datetime
    expires: datetime
    grants: tuple[Json, ...]
    closed: datetime | None = None
    closed_by: str = ""
    note: str = ""
    parked: bool = False
    arguments: Json | None = None
    values: Sequence[Json] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A leaf of the log; `n` is its place."""

    n: int
    id: str
    at: datetime
    tag: str
    who: str = ""
    gateway: str = ""
    agent: str = ""
    action: str = ""
    resource: str = ""
    outcome: str = ""
    session: str = ""
    run: str = ""
    call: str = ""
    message: str = ""
    trace: str = ""
    cause: str = ""
    policy: str = ""
    detail: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A pause."""

    id: str
    kind: str
    name: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret without any of its values."""

    name: str
    environment: str
    kind: str
    owner: str
    purpose: str
    added: datetime
    vault: str
    place: str
    gateways: tuple[str, ...]
    """Those whose configuration is given the value."""
    targets: tuple[Json, ...]
    """Where the egress proxy puts it on."""
    versions: tuple[Json, ...]
    """Oldest first."""
    plan: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway under guard."""

    name: str
    environment: str
    enrolled: datetime
    alive: bool
    seen: datetime | None = None
    versions: Json
    counts: Json
    lost: int
