"""Notices: what somebody is told by mail, where to, and what waits to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Topic(StrEnum):
    """What somebody can choose to be told, or not."""

    APPROVALS = "approvals"
    REQUESTS = "requests"
    SIGN_INS = "sign-ins"
    EMERGENCIES = "emergencies"
    REVIEWS = "reviews"
    ENFORCEMENT = "enforcement"


ABOUT: Mapping[Topic, str] = {
    Topic.APPROVALS: "an approval waits for you, waits too long, or ends soon",
    Topic.REQUESTS: "a role or a change wants a second person, or yours was answered",
    Topic.SIGN_INS: "your account was used at a new device, or given a new way in",
    Topic.EMERGENCIES: "somebody breaks the glass, a secret leaks, or a honeytoken is used",
    Topic.REVIEWS: "an access review is open, nearly due or overdue, a rotation is overdue, or a "
    "certificate ends soon",
    Topic.ENFORCEMENT: "an agent is no longer governed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An address that is not proved yet. `token` is the SHA-256 (hex) of what was sent there."""

    address: str
    token: str
    asked: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where somebody gets mail, and about what; its id is the name of their account."""

    account: datetime
    """When the account was added: one that was made anew is another person's."""
    address: str = ""
    """Proved; empty for none."""
    topics: frozenset[Topic] = frozenset(Topic)
    proof: Proof | None = None
    asked: datetime | None = None
    """When the link was sent that was forgotten."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to tell: who and what, and the page that shows it. Never a content."""

    what: str
    link: str
    """Below the console's origin."""
    about: str = ""
    """Kind and id of what must still be open for this to be worth sending; empty for always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that is not delivered yet. Its id is in its Message-ID, at each try."""

    to: str
    """Whose mailbox it goes to."""
    address: str = ""
    """Where it goes instead: to somebody invited, or to prove an address."""
    lines: tuple[Line, ...]
    more: int = 0
    """Lines that found no room."""
    made: datetime
    due: datetime
    """Not tried before."""
    tries: int = 0
    closed: bool = False
    """It was tried, so it stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A letter as it goes out, plain text."""

    id: str
    to: str
    subject: str
    text: str
    at: datetime
