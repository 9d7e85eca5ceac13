"""A denial meets the people who could lift it: an approval is spent, or one is opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clawband.approvals import lifecycle
from clawband.approvals.compression import endorsable
from clawband.approvals.hold import requirements
from clawband.model import ids
from clawband.model.access import (
    ApprovalFact,
    Circumstances,
    Decision,
    Deny,
    Hold,
    Permit,
    Reason,
    Request,
    Requirement,
)
from clawband.model.approval import Approval, ApprovalState, Grant
from clawband.model.ids import ApprovalId, DecisionId
from clawband.model.person import Role, there
from clawband.model.provenance import Explanation
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicySet
from clawband.ports.unit import Change, MoveApproval, OpenApproval

LAPSED = "clawband/lapsed"
STRONGEST = ApprovalFact(frozenset(str(role) for role in Role), people=2, assurance=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How long a held call waits."""

    wait: timedelta = timedelta(minutes=5)
    """In the enforcement point; afterwards the call is parked with a ticket."""
    life: timedelta = timedelta(hours=8)
    """Until the approval expires, granted or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The question that was denied, and what a new approval of it is made from."""

    request: Request
    circumstances: Circumstances
    active: PolicySet
    cause: DecisionId
    now: datetime
    entropy: bytes
    payload: str
    holding: Holding
    roles: Callable[[Grant], frozenset[str]]
    """What who agreed holds now."""

    @property
    def life(self) -> timedelta:
        """Of a new approval: what the workflow's manifest says, and never more than the server."""
        principal = self.request.principal
        workflow = self.active.workflow_of(principal.gateway, principal.agent)
        minutes = workflow.patience.expire_minutes if workflow else 0
        own = timedelta(minutes=minutes) if minutes else self.holding.life
        return min(own, self.holding.life)

    def under(self, fact: ApprovalFact | None) -> Permit | Deny:
        """The answer if this approval were given."""
        return evaluate(self.request, replace(self.circumstances, approval=fact), self.active)

    def held(self, given: Grant) -> frozenset[str]:
        """What who gave it holds now, where this is asked."""
        return there(self.roles(given), self.request.environment)

    def explained(self, explanations: tuple[Explanation, ...]) -> bool:
        """Whether it were permitted, without an approval, if its values came from there."""
        known = replace(self.circumstances, explanations=explanations)
        return isinstance(evaluate(self.request, known, self.active), Permit)


def lift(denial: Deny, bound: Approval | None, asking: Asking) -> tuple[Decision, Sequence[Change]]:
    """What becomes of a denial, and what must be written for it.

    `bound` is the approval bound to exactly this request, found by digest and never named by the
    caller, so nobody brings somebody else's. A granted one is spent if it lifts the denial; if it
    no longer does (policy changed) the denial stays, and is not silently replaced by a new card.
    One whose approver lost the role waits again.
    """
    if usable := lifecycle.usable(bound, asking.request.digest(), now=asking.now):
        kept = lifecycle.lapsed(usable, asking.held)
        if kept.state is ApprovalState.GRANTED:
            return _spend(kept, len(usable.grants), asking)
        return _again(denial, kept, usable, asking)
    if not asking.active.slice_of(asking.request).mentions_approval:
        return denial, ()
    wanted = requirements(asking.under, asking.active.approval_roles(asking.request))
    if not wanted:
        # What even the strongest approval would not lift is the reason worth telling.
        remains = asking.under(STRONGEST)
        return (remains if isinstance(remains, Deny) else denial), ()
    if asking.request.preview:
        # The wrapper passes: the real call is asked about next, and that one is held.
        return Permit((Reason("clawband/preview", "the call inside will be held"),)), ()
    return _hold(denial, wanted, bound, asking)


def vouchable(decision: Decision, asking: Asking) -> tuple[str, ...]:
    """Keys of the arguments that, once a person vouched for them, would need no decision."""
    if isinstance(decision, Permit):
        return ()
    needed = endorsable(asking.circumstances.explanations, asking.explained)
    return tuple(dict.fromkeys(each.argument.key for each in needed))


def _spend(usable: Approval, grants: int, asking: Asking) -> tuple[Decision, Sequence[Change]]:
    answer = asking.under(lifecycle.fact(usable))
    if isinstance(answer, Deny):
        return answer, ()
    spent = lifecycle.spend(usable, asking.request.digest(), now=asking.now)
    change = MoveApproval(spent, ApprovalState.GRANTED, grants)
    return replace(answer, approval=usable.id), (change,)


def _again(
    denial: Deny, kept: Approval, was: Approval, asking: Asking
) -> tuple[Decision, Sequence[Change]]:
    """Who granted it no longer may: it waits for somebody else, and says so."""
    wanted = requirements(asking.under, asking.active.approval_roles(asking.request))
    if not wanted:
        return denial, ()
    gone = sorted({given.by for given in was.grants} - {given.by for given in kept.grants})
    because = f"`{'` and `'.join(gone)}` agreed, but may no longer approve it"
    wait_until = min(asking.now + asking.holding.wait, kept.expires)
    waiting = replace(kept, requirements=wanted, wait_until=wait_until)
    change = MoveApproval(waiting, ApprovalState.GRANTED, len(was.grants))
    return Hold((Reason(LAPSED, because), *denial.reasons), wanted, was.id), (change,)


def _hold(
    denial: Deny, wanted: tuple[Requirement, ...], bound: Approval | None, asking: Asking
) -> tuple[Hold, Sequence[Change]]:
    """One card for one exact request, however often it is asked."""
    waiting = bound and bound.state is ApprovalState.PENDING and asking.now < bound.expires
    if bound and waiting:
        if bound.requirements == wanted:
            return Hold(denial.reasons, wanted, bound.id), ()
        # Policy changed since the card was opened: who may approve is what it says now.
        moved = replace(bound, requirements=wanted)
        change = MoveApproval(moved, ApprovalState.PENDING, len(bound.grants))
        return Hold(denial.reasons, wanted, bound.id), (change,)
    opened = _opened(denial, wanted, asking)
    return Hold(denial.reasons, wanted, opened.id), (OpenApproval(opened),)


def _opened(denial: Deny, wanted: tuple[Requirement, ...], asking: Asking) -> Approval:
    request, now = asking.request, asking.now
    life = asking.life
    return Approval(
        id=ApprovalId(ids.new("apr", now, asking.entropy[ids.ENTROPY_BYTES :])),
        request=request.digest(),
        decision=asking.cause,
        asker=request.requester.id,
        agent=request.principal.id,
        action=str(request.action),
        resource=request.resource.id,
        session=request.trace.session,
        requirements=wanted,
        reasons=denial.reasons,
        opened=now,
        wait_until=now + min(asking.holding.wait, life),
        expires=now + life,
        payload=asking.payload,
    )
