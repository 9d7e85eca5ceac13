"""The one path: may this happen, now?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clawband.approvals.edit import Edit
from clawband.flows import (
    contained,
    context,
    delegate,
    learn,
    lineage,
    passing,
    quarantine,
    record,
    spend,
)
from clawband.flows import edit as edits
from clawband.flows.hold import Asking, Holding, lift, vouchable
from clawband.flows.kept import Kept
from clawband.flows.offer import delivery, takes
from clawband.labels.known import NOTHING, Known
from clawband.model import ids
from clawband.model.access import (
    Action,
    Circumstances,
    Decision,
    Deny,
    Permit,
    Reason,
    Request,
)
from clawband.model.deployment import Workflow
from clawband.model.errors import InputError
from clawband.model.provenance import Place
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicySet
from clawband.ports.store import State
from clawband.ports.unit import Change, JoinLabel, OpenApproval, Unit

READING = frozenset({Action.RECEIVE, Action.RESULT})
ENTROPY_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An answer, and everything that must be durable before it is given."""

    id: ids.DecisionId
    at: datetime
    request: Request
    decision: Decision
    unit: Unit = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a decision is taken, 64 unpredictable bytes for its ids and nonces, and the values that
    nobody is shown then."""

    now: datetime
    entropy: bytes
    known: Known = NOTHING

    @property
    def nonce(self) -> bytes:
        """What makes the payloads of this decision no guess."""
        return self.entropy[-record.NONCE_BYTES :]


def decide(
    request: Request,
    *,
    state: State,
    active: PolicySet | None,
    moment: Moment,
    holding: Holding,
    edit: Kept[Edit] | None = None,
) -> Decided:
    """Answer an enforcement point. Never raises: what goes wrong in here is a denial.

    In order to answer we must, in this order:

    1. Label the request with everything its session has read, and say where each consequential
       value comes from.
    2. Evaluate the active policy set.
    3. If denied, bring the approval that is bound to exactly this request, and evaluate again
       with that fact. One that is spent, expired or bound to something else is no approval.
    4. If still denied, put a poisoned write aside; else ask which approvals would have changed
       the answer, and open one.
    5. Clean what is passed on, and put the answer, the spent approval and what the session now
       carries into one unit of work.

    `edit` says that a person wrote this request in place of what the agent asked: then nothing but
    the approval that is bound to it permits it, and the answer gives it back to run.

    The caller MUST commit the unit before it answers, and MUST deny when that fails. The
    enforcement point MUST act only on our answer, and MUST report the outcome.
    """
    try:
        return _decide(request, state, active, moment, holding, edit)
    except InputError as error:
        return refused(request, Reason("clawband/input", error.message), error.remedy, moment)
    except Exception as error:  # noqa: BLE001 - a defect must deny, not escape to a caller
        reason = Reason("clawband/defect", f"the decision failed: {type(error).__name__}")
        return refused(request, reason, "report this defect with the decision id", moment)


def refused(request: Request, reason: Reason, remedy: str, moment: Moment) -> Decided:
    """A denial that policy was not asked for: a defect, or a unit that could not be written."""
    identity = ids.DecisionId(ids.new("dec", moment.now, moment.entropy))
    decision = Deny((reason,), remedy)
    event = record.bare(request, decision, identity, moment.now)
    return Decided(
        id=identity, at=moment.now, request=request, decision=decision, unit=Unit([event])
    )


def _decide(
    request: Request,
    state: State,
    active: PolicySet | None,
    moment: Moment,
    holding: Holding,
    edit: Kept[Edit] | None,
) -> Decided:
    now, unit, vouch = moment.now, Unit(), tuple[str, ...]()
    identity = ids.DecisionId(ids.new("dec", now, moment.entropy))

    # (1) and (2)
    workflow = _workflow(request, active)
    decision, circumstances, guarded = _judged(request, state, active, workflow, now)
    payload = record.payload(request, moment.nonce, circumstances.explanations, moment.known)

    # (3) and (4)
    if active and not (guarded and (not edit or isinstance(decision, Deny))):
        asking = Asking(
            request=request, circumstances=circumstances, active=active, cause=identity,
            now=now, entropy=moment.entropy, payload=payload.digest, holding=holding,
            roles=lambda given: delegate.roles(given, state, now, chat=takes(workflow)),
        )  # fmt: skip
        decision, changes, vouch = _lifted(decision, asking, state, edit)
        unit.changes.extend(changes)

    # (5)
    _join(unit, request, decision, circumstances, state)
    if isinstance(decision, Permit) and (edit or not guarded):
        decision = passing.passed_on(request, decision, circumstances, workflow, moment.known)
        decision = quarantine.noted(request, decision, state)
        version = quarantine.version(request, decision=identity, payload=payload.digest, now=now)
        _learn(unit, request, decision, circumstances, state, version=version, moment=moment)
    unit.changes.append(payload)
    known = record.Context(
        circumstances, active.digest if active else "", payload.digest, _opened(unit),
        lineage.referred(circumstances.explanations), vouch, moment.known, edit,
    )  # fmt: skip
    unit.events.extend(record.events(request, decision, known, identity, now, moment.entropy))
    return Decided(id=identity, at=now, request=request, decision=decision, unit=unit)


def _judged(
    request: Request,
    state: State,
    active: PolicySet | None,
    workflow: Workflow | None,
    now: datetime,
) -> tuple[Decision, Circumstances, bool]:
    """The answer as if nobody had approved anything: an approval that is not needed is not used
    up. And what is true around the request, and whether a guard answered instead of policy."""
    known = context.circumstances(request, state, workflow, now)
    guarded = (
        context.guard(request, state, known.paused)
        or delivery(request, state, silent=context.silent(known.paused), now=now)
        or contained.guard(request, active)
    )
    if guarded:
        return guarded, known, True
    answer: Decision = evaluate(request, known, active)
    if isinstance(answer, Deny):
        # Only who is refused needs to be shown what holds the value.
        known = context.thorough(request, state, workflow, known, now)
        answer = evaluate(request, known, active)
    return passing.harmless(request, answer, known, active) or answer, known, False


def _workflow(request: Request, active: PolicySet | None) -> Workflow | None:
    principal = request.principal
    return active.workflow_of(principal.gateway, principal.agent) if active else None


def _lifted(
    denial: Decision, asking: Asking, state: State, edit: Kept[Edit] | None
) -> tuple[Decision, Sequence[Change], tuple[str, ...]]:
    """What becomes of a denial: a write put aside, a spent approval, a card, or the denial. And
    the arguments that, once vouched for, would have needed none of it."""
    if edit:
        return (*edits.lifted(edit, asking, state), ())
    if not isinstance(denial, Deny):
        return denial, (), ()
    apart = quarantine.instead(asking, state)
    if apart:
        return apart, (), ()
    request = asking.request
    bound = None if request.preview else state.approval_for(request.digest())
    decision, changes = lift(denial, bound, asking)
    return decision, changes, vouchable(decision, asking)


def _learn(
    unit: Unit,
    request: Request,
    permit: Permit,
    circumstances: Circumstances,
    state: State,
    *,
    version: Place,
    moment: Moment,
) -> None:
    """What the session has read, what is known of the agent's files from now on, and what of its
    budgets is spent."""
    entropy = moment.entropy
    unit.changes.extend(spend.spend(request, circumstances.budgets, state, moment.now))
    unit.changes.extend(
        learn.learned(
            request,
            circumstances,
            decision=version.decision,
            payload=version.payload,
            now=moment.now,
            nonce=moment.nonce,
            hidden=moment.known,
        )
    )
    quarantine.keep(unit, request, permit, circumstances, state, version=version, entropy=entropy)


def _opened(unit: Unit) -> bool:
    return any(isinstance(change, OpenApproval) for change in unit.changes)


def _join(
    unit: Unit, request: Request, decision: Decision, circumstances: Circumstances, state: State
) -> None:
    """What is read is joined also when nothing seems new: what memory carries may come from a unit
    that failed. A session that was unknown stays so after its next message."""
    session = request.session
    permitted = isinstance(decision, Permit) and session
    if permitted and (request.action in READING or state.label(session) is None):
        unit.changes.append(JoinLabel(session, circumstances.label))
