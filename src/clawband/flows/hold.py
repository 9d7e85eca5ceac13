"""A denial that people could lift becomes a hold, with one open approval for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clawband.approvals.hold import requirements
from clawband.model import ids
from clawband.model.access import ApprovalFact, Circumstances, Deny, Hold, Permit, Request
from clawband.model.approval import Approval, ApprovalState
from clawband.model.ids import ApprovalId, DecisionId
from clawband.model.person import Role
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicySet
from clawband.ports.store import Change, MoveApproval, OpenApproval


STRONGEST = ApprovalFact(frozenset(str(role) for role in Role), people=2, assurance=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How long a held call waits."""

    wait: timedelta = timedelta(minutes=5)
    """In the enforcement point; afterwards the call is parked with a ticket."""
    life: timedelta = timedelta(hours=8)
    """Until the approval expires, granted or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The circumstances of one hold: which decision, when, and where its arguments are kept."""

    cause: DecisionId
    now: datetime
    entropy: bytes
    payload: str
    holding: Holding


def hold(
    request: Request,
    denial: Deny,
    circumstances: Circumstances,
    active: PolicySet,
    existing: Approval | None,
    held: Held,
) -> tuple[Deny | Hold, Sequence[Change]]:
    """The hold, and what must be written for it; the denial itself when nobody could lift it.

    `existing` is the approval already bound to this request, if any: asking again makes no
    second card. An approval that was granted but does not lift this denial any more (policy
    changed) leaves a denial; it is not silently replaced.
    """
    if existing and existing.state is ApprovalState.GRANTED and held.now < existing.expires:
        return denial, ()
    if not active.slice_of(request).mentions_approval:
        return denial, ()

    def under(fact: ApprovalFact | None) -> Permit | Deny:
        return evaluate(request, replace(circumstances, approval=fact), active)

    wanted = requirements(under, active.approval_roles(request))
    if not wanted:
        # What even the strongest approval would not lift is the reason worth telling.
        remains = under(STRONGEST)
        return (remains if isinstance(remains, Deny) else denial), ()
    if existing and existing.state is ApprovalState.PENDING and held.now < existing.expires:
        # Policy may have changed since the card was opened: who may approve is what it says now.
        if existing.requirements == wanted:
            return Hold(denial.reasons, wanted, existing.id), ()
        moved = replace(existing, requirements=wanted)
        change = MoveApproval(moved, ApprovalState.PENDING, len(existing.grants))
        return Hold(denial.reasons, wanted, existing.id), (change,)
    opened = _opened(request, Hold(denial.reasons, wanted), held)
    return Hold(denial.reasons, wanted, opened.id), (OpenApproval(opened),)


def _opened(request: Request, decision: Hold, held: Held) -> Approval:
    return Approval(
        id=ApprovalId(ids.new("apr", held.now, held.entropy[ids.ENTROPY_BYTES :])),
        request=request.digest(),
        decision=held.cause,
        asker=request.requester.id,
        agent=request.principal.id,
        action=str(request.action),
        resource=request.resource.id,
        session=request.trace.session,
        requirements=decision.requirements,
        reasons=decision.reasons,
        opened=held.now,
        wait_until=held.now + held.holding.wait,
        expires=held.now + held.holding.life,
        payload=held.payload,
    )
