"""Changes that need two people: propose, agree, refuse. Each returns the unit to be committed.

What an agreement does goes into the unit of the agreement: both happen, or neither, and since the
proposal is replaced there, only once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from clawband.audit.entry import stamp
from clawband.flows.authority import may, require
from clawband.flows.elevate import Store, lifted, standing
from clawband.flows.kept import Kept, Kind
from clawband.identity import proposal, second
from clawband.identity.proposal import NEEDS, Proposal, Stage, What
from clawband.identity.roles import Act
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.errors import ConflictError
from clawband.model.event import Event, Tag
from clawband.model.person import Operator, SignedIn
from clawband.openclaw import validation
from clawband.ports.store import Documents
from clawband.ports.unit import Change, Unit

KIND = Kind("proposal", Proposal)
KEPT = 50
"""Closed ones that stay to be looked at; all are in the log."""


def propose(
    what: What,
    content: Mapping[str, Any],
    note: str,
    by: SignedIn,
    *,
    documents: Documents,
    now: datetime,
    entropy: bytes,
    link: str = "",
) -> tuple[Proposal, Unit]:
    """`link` is the digest of the token that becomes good when somebody agrees.

    Raises `InputError`, and `AuthenticationError` for who might not do it with a second.
    """
    require(by, NEEDS[what])
    second.refuse_program(by, "propose it")
    note = validation.visible(note.strip())
    named = ids.new("chg", now, entropy)
    made = proposal.propose(named, what, content, note, by, now=now, link=link)
    changes: list[Change] = [KIND.new(made.id, made), *_surplus(documents)]
    event = _event(Tag.PROPOSAL_OPEN, made, by.name, note, now=now, entropy=entropy)
    return made, Unit([event], changes)


def agree(
    id: str, digest: str, by: SignedIn, *, store: Store, now: datetime, entropy: bytes
) -> tuple[Proposal, Unit]:
    """Raises `NotFoundError`, `ConflictError`, and `AuthenticationError` for who may not.

    Who agrees must hold the right for good; who proposed must still be allowed to.
    """
    giver = standing(by, store)
    require(giver, Act.AGREE)
    was = KIND.get(id, store, "list them with `clawband changes list`")
    found = store.operator(was.value.by)
    if found is None or not _still(found[0], was.value, store, now):
        raise ConflictError(
            f"`{was.value.by}` proposed `{was.id}` and may no longer do it",
            remedy="refuse it, and let somebody propose it who may",
        )
    agreed = proposal.agree(was.value, digest, giver, found[0], now=now)
    event = _event(Tag.PROPOSAL_AGREE, agreed, by.name, "", now=now, entropy=entropy)
    return agreed, Unit([event], [KIND.replace(was, agreed)])


def refuse(
    id: str, by: SignedIn, reason: str, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[Proposal, Unit]:
    """By who might agree; by who proposed it, to withdraw it."""
    was = KIND.get(id, documents, "list them with `clawband changes list`")
    mine = by.name == was.value.by
    if not mine:
        require(by, Act.AGREE)
        second.refuse_program(by, "refuse it")
    reason = validation.visible(reason.strip()[: proposal.MAX_NOTE])
    stage = Stage.WITHDRAWN if mine else Stage.REFUSED
    closed = proposal.close(was.value, stage, by.name, reason, now=now)
    event = _event(Tag.PROPOSAL_REFUSE, closed, by.name, reason, now=now, entropy=entropy)
    return closed, Unit([event], [KIND.replace(was, closed)])


def over(documents: Documents, *, now: datetime, entropy: bytes) -> Unit:
    """Close what nobody answered in time."""
    unit = Unit()
    for number, was in enumerate(KIND.all(documents)):
        if was.value.stage is not Stage.OPEN or was.value.open(now):
            continue
        lapsed = proposal.lapse(was.value, now=now)
        salt = number.to_bytes(2, "big") + entropy
        event = _event(Tag.PROPOSAL_REFUSE, lapsed, "", "its time is over", now=now, entropy=salt)
        unit.events.append(event)
        unit.changes.append(KIND.replace(was, lapsed))
    return unit


def _still(proposer: Operator, made: Proposal, documents: Documents, now: datetime) -> bool:
    known = SignedIn(operator=proposer, assurance=1, session="")
    return may(lifted(known, documents, now), NEEDS[made.what])


def _surplus(documents: Documents) -> Sequence[Change]:
    closed = [each for each in KIND.all(documents) if each.value.stage is not Stage.OPEN]
    return [KIND.drop(each) for each in _oldest(closed)]


def _oldest(closed: Sequence[Kept[Proposal]]) -> Sequence[Kept[Proposal]]:
    return sorted(closed, key=lambda each: each.value.opened)[: max(0, len(closed) - KEPT)]


def _event(
    tag: Tag, told: Proposal, who: str, reason: str, *, now: datetime, entropy: bytes
) -> Event:
    detail: dict[str, Json] = {
        "what": str(told.what),
        "digest": told.digest,
        "content": told.content,
        "proposer": told.by,
        "until": stamp(told.until),
    }
    return Event(
        id=ids.new("evt", now, entropy[ids.ENTROPY_BYTES :]),
        at=now,
        tag=tag,
        who=who,
        resource=f"Proposal::{told.id}",
        outcome=str(told.stage),
        detail=detail | ({"reason": reason} if reason else {}),
    )
