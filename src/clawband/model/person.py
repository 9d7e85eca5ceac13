"""People who operate Clawband. Local accounts now; the shape is ready for what comes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    BUILDER = "builder"
    OPERATOR = "operator"
    APPROVER = "approver"
    AUDITOR = "auditor"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A person's account. `aliases` are the requester ids the same person has on channels."""

    name: str
    roles: frozenset[Role]
    aliases: frozenset[str] = frozenset()
    added: datetime


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
    service: bool = False
    """A service account: it approves nothing and is nobody's second person."""
    scope: frozenset[str] = frozenset()
    """The acts that the key of a service account may do; a person's are those of their roles."""

    @property
    def name(self) -> str:
        return self.operator.name
