"""Secret: a credential that Clawband keeps or knows where to find, and who may have its value.

Everything here can be shown: a value is never part of it, only a keyed print that tells whether two
values are the same one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

OWN = "own"
"""The vault that is always there."""
MOST_BYTES = 65_536
"""Of one value."""


REFERENCE = "secret:"
"""How a setting begins that names a secret in place of a file."""
IN_PATH = ":path"
"""In place of a field: the value takes the place of the placeholder that the path has."""


class State(StrEnum):
    """Of one version of a secret."""

    PENDING = "pending"
    """Made, and used by nobody yet: a rotation has not come so far."""
    CURRENT = "current"
    PREVIOUS = "previous"
    """Replaced; it still opens, so that whoever has it can finish."""
    DEAD = "dead"
    """Refused where it was issued, and that was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`number` is that of the vault. `print` is an HMAC-SHA256 of the value, in hex."""

    number: int
    state: State
    print: str
    by: str
    made: datetime
    issued: str = ""
    """What its issuer calls it, where it has to be named to be ended; no secret."""
    ended: datetime | None = None
    """When it became dead."""
    leaked: bool = False
    """Nobody is lent it: somebody has it who should not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the egress boundary puts the value, so that the agent never has it.

    Policy has to name the secret for the destination besides (`credential` under `[[egress]]`).
    """

    hosts: tuple[str, ...]
    """Exactly these, in small letters."""
    header: str = "authorization"
    """The field that it is put in, in small letters; or `IN_PATH`."""
    form: str = "{}"
    """The field's whole value with `{}` where the secret stands, such as `Bearer {}`; or how the
    path begins, such as `/bot{}/`."""
    methods: tuple[str, ...] = ()
    """Empty for all."""
    paths: tuple[str, ...] = ()
    """With a final `/`: everything below; empty for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How it is rotated. 0 days: whenever somebody asks."""

    driver: str
    every_days: int = 0
    overlap_minutes: int = 0
    """How long the old value is left alive after everybody has the new one."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What the driver wants to know; never a value of a secret, but the names of secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Its `name` is how everybody refers to it: `secret:<name>`."""

    name: str
    environment: str
    kind: str
    """What it is, in the owner's words: `api key`, `database password`."""
    owner: str
    purpose: str
    added: datetime
    vault: str = OWN
    place: str = ""
    """Where it stands in the vault."""
    gateways: tuple[str, ...] = ()
    """Those that are given the value when their configuration refers to it. Empty: none."""
    targets: tuple[Target, ...] = ()
    plan: Plan | None = None
    versions: tuple[Version, ...] = ()
    """Oldest first."""

    @property
    def current(self) -> Version | None:
        return next((each for each in self.versions if each.state is State.CURRENT), None)

    @property
    def alive(self) -> tuple[Version, ...]:
        """Those whose value may still open something."""
        return tuple(each for each in self.versions if each.state is not State.DEAD)


def reference(named: str) -> str:
    """The secret that a setting names in place of a file; empty where it names a file."""
    return named.removeprefix(REFERENCE) if named.startswith(REFERENCE) else ""
