"""Approval: a fact about one exact action, never a verdict.

It is bound to the digest of the canonical request, lives for a limited time, is used once, and is
never granted by the person who asked. `approvals.lifecycle` holds the allowed arrows.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clawband.model.access import Reason, Requirement
from clawband.model.ids import ApprovalId, DecisionId


class ApprovalState(StrEnum):
    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Grant:
    """One person's yes, with how strongly they were authenticated (AAL)."""

    by: str
    roles: frozenset[str]
    assurance: int
    at: datetime
    instead_of: str = ""
    """Who is away and whose roles these are; empty for one's own."""
    chat: str = ""
    """The chat in which they said it; empty for a sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    id: ApprovalId
    request: str
    """Digest of the canonical request; the only thing it can lift."""
    decision: DecisionId
    """The decision that opened it."""
    asker: str
    """Requester id; this person can never grant."""
    agent: str
    action: str
    resource: str
    session: str
    requirements: tuple[Requirement, ...]
    reasons: tuple[Reason, ...]
    opened: datetime
    wait_until: datetime
    """Until when the call waits in the enforcement point; afterwards it is parked."""
    expires: datetime
    state: ApprovalState = ApprovalState.PENDING
    grants: tuple[Grant, ...] = ()
    closed: datetime | None = None
    closed_by: str = ""
    note: str = ""
    """The reason given with a refusal."""
    payload: str = ""
    """Digest under which the exact arguments are kept."""
