"""People who operate Clawband, and the roles they have: everywhere, or in one environment."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InputError


class Role(StrEnum):
    ADMIN = "admin"
    BUILDER = "builder"
    OPERATOR = "operator"
    APPROVER = "approver"
    AUDITOR = "auditor"
    VIEWER = "viewer"


Held: TypeAlias = str
"""A role as somebody has it: `approver` everywhere, `approver@production` only there. What does not
ask where sees no role in the second, so whatever forgets to ask refuses."""
_AT = "@"


def held(text: str) -> Held:
    """Raises `InputError` for a role or an environment that does not exist."""
    role, at, environment = text.partition(_AT)
    if role in set(Role) and (not at or environment in ENVIRONMENTS):
        return text
    raise InputError(
        f"expected a role out of {', '.join(Role)}, got `{text[:40]}`",
        remedy=f"name one, or one with `@` and an environment ({', '.join(ENVIRONMENTS)})",
    )


def there(roles: Iterable[Held], environment: str) -> frozenset[Held]:
    """Those that count for a thing of this environment, without where; for what is of none (an
    empty name) those that are held everywhere."""
    pairs = (each.partition(_AT) for each in roles)
    return frozenset(role for role, at, where in pairs if not at or where == environment)


def anywhere(roles: Iterable[Held]) -> frozenset[Held]:
    """The roles without where they are held."""
    return frozenset(each.partition(_AT)[0] for each in roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A person's account. `aliases` are the requester ids the same person has on channels."""

    name: str
    roles: frozenset[Held]
    aliases: frozenset[str] = frozenset()
    added: datetime

    def within(self, environment: str) -> "Operator":
        """With the roles that count there, without where."""
        return replace(self, roles=there(self.roles, environment))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An operator whose credential was checked, for this request."""

    operator: Operator
    """With the roles they have now, those for a time among them."""
    assurance: int
    """The authenticator assurance level (NIST SP 800-63B): 1 one factor, 2 two, 3 a device key."""
    session: str
    csrf: str = ""
    proved: datetime | None = None
    """When a second factor was last shown in this session."""
    at: datetime | None = None
    """When this request was let in: how long ago `proved` is."""
    second_factor: bool = False
    """They have one, so acts that policy marks want it shown again."""
    held_back: bool = False
    """One factor was shown where two are due: privileged roles do not count, nor those of whom
    they stand in for."""
    service: bool = False
    """A service account: it approves nothing and is nobody's second person."""
    scope: frozenset[str] = frozenset()
    """The acts that the key of a service account may do; a person's are those of their roles."""
    environment: str = ""
    """The only one that the key is for; empty for all."""
    chat: str = ""
    """The chat in which they speak, as in `main:telegram:4242`; empty for a sign-in."""

    @property
    def name(self) -> str:
        return self.operator.name
