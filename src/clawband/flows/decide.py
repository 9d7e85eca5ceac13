"""The one path: may this happen, now?"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from clawband.approvals import lifecycle
from clawband.flows import record
from clawband.flows.hold import Held, Holding, hold
from clawband.labels import lattice, taint
from clawband.model import ids
from clawband.model.access import (
    Action,
    Circumstances,
    Decision,
    Deny,
    Permit,
    Reason,
    Request,
    ResourceKind,
)
from clawband.model.approval import ApprovalState
from clawband.model.control import Control, ControlKind
from clawband.model.ids import DecisionId
from clawband.model.label import Label
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicySet
from clawband.ports.store import JoinLabel, MoveApproval, State, Unit

MINUTE = timedelta(seconds=60)
READING = frozenset({Action.RECEIVE, Action.RESULT})
ENTROPY_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An answer, and everything that must be durable before it is given."""

    id: DecisionId
    at: datetime
    request: Request
    decision: Decision
    unit: Unit = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a decision is taken, and 64 unpredictable bytes for its ids and nonces."""

    now: datetime
    entropy: bytes


def decide(
    request: Request,
    *,
    state: State,
    active: PolicySet | None,
    moment: Moment,
    holding: Holding,
) -> Decided:
    """Answer an enforcement point. Never raises: what goes wrong in here is a denial.

    In order to answer we must, in this order:

    1. Label the request with everything its session has read.
    2. Evaluate the active policy set.
    3. If denied, bring the approval that is bound to exactly this request, and evaluate again
       with that fact. One that is spent, expired or bound to something else is no approval.
    4. If still denied, ask which approvals would have changed the answer, and open one.
    5. Put the answer, the spent approval and what the session now carries into one unit of work.

    The caller MUST commit the unit before it answers, and MUST deny when that fails. The
    enforcement point MUST act only on our answer, and MUST report the outcome.
    """
    try:
        return _decide(request, state, active, moment, holding)
    except Exception as error:  # noqa: BLE001 - a defect must deny, not escape to a caller
        reason = Reason("clawband/defect", f"the decision failed: {type(error).__name__}")
        return refused(request, reason, "report this defect with the decision id", moment)


def refused(request: Request, reason: Reason, remedy: str, moment: Moment) -> Decided:
    """A denial that policy was not asked for: a defect, or a unit that could not be written."""
    identity = DecisionId(ids.new("dec", moment.now, moment.entropy))
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
) -> Decided:
    now, unit = moment.now, Unit()
    identity = DecisionId(ids.new("dec", now, moment.entropy))
    payload = record.payload(request, moment.entropy[-record.NONCE_BYTES :])

    # (1) A request without a session comes from nowhere we know.
    brought = _brought(request)
    carried = state.label(request.trace.session) if request.trace.session else lattice.UNKNOWN
    label = lattice.join(carried or lattice.NOTHING_READ, brought)

    # (2) The plain answer, as if nobody had approved anything: an approval that is not needed is
    # not used up.
    circumstances = _circumstances(request, label, state, now)
    guarded = _guard(request, state)
    decision: Decision = guarded or evaluate(request, circumstances, active)

    if isinstance(decision, Deny) and active and not guarded and not request.preview:
        # (3) Found by digest, never named by the caller, so nobody brings somebody else's.
        bound_to = request.digest()
        approval = state.approval_for(bound_to)
        if usable := lifecycle.usable(approval, bound_to, now=now):
            fact = lifecycle.fact(usable)
            again = evaluate(request, replace(circumstances, approval=fact), active)
            decision = replace(again, approval=usable.id) if isinstance(again, Permit) else again
            if isinstance(again, Permit):
                spent = lifecycle.spend(usable, bound_to, now=now)
                unit.changes.append(MoveApproval(spent, ApprovalState.GRANTED, len(spent.grants)))
        else:
            # (4)
            held = Held(cause=identity, now=now, entropy=moment.entropy,
                        payload=payload.digest, holding=holding)  # fmt: skip
            decision, changes = hold(request, decision, circumstances, active, approval, held)
            unit.changes.extend(changes)

    # (5)
    reads = isinstance(decision, Permit) and request.action in READING
    if reads and request.trace.session and label != carried:
        unit.changes.append(JoinLabel(request.trace.session, brought))
    unit.changes.append(payload)
    context = record.Context(label, active.digest if active else "", payload.digest)
    unit.events.extend(record.events(request, decision, context, identity, now, moment.entropy))
    return Decided(id=identity, at=now, request=request, decision=decision, unit=unit)


def _brought(request: Request) -> Label:
    """What the model reads if this is permitted; a call by itself brings nothing new."""
    if request.action is Action.RECEIVE:
        return taint.of_message(request.requester)
    if request.action is Action.RESULT:
        return taint.of_result(request.tool, request.facts)
    return lattice.NOTHING_READ


def _circumstances(request: Request, label: Label, state: State, now: datetime) -> Circumstances:
    run_calls, minute_calls = state.calls(request.trace.run, request.principal.id, now - MINUTE)
    paused = frozenset(control.id for control in state.controls() if _applies(control, request))
    return Circumstances(label=label, paused=paused, run_calls=run_calls, minute_calls=minute_calls)


def _applies(control: Control, request: Request) -> bool:
    principal, resource = request.principal, request.resource
    match control.kind:
        case ControlKind.GATEWAY:
            return control.name == principal.gateway
        case ControlKind.AGENT:
            return control.name in (principal.agent, principal.id)
        case ControlKind.CHANNEL:
            return control.name == request.requester.channel or (
                resource.kind is ResourceKind.CHANNEL and control.name == resource.id
            )
        case ControlKind.WORKFLOW:
            return bool(request.workflow) and control.name == request.workflow
        case ControlKind.TOOL:
            return resource.kind is ResourceKind.TOOL and control.name == resource.id
        case ControlKind.SKILL:
            # The calling skill is not visible in any hook; the gateway itself switches it off.
            return resource.kind is ResourceKind.PLUGIN and control.name == resource.id


def _guard(request: Request, state: State) -> Permit | Deny | None:
    """What no policy decides: the two halves of one act must belong together."""
    if request.delivers and not state.controls():
        reply = state.reply(request.trace.session, request.delivers)
        if reply:
            return Permit((Reason("clawband/delivery", f"the reply was permitted as `{reply}`"),))
    if request.action is Action.RESULT:
        if state.permitted(request.trace.call, request.trace.run) is None:
            reason = Reason("clawband/unreported-call", "no permitted call has this result")
            return Deny((reason,), "look for a tool path that does not ask before it acts")
    return None
