"""Grant, refuse and expire approvals. Each returns the unit that must be committed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from clawband.approvals import lifecycle
from clawband.flows import delegate
from clawband.flows.delegate import People
from clawband.model import ids
from clawband.model.approval import Approval
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.ids import ApprovalId
from clawband.model.person import Operator, SignedIn
from clawband.ports.store import Ledger
from clawband.ports.unit import MoveApproval, Unit

AT_ONCE = 50_000
"""Open approvals looked at in one round of expiry: the oldest must be among them."""


class Office(People, Ledger, Protocol):
    """Approvals, and the people who decide them."""


def grant(
    id: str, by: SignedIn, *, ledger: Office, now: datetime, entropy: bytes, where: str = ""
) -> tuple[Approval, Unit]:
    """Add this person's yes. `where`: the environment of its agent, in which their roles must
    count. Raises what `lifecycle.grant` raises, and `NotFoundError`."""
    approval = find(id, ledger)
    granted = agreed(approval, by, ledger, now, where)
    return granted, _moved(approval, granted, Tag.APPROVAL_GRANT, by, now, entropy)


def cover(
    id: str, by: SignedIn, *, ledger: Ledger, now: datetime, entropy: bytes, where: str = ""
) -> tuple[Approval, Unit]:
    """The yes that goes with an endorsement, in whose unit it belongs."""
    human(by)
    approval, who = find(id, ledger), by.operator.within(where)
    covered = lifecycle.cover(approval, who, assurance=by.assurance, now=now)
    return covered, _moved(approval, covered, Tag.APPROVAL_GRANT, by, now, entropy)


def refuse(
    id: str, by: SignedIn, note: str, *, ledger: Ledger, now: datetime, entropy: bytes
) -> tuple[Approval, Unit]:
    """Say no, with a reason for the asker."""
    human(by)
    approval = find(id, ledger)
    refused = lifecycle.refuse(approval, by.operator, note=note, now=now)
    return refused, _moved(approval, refused, Tag.APPROVAL_REFUSE, by, now, entropy)


def agreed(
    approval: Approval, by: SignedIn, people: People, now: datetime, where: str = ""
) -> Approval:
    """The approval with this person's yes: by their own right, else for somebody who is away."""
    human(by)
    me, assurance = by.operator.within(where), by.assurance
    away: Operator | None = None
    if not lifecycle.suffices(approval, me.roles, assurance):
        given = {name for each in approval.grants for name in (each.by, each.instead_of)}
        away = next(
            (
                each
                for each in _away(by, people, now, where)
                if lifecycle.suffices(approval, each.roles, assurance)
                and approval.asker not in {each.name, *each.aliases}
                and each.name not in given
            ),
            None,
        )
    return lifecycle.grant(
        approval, me, assurance=assurance, now=now, instead_of=away, chat=by.chat
    )


def _away(by: SignedIn, people: People, now: datetime, where: str) -> Iterable[Operator]:
    """Whom they stand in for, with the roles that count there."""
    return (each.within(where) for each in delegate.given_to(by, people, now))


def human(by: SignedIn) -> None:
    """Raises `AuthenticationError`: the word of a service account is nobody's."""
    if by.service:
        raise AuthenticationError(
            f"`{by.name}` is a service account and decides no approval",
            remedy="a person must decide, signed in as themselves",
        )


def expire(ledger: Ledger, *, now: datetime, entropy: bytes) -> Sequence[Unit]:
    """Close every open approval whose time is over, each in a unit of its own."""
    return [
        _moved(
            approval,
            lifecycle.expire(approval, now=now),
            Tag.APPROVAL_EXPIRE,
            None,
            now,
            number.to_bytes(2, "big") + entropy,
        )
        for number, approval in enumerate(_over(ledger.approvals(lifecycle.OPEN, AT_ONCE), now))
    ]


def _over(approvals: Iterable[Approval], now: datetime) -> Iterable[Approval]:
    return (approval for approval in approvals if now >= approval.expires)


def find(id: str, ledger: Ledger) -> Approval:
    """Raises `NotFoundError`."""
    approval = ledger.approval(ApprovalId(id))
    if approval is None:
        raise NotFoundError(
            f"there is no approval `{id[:40]}`", remedy="list them with `clawband approvals`"
        )
    return approval


def _moved(
    was: Approval, now_is: Approval, tag: Tag, by: SignedIn | None, now: datetime, entropy: bytes
) -> Unit:
    event = told(was, now_is, tag, by.name if by else "", now, entropy=entropy)
    if by:
        how: dict[str, Json] = {"assurance": by.assurance, **({"chat": by.chat} if by.chat else {})}
        event = replace(event, detail={**event.detail, **how})
    return Unit([event], [MoveApproval(now_is, was.state, len(was.grants))])


def told(
    was: Approval, now_is: Approval, tag: Tag, who: str, now: datetime, *, entropy: bytes
) -> Event:
    """What became of an approval, as the log remembers it."""
    instead_of = [each.instead_of for each in now_is.grants if each.instead_of]
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=tag,
        who=who,
        agent=was.agent,
        action=was.action,
        resource=was.resource,
        session=was.session,
        outcome=str(now_is.state),
        cause=was.decision,
        detail={
            "approval": was.id,
            "request": now_is.request,
            "asker": was.asker,
            "note": now_is.note,
            "grants": [grant.by for grant in now_is.grants],
            **({"instead_of": instead_of} if instead_of else {}),
        },
    )
