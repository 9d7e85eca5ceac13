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
    """An operator whose credential was checked, for this request. `assurance` is the AAL."""

    operator: Operator
    assurance: int
    session: str
    csrf: str = ""

    @property
    def name(self) -> str:
        return self.operator.name
