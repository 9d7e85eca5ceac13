"""An approval as a person sees it: what it is about, where it stands, whether they may decide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clawband.approvals import lifecycle
from clawband.edges.console.visit import Visit
from clawband.edges.console.wording import Tone
from clawband.edges.console.words import OURS
from clawband.model.access import Reason
from clawband.model.approval import Approval, ApprovalState
from clawband.model.errors import Error

STATES = {
    ApprovalState.PENDING: ("waiting", Tone.WAITING),
    ApprovalState.GRANTED: ("approved, not used yet", Tone.PLAIN),
    ApprovalState.REFUSED: ("refused", Tone.REFUSED),
    ApprovalState.EXPIRED: ("expired", Tone.PLAIN),
    ApprovalState.SPENT: ("approved and used", Tone.PLAIN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    approval: Approval
    state: str
    tone: Tone
    parked: bool
    """The call no longer waits; it runs when the agent asks again."""
    pending: bool
    because: str
    """Why it is held."""
    why_not: Error | None
    """Why the person who looks may not approve it; None when they may."""
    short: str
    """The same in few words."""
    escalated: str
    """The role that is asked too by now; empty for none."""


def card(approval: Approval, visit: Visit) -> Card:
    """The card for who looks, now. An approval whose time is over counts as expired already."""
    state = approval.state
    if state in lifecycle.OPEN and visit.now >= approval.expires:
        state = ApprovalState.EXPIRED
    parked = lifecycle.parked(approval, visit.now) and state is ApprovalState.PENDING
    words, tone = STATES[state]
    words = "vouched for" if lifecycle.covered(approval) else words
    return Card(
        approval=approval,
        state="parked" if parked else words,
        tone=tone,
        parked=parked,
        pending=state is ApprovalState.PENDING,
        because=held_because(approval)[0].because if approval.reasons else "",
        why_not=visit.service.approvals.objection(approval, visit.me),
        short=_short(approval, visit),
        escalated=visit.service.approvals.escalated(approval.id),
    )


def shares(
    approvals: Sequence[Approval], visit: Visit
) -> tuple[Sequence[Approval], Sequence[Approval]]:
    """What who looks may decide, and what is left to others."""
    objections = visit.service.approvals.objections(approvals, visit.me)
    told = list(zip(approvals, objections, strict=True))
    return [each for each, no in told if no is None], [each for each, no in told if no is not None]


def cards(approvals: Iterable[Approval], visit: Visit) -> Sequence[Card]:
    return [card(approval, visit) for approval in approvals]


def held_because(approval: Approval) -> Sequence[Reason]:
    """What says more than that nothing permits it comes first, and alone if it can."""
    telling = [reason for reason in approval.reasons if not reason.policy.startswith(OURS)]
    return telling or approval.reasons


def _short(approval: Approval, visit: Visit) -> str:
    me = visit.me.operator
    if approval.asker == me.name or approval.asker in me.aliases:
        return "you asked for it"
    if any(given.by == me.name for given in approval.grants):
        return "you agreed already, and somebody else must too"
    return f"it needs {' or '.join(map(lifecycle.describe, approval.requirements))}"
