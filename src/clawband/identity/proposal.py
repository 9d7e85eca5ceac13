"""A change that waits for a second person: bound to the digest of exactly what it would do.

Open, then done, refused or withdrawn, or lapsed because nobody answered in time.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from clawband.identity.roles import Act
from clawband.identity.second import names, refuse_same
from clawband.model.digest import canonical, sha256
from clawband.model.errors import ConflictError, InputError, InvariantError
from clawband.model.person import Operator, SignedIn

LIFE = timedelta(hours=72)
MAX_NOTE = 500


class What(StrEnum):
    """What is proposed."""

    ACTIVATE = "activate"
    """Put a policy set in force: `set` and `base` are digests, of the set and of that before it."""
    INVITE = "invite"
    """`name`, `roles`, `aliases`."""
    REMOVE = "remove"
    """`name`."""
    RECOVER = "recover"
    """A new way into an account: `name`, and `added`, the instant."""
    UNGUARD = "unguard"
    """Take a gateway out of guard: its `name`, and `enrolled`, the instant."""


NEEDS: Mapping[What, Act] = {
    What.ACTIVATE: Act.PUBLISH,
    What.INVITE: Act.ADMINISTER,
    What.REMOVE: Act.ADMINISTER,
    What.RECOVER: Act.ADMINISTER,
    What.UNGUARD: Act.ADMINISTER,
}
"""What its proposer must be allowed to do, when it is proposed and still when it happens."""


class Stage(StrEnum):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`content` is RFC 8785 JSON, `digest` that of what and content."""

    id: str
    what: What
    content: str
    digest: str
    note: str
    by: str
    names: frozenset[str]
    """Every name that `by` had when they proposed it."""
    opened: datetime
    stage: Stage = Stage.OPEN
    closed: datetime | None = None
    closed_by: str = ""
    reason: str = ""
    link: str = ""
    """The digest of the token that `by` was given: who agrees makes it good, and never has it."""

    @property
    def until(self) -> datetime:
        return self.opened + LIFE

    @property
    def says(self) -> Mapping[str, Any]:
        """The content. Raises `InvariantError` when it is not what was proposed."""
        if _digest(self.what, self.content.encode()) != self.digest:
            raise InvariantError(
                f"the content of `{self.id}` is not what was proposed",
                remedy="refuse it, and look who could write the store",
            )
        said: Mapping[str, Any] = json.loads(self.content)
        return said

    def open(self, now: datetime) -> bool:
        return self.stage is Stage.OPEN and self.opened <= now < self.until


def propose(
    id: str,
    what: What,
    content: Mapping[str, Any],
    note: str,
    by: SignedIn,
    *,
    now: datetime,
    link: str = "",
) -> Proposal:
    """Raises `InputError`."""
    if not 0 < len(note) <= MAX_NOTE:
        raise InputError(
            f"expected a note of 1 to {MAX_NOTE} characters, got {len(note)}",
            remedy="say why, as who must agree will want to know",
        )
    body = canonical(content)
    return Proposal(
        id=id, what=what, content=body.decode(), digest=_digest(what, body), note=note,
        by=by.name, names=names(by.operator), opened=now, link=link,
    )  # fmt: skip


def agree(
    proposal: Proposal, digest: str, by: SignedIn, asker: Operator, *, now: datetime
) -> Proposal:
    """It happens, now and once. `digest` is what `by` was shown, `asker` the proposer's account.

    Raises `AuthenticationError` for the proposer under any name, and for a service account.
    """
    _expect_open(proposal, now)
    if digest != proposal.digest:
        raise ConflictError(
            f"`{proposal.id}` is not what you were shown",
            remedy="look at it again with `clawband changes show`; nothing was changed",
        )
    refuse_same(proposal.names | names(asker), by, "agree to it")
    return replace(proposal, stage=Stage.DONE, closed=now, closed_by=by.name)


def close(proposal: Proposal, stage: Stage, by: str, reason: str, *, now: datetime) -> Proposal:
    """Refused, or withdrawn by who proposed it."""
    _expect_open(proposal, now)
    return replace(proposal, stage=stage, closed=now, closed_by=by, reason=reason)


def lapse(proposal: Proposal, *, now: datetime) -> Proposal:
    return replace(proposal, stage=Stage.LAPSED, closed=now)


def _expect_open(proposal: Proposal, now: datetime) -> None:
    if not proposal.open(now):
        stage = Stage.LAPSED if proposal.stage is Stage.OPEN else proposal.stage
        raise ConflictError(
            f"`{proposal.id}` is {stage} already", remedy="propose it again if it is still wanted"
        )


def _digest(what: What, body: bytes) -> str:
    return sha256(what.encode() + b"\n" + body)
