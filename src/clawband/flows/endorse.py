"""Vouch for values, and take it back. Each returns the unit that must be committed.

An endorsement is a fact that policy may accept, like an approval; but it covers later calls too.
So it names one agent, one session and one tool unless somebody says otherwise, it ends, and it
says for what purpose it was given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from clawband.approvals.compression import Group
from clawband.audit.entry import stamp
from clawband.flows import approve
from clawband.flows.authority import require
from clawband.identity.roles import Act
from clawband.model import ids
from clawband.model.access import scoped
from clawband.model.approval import ApprovalState
from clawband.model.digest import Json, canonical, sha256
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.person import SignedIn
from clawband.model.provenance import Endorsement, Meaning
from clawband.openclaw import validation
from clawband.ports.store import Ledger, Records, Shelved
from clawband.ports.unit import KeepPayload, PutEndorsement, Unit

LIFE = timedelta(hours=8)
LONGEST = timedelta(days=30)
EVERY = "*"
"""Every session, or every tool, of the agent: it must be said."""
MAX_PURPOSE = 500
MAX_VALUE = 1_024
MAX_VALUES = 64
NONCE_BYTES = 16


class Desk(Ledger, Records, Protocol):
    """Approvals, and the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouching:
    """What somebody wants to vouch for.

    `values` are pairs of a `Meaning` and a value; the meaning is empty for a source. `session` is
    a key of the agent's gateway; it and `tool` may be `*`.
    """

    agent: str
    values: tuple[tuple[str, str], ...]
    session: str
    tool: str
    purpose: str
    life: timedelta = LIFE
    decisions: tuple[str, ...] = ()
    """The held or refused decisions it is for."""


def endorse(
    wanted: Vouching,
    by: SignedIn,
    *,
    ledger: Ledger,
    records: Records,
    now: datetime,
    entropy: bytes,
    where: str = "",
) -> tuple[tuple[Endorsement, ...], Unit]:
    """One endorsement for each value. `where`: the environment of the agent.

    Raises `InputError` for what is not said well, `NotFoundError` for an unknown decision, and
    `AuthenticationError` for who may not: without the role, or who asked for what it is for.
    """
    _allowed(wanted, by, where)
    checked = _checked(wanted)
    _not_the_asker(checked, by, ledger, records)
    made = tuple(
        _made(checked, meaning, value, by, now, number.to_bytes(2, "big") + entropy)
        for number, (meaning, value) in enumerate(checked.values)
    )
    unit = Unit()
    for number, endorsement in enumerate(made):
        salt = number.to_bytes(2, "big") + entropy[ids.ENTROPY_BYTES :]
        _tell(endorsement, Tag.ENDORSEMENT_ADD, by, now, salt, unit)
    return made, unit


def cover(
    group: Group,
    by: SignedIn,
    purpose: str,
    life: timedelta,
    *,
    desk: Desk,
    now: datetime,
    entropy: bytes,
    where: str = "",
) -> tuple[tuple[Endorsement, ...], Unit]:
    """Vouch for the values of a group and close each of its cards with a yes, in one unit.

    The calls that wait ask again and are permitted, and so are later ones. Raises what `endorse`
    and `lifecycle.cover` raise.
    """
    wanted = Vouching(
        agent=group.agent,
        values=tuple((each.argument.meaning, each.argument.value) for each in group.values),
        session=group.session,
        tool=group.tool,
        purpose=purpose,
        life=life,
        decisions=tuple(each.decision for each in group.approvals),
    )
    made, unit = endorse(
        wanted, by, ledger=desk, records=desk, now=now, entropy=entropy, where=where
    )
    for number, each in enumerate(group.approvals):
        salt = number.to_bytes(2, "big") + entropy[2 * ids.ENTROPY_BYTES :]
        _, moved = approve.cover(each.id, by, ledger=desk, now=now, entropy=salt, where=where)
        unit.events.extend(moved.events)
        unit.changes.extend(moved.changes)
    return made, unit


def revoke(
    id: str, by: SignedIn, *, shelved: Shelved, now: datetime, entropy: bytes, where: str = ""
) -> tuple[Endorsement, Unit]:
    """End an endorsement at once. Raises `NotFoundError`, or `ConflictError` if it ended before."""
    require(by, Act.REVOKE, where)
    found = shelved.endorsement(id)
    if found is None:
        raise NotFoundError(
            f"there is no endorsement `{id[:40]}`", remedy="list them with `clawband endorse list`"
        )
    if found.revoked or now >= found.expires:
        raise ConflictError(
            f"`{found.id}` holds no more", remedy="look at what became of it; nothing was changed"
        )
    ended = replace(found, revoked=now, revoked_by=by.name)
    unit = Unit()
    _tell(ended, Tag.ENDORSEMENT_REVOKE, by, now, entropy, unit)
    return ended, unit


def _allowed(wanted: Vouching, by: SignedIn, where: str) -> None:
    require(by, Act.ENDORSE, where)
    if any(not meaning for meaning, _ in wanted.values):
        require(by, Act.ENDORSE_SOURCE, where)


def _checked(wanted: Vouching) -> Vouching:
    purpose = validation.visible(wanted.purpose.strip())
    if not 0 < len(purpose) <= MAX_PURPOSE:
        raise InputError(
            f"expected a purpose of 1 to {MAX_PURPOSE} characters, got {len(purpose)}",
            remedy="say what it is for, as whoever reviews it will want to know",
        )
    if not timedelta() < wanted.life <= LONGEST:
        raise InputError(
            f"expected a time of at most {LONGEST.days} days, got {wanted.life}",
            remedy="choose how long it is needed",
        )
    for name in ("session", "tool"):
        if not validation.name(getattr(wanted, name), f"the {name}"):
            raise InputError(
                f"expected the {name} it is for, got none",
                remedy=f"name the {name}, or say `{EVERY}` for every one of the agent",
            )
    gateway, _, agent = validation.name(wanted.agent, "the agent", required=True).partition("/")
    if not gateway or not agent:
        raise InputError(
            f"expected an agent as in `sample/support`, got `{wanted.agent}`",
            remedy="name the gateway and the agent",
        )
    if not 0 < len(wanted.values) <= MAX_VALUES:
        raise InputError(f"expected 1 to {MAX_VALUES} values, got {len(wanted.values)}")
    for meaning, value in wanted.values:
        _check_value(meaning, value)
    return replace(wanted, purpose=purpose, values=tuple(dict.fromkeys(wanted.values)))


def _check_value(meaning: str, value: str) -> None:
    if meaning and meaning not in set(Meaning):
        raise InputError(
            f"expected one of {', '.join(Meaning)}, got `{meaning[:40]}`",
            remedy="say what the value is",
        )
    hidden = validation.visible(value) != value
    if not value.strip() or len(value) > MAX_VALUE or hidden:
        raise InputError(
            f"expected a value of 1 to {MAX_VALUE} visible characters, got "
            + ("one with hidden characters" if hidden else f"{len(value.strip())}"),
            remedy="vouch for a value that you can read as a whole",
        )


def _not_the_asker(wanted: Vouching, by: SignedIn, ledger: Ledger, records: Records) -> None:
    """Nobody vouches for what they asked for: in the decisions named, or waiting where it holds."""
    me = {by.name, *by.operator.aliases}
    if me & {*_asked(wanted, records), *_waiting(wanted, ledger)}:
        raise AuthenticationError(
            f"`{by.name}` asked for what this would allow, and can never vouch for it",
            remedy="somebody else must decide",
        )


def _asked(wanted: Vouching, records: Records) -> Iterable[str]:
    for decision in wanted.decisions:
        leaf = records.leaf(decision)
        if leaf is None:
            raise NotFoundError(
                f"there is no decision `{decision[:40]}`", remedy="copy the whole id"
            )
        if leaf.event.agent != wanted.agent:
            raise InputError(
                f"`{decision}` was asked by `{leaf.event.agent}`, expected `{wanted.agent}`",
                remedy="vouch for one agent at a time",
            )
        yield leaf.event.who


def _waiting(wanted: Vouching, ledger: Ledger) -> Iterable[str]:
    for approval in ledger.approvals(frozenset({ApprovalState.PENDING})):
        same = approval.agent == wanted.agent
        session = wanted.session in (EVERY, approval.session)
        if same and session and wanted.tool in (EVERY, approval.resource):
            yield approval.asker


def _made(
    wanted: Vouching, meaning: str, value: str, by: SignedIn, now: datetime, entropy: bytes
) -> Endorsement:
    gateway = wanted.agent.partition("/")[0]
    return Endorsement(
        id=ids.new("end", now, entropy),
        agent=wanted.agent,
        meaning=meaning,
        value=value,
        session="" if wanted.session == EVERY else scoped(gateway, wanted.session),
        tool="" if wanted.tool == EVERY else wanted.tool,
        purpose=wanted.purpose,
        by=by.name,
        opened=now,
        expires=now + wanted.life,
        decisions=wanted.decisions,
    )


def _tell(
    endorsement: Endorsement, tag: Tag, by: SignedIn, now: datetime, entropy: bytes, unit: Unit
) -> None:
    """The leaf says who, for which agent and how long; the value is kept beside it, sealed."""
    body = canonical({"nonce": entropy[-NONCE_BYTES:].hex(), "arguments": _said(endorsement)})
    payload = KeepPayload(sha256(body), body)
    gateway, _, _ = endorsement.agent.partition("/")
    unit.changes += [PutEndorsement(endorsement), payload]
    unit.events.append(
        Event(
            id=ids.new("evt", now, entropy),
            at=now,
            tag=tag,
            who=by.name,
            gateway=gateway,
            agent=endorsement.agent,
            resource=f"Tool::{endorsement.tool}" if endorsement.tool else "",
            session=endorsement.session.removeprefix(f"{gateway}/"),
            outcome="revoked" if endorsement.revoked else "in force",
            cause=endorsement.decisions[0] if endorsement.decisions else "",
            detail=_detail(endorsement, payload.digest),
        )
    )


def _said(endorsement: Endorsement) -> Mapping[str, Json]:
    return {
        "meaning": endorsement.meaning or "source",
        "value": endorsement.value,
        "purpose": endorsement.purpose,
    }


def _detail(endorsement: Endorsement, payload: str) -> Mapping[str, Json]:
    decisions: Sequence[str] = endorsement.decisions
    return {
        "endorsement": endorsement.id,
        "meaning": endorsement.meaning or "source",
        "expires": stamp(endorsement.expires),
        "decisions": list(decisions),
        "payload": payload,
    }
