"""Ask somebody else too: an approval that waits too long is told to who its workflow names.

Policy said from the beginning that they may decide it; here they are told, once, and the inbox
shows it to them first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from clawband.flows import approve
from clawband.flows.kept import Kind
from clawband.model.approval import Approval, ApprovalState
from clawband.model.deployment import Patience
from clawband.model.event import Tag
from clawband.policy.sets import PolicySet
from clawband.ports.store import Documents, Ledger
from clawband.ports.unit import Unit


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who was asked too, and when."""

    to: str
    at: datetime


KIND = Kind("escalation", Escalation)
"""By the id of the approval."""


class Desk(Ledger, Documents, Protocol):
    """Approvals, and what is kept about them."""


def due(desk: Desk, active: PolicySet | None, *, now: datetime, entropy: bytes) -> Sequence[Unit]:
    """Tell who is asked in the end, and forget what is decided; a unit for each approval."""
    pending = desk.approvals(frozenset({ApprovalState.PENDING}), approve.AT_ONCE)
    told = {each.id for each in KIND.all(desk)}
    units = [
        _told(approval, patience, now, number.to_bytes(2, "big") + entropy)
        for number, (approval, patience) in enumerate(_late(pending, active, now))
        if approval.id not in told
    ]
    open_ = {approval.id for approval in pending}
    over = [KIND.drop(each) for each in KIND.all(desk) if each.id not in open_]
    return [*units, Unit([], [*over])] if over else units


def _late(
    pending: Sequence[Approval], active: PolicySet | None, now: datetime
) -> Iterator[tuple[Approval, Patience]]:
    for approval in pending:
        gateway, _, agent = approval.agent.partition("/")
        workflow = active.workflow_of(gateway, agent) if active else None
        patience = workflow.patience if workflow else Patience()
        after = approval.opened + timedelta(minutes=patience.escalate_minutes)
        if patience.escalate_to and after <= now < approval.expires:
            yield approval, patience


def _told(approval: Approval, patience: Patience, now: datetime, entropy: bytes) -> Unit:
    event = approve.told(approval, approval, Tag.APPROVAL_ESCALATE, "", now, entropy=entropy)
    event = replace(event, detail={**event.detail, "to": patience.escalate_to})
    return Unit([event], [KIND.new(approval.id, Escalation(patience.escalate_to, now))])
