"""What a flow wants written: one unit of work, as values.

A unit is all or nothing: events for the log, in order, and changes of state beside them. An edge
commits it (`ports.store.Journal`) and answers only what is durable.
"""

from dataclasses import dataclass, field
from datetime import datetime

from clawband.model.approval import Approval, ApprovalState
from clawband.model.control import Control
from clawband.model.deployment import Gateway
from clawband.model.document import Document
from clawband.model.event import Event
from clawband.model.label import Label
from clawband.model.person import Operator
from clawband.model.provenance import Endorsement, Place, Reading


@dataclass(frozen=True, slots=True)
class OpenApproval:
    """Insert a pending approval. Conflicts when one is already open for the same request."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class MoveApproval:
    """Replace an approval that is still in state `was`. Conflicts when it is not."""

    approval: Approval
    was: ApprovalState
    grants: int = 0
    """How many grants the replaced one had; a second approver in the same instant conflicts."""
    request: str = ""
    """What the replaced one was bound to, if this one is bound to something else."""


@dataclass(frozen=True, slots=True)
class JoinLabel:
    """Join `label` into what the session carries. Never lowers it. `session` is scoped."""

    session: str
    label: Label


@dataclass(frozen=True, slots=True)
class AddReading:
    """The session has read this. Its text is kept as the payload it names, not a second time.

    `session` is scoped. The same reading a second time changes nothing.
    """

    session: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class UseDestinations:
    """The agent was permitted to send to these hosts and recipients."""

    agent: str
    destinations: frozenset[str]


@dataclass(frozen=True, slots=True)
class PutPlace:
    """The agent wrote this file. The newest of a path is what is known of it; every one is kept."""

    place: Place


@dataclass(frozen=True, slots=True)
class PutEndorsement:
    """Add an endorsement, or replace the one with its id (when it is revoked).

    Conflicts when that one is revoked: it never comes back.
    """

    endorsement: Endorsement


@dataclass(frozen=True, slots=True)
class KeepPayload:
    """Keep bytes, encrypted, under their digest."""

    digest: str
    body: bytes


@dataclass(frozen=True, slots=True)
class SetControl:
    control: Control


@dataclass(frozen=True, slots=True)
class ClearControl:
    id: str


@dataclass(frozen=True, slots=True)
class PutOperator:
    """Add an operator with the hash of their password, or replace one and end their sign-ins."""

    operator: Operator
    password_hash: str


@dataclass(frozen=True, slots=True)
class DeleteOperator:
    """Remove an operator and end all their sign-ins."""

    name: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A sign-in of an operator; ends every one that has expired. `token` is the SHA-256 of the
    bearer secret."""

    token: str
    operator: str
    csrf: str
    opened: datetime
    expires: datetime
    assurance: int = 1


@dataclass(frozen=True, slots=True)
class SamePassword:
    """Changes nothing. Conflicts unless this is the hash of the operator's password still."""

    operator: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class CloseSession:
    token: str


@dataclass(frozen=True, slots=True)
class EnrollGateway:
    gateway: Gateway


@dataclass(frozen=True, slots=True)
class RemoveGateway:
    """End a gateway's credential. Conflicts unless it is still the one enrolled."""

    gateway: Gateway


@dataclass(frozen=True, slots=True)
class PutDocument:
    """Write a document, encrypted. Conflicts unless the version before it is the newest; version 1
    unless there is none of this kind and id."""

    document: Document
    ahead: bool = False
    """`State` reads it as soon as it is passed to `commit`, and forgets it if the unit fails. Who
    read it passes the next version to `commit` before anything else is read."""


@dataclass(frozen=True, slots=True)
class DropDocument:
    """Remove a document. Conflicts unless `version` is the newest."""

    kind: str
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class ActivatePolicy:
    """Make the set with this digest the active one, from the next decision on."""

    digest: str
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeepCheckpoint:
    """A signed note over the first `size` leaves."""

    size: int
    note: str
    at: datetime


Change = (
    OpenApproval
    | MoveApproval
    | JoinLabel
    | AddReading
    | UseDestinations
    | PutPlace
    | PutEndorsement
    | KeepPayload
    | SetControl
    | ClearControl
    | PutOperator
    | DeleteOperator
    | OpenSession
    | SamePassword
    | CloseSession
    | EnrollGateway
    | RemoveGateway
    | PutDocument
    | DropDocument
    | ActivatePolicy
    | KeepCheckpoint
)


@dataclass(slots=True)
class Unit:
    """What one unit of work writes: events for the log, in order, and changes of state."""

    events: list[Event] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def joined(first: Unit | None, second: Unit) -> Unit:
    """One unit of both, in this order."""
    if first is None:
        return second
    return Unit([*first.events, *second.events], [*first.changes, *second.changes])


@dataclass(frozen=True, slots=True)
class Committed:
    """Durable: the unit's leaves have these indices, in a log of at least `size` leaves."""

    leaves: tuple[int, ...]
    size: int
