"""The record and the state derived from it.

A flow writes by filling a `Unit`; an edge commits it. One unit is all or nothing. Reads come in
two kinds: `State` answers from memory, because a decision may not wait for a disk; `Records`
reads the store.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from clawband.labels.sources import Sources
from clawband.model.access import Requester
from clawband.model.approval import Approval, ApprovalState
from clawband.model.control import Control
from clawband.model.deployment import Gateway
from clawband.model.document import Document
from clawband.model.event import Leaf
from clawband.model.ids import ApprovalId
from clawband.model.label import Label
from clawband.model.person import Operator
from clawband.model.provenance import Endorsement, Place
from clawband.ports.unit import ActivatePolicy, Committed, KeepCheckpoint, OpenSession, Unit


class Journal(Protocol):
    """The single way to write."""

    def commit(self, unit: Unit) -> "Future[Committed]":
        """Write the unit, all or nothing, and append its events to the log in order.

        The future resolves only when everything survives a power loss. It fails with
        `ConflictError` when a change found another state than it expected (nothing of the unit
        was written), or `UnavailableError` when the store cannot write (nothing was written).
        Units are ordered as they were passed. Labels, call counts, documents that go ahead,
        revocations and readings that are not words are visible to `State` as soon as this returns;
        everything else when the future has resolved. Readings of a unit that failed are forgotten:
        nobody was given them.
        """
        ...

    def subscribe(self, listener: Callable[[Sequence[Leaf]], None]) -> Callable[[], None]:
        """Call `listener` with every durable batch of leaves, from any thread; returns the
        function that ends it. A listener that raises is dropped."""
        ...


@dataclass(frozen=True, slots=True)
class PermittedCall:
    """`resource` is the tool that really ran, also when it was reached through a wrapper."""

    decision: str
    resource: str
    named: frozenset[str] = frozenset()
    """The hosts, paths and mailboxes it read from."""
    referred: bool = False
    """The person named all of them."""


class Lineage(Protocol):
    """Where values come from, from memory; what memory does not hold is read once by index.

    Never raises: what cannot be read explains nothing, and is as bad as can be.
    """

    def sources(self, session: str) -> Sources:
        """What the session has read, ready to explain values; empty for none.

        A session that has read very much keeps the texts of what is newest. Of the rest it keeps
        what was said and written, and each source and label.
        """
        ...

    def endorsements(self, agent: str) -> Sequence[Endorsement]:
        """Of this principal; revoked ones are left out, expired ones may be among them."""
        ...

    def place(self, agent: str, path: str) -> Place | None:
        """What this principal last wrote to the path; one from outside when it cannot be read."""
        ...

    def places(self, agent: str) -> Sequence[Place]:
        """Every path this principal wrote, each with its newest version; one that may be any path
        and is from outside when they cannot be read."""
        ...

    def used(self, agent: str, destinations: frozenset[str]) -> frozenset[str]:
        """Those of the destinations that this principal was permitted to send to before."""
        ...

    def acted(self, trace: str) -> frozenset[str]:
        """The sessions that were permitted something under this trace (scoped like them)."""
        ...


class Documents(Protocol):
    """Documents by kind and id, from memory. `flows.kept` reads and writes them as values."""

    def document(self, kind: str, id: str) -> Document | None:
        """The newest, also one that went ahead and is not durable yet."""
        ...

    def documents(self, kind: str, under: str = "") -> Sequence[Document]:
        """All of a kind that are durable and whose id begins with `under`, by id."""
        ...


class Holders(Protocol):
    """Our own people, from memory."""

    def person(self, name: str) -> Operator | None:
        """The account of this name as it is now."""
        ...


class State(Lineage, Documents, Holders, Protocol):
    """What a decision needs, from memory; what memory does not hold is read once by index.

    Sessions, runs and calls are scoped (`model.access.scoped`): each gateway has its own. Never
    raises: what cannot be read is reported as absent, and absent means no.
    """

    def label(self, session: str) -> Label | None:
        """What the session carries; None for a session that has read nothing."""
        ...

    def approval_for(self, request: str) -> Approval | None:
        """The pending or granted approval bound to this request digest."""
        ...

    def controls(self) -> Sequence[Control]:
        """Everything that is paused."""
        ...

    def calls(self, run: str, agent: str, since: datetime) -> tuple[int, int]:
        """Tool calls permitted in `run`, and to principal `agent` since the instant."""
        ...

    def requester(self, origin: str) -> Requester | None:
        """On whose behalf the run was admitted; for a session, the newest one's."""
        ...

    def permitted(self, call: str, run: str) -> "PermittedCall | None":
        """The decision that permitted this tool call in this run."""
        ...

    def refused(self, session: str) -> str:
        """Id of the decision that refused the session's newest message, or empty."""
        ...

    def reply(self, session: str, text: str) -> str:
        """Id of the permitted, not yet delivered reply with this content digest, or empty."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search over the log, newest first. Empty fields do not filter.

    `text` matches ids, agents, requesters, actions, resources and outcomes by substring.
    """

    tags: frozenset[str] = frozenset()
    session: str = ""
    run: str = ""
    call: str = ""
    message: str = ""
    trace: str = ""
    cause: str = ""
    agent: str = ""
    outcome: str = ""
    text: str = ""
    since: datetime | None = None
    before: int | None = None
    """Only leaves with a smaller index (for paging)."""
    limit: int = 50


class Records(Protocol):
    """Reads of what is durable. May block on a disk."""

    def size(self) -> int:
        """Number of leaves."""
        ...

    def leaf(self, id: str) -> Leaf | None:
        """The leaf of the event with this id."""
        ...

    def bodies(self, start: int, stop: int) -> Iterator[bytes]:
        """Exact leaf bytes, in order."""
        ...

    def find(self, query: Query) -> Sequence[Leaf]: ...

    def payload(self, digest: str) -> bytes | None:
        """Kept bytes, decrypted; None when unknown. Raises `InvariantError` if they were
        altered."""
        ...

    def tile(self, level: int, index: int) -> bytes | None:
        """The hashes of a tile of up to 256, or None where none is kept (`audit.tiles`)."""
        ...

    def edge(self, size: int) -> Sequence[bytes]:
        """Leaf hashes after the last complete level-0 tile of a log of `size` leaves."""
        ...

    def checkpoints(self, newest: bool = False) -> Sequence[KeepCheckpoint]:
        """All checkpoints, oldest first; with `newest` only the last one, if any."""
        ...


class Ledger(Protocol):
    """Approvals and controls, for people."""

    def approval(self, id: ApprovalId) -> Approval | None: ...

    def approvals(self, states: frozenset[ApprovalState], limit: int = 200) -> Sequence[Approval]:
        """Newest first."""
        ...

    def activations(self, limit: int = 50) -> Sequence[ActivatePolicy]:
        """Newest first; the first is in force."""
        ...


class Shelved(Protocol):
    """Endorsements and written files, for people. May block on a disk."""

    def endorsement(self, id: str) -> Endorsement | None: ...

    def all_endorsements(self, limit: int = 200) -> Sequence[Endorsement]:
        """Newest first, revoked and expired ones too."""
        ...

    def versions(self, agent: str = "", path: str = "", limit: int = 200) -> Sequence[Place]:
        """What was written where, newest first; empty arguments do not filter."""
        ...


class People(Protocol):
    """Operators and their sign-ins, and the gateways enrolled, from memory."""

    def gateway(self, credential: str) -> Gateway | None:
        """The gateway whose credential has this SHA-256 (hex)."""
        ...

    def operator(self, name: str) -> tuple[Operator, str] | None:
        """The operator and the hash of their password."""
        ...

    def operators(self) -> Sequence[Operator]: ...

    def session(self, token: str) -> OpenSession | None: ...

    def sessions(self, operator: str) -> Sequence[OpenSession]:
        """All of this person's, also those that are over."""
        ...

    def enrolled(self) -> Sequence[Gateway]:
        """The gateways under guard, by name."""
        ...


class Store(Journal, State, Records, Ledger, Shelved, People, Documents, Protocol):
    """Everything above, over one durable store."""

    def close(self) -> None:
        """Write what was passed to `commit`, then let go of the store."""
        ...
