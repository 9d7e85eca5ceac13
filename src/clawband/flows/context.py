"""What is true around a request: what its session read, what is paused, what belongs together."""

from dataclasses import replace
from datetime import datetime, timedelta

from clawband.flows import inherit, lineage, notice, places, spend, systems
from clawband.labels import lattice, taint
from clawband.labels.classify import level
from clawband.model.access import (
    Action,
    Circumstances,
    Deny,
    Permit,
    Reason,
    Request,
    ResourceKind,
)
from clawband.model.control import Control, ControlKind
from clawband.model.deployment import Workflow
from clawband.model.label import Label
from clawband.openclaw.writes import PATCH
from clawband.ports.store import State

MINUTE = timedelta(seconds=60)
MAX_NOTICE = 2_000
"""Bytes of our own words about a refusal, with what the gateway says around them."""


def brought(request: Request, workflow: Workflow | None) -> Label:
    """What the model reads if this is permitted; a call by itself brings nothing new."""
    if request.action is Action.RECEIVE:
        shown = notice.said(request).shown
        return taint.of_message(request.requester, shown=bool(shown))
    if request.action is Action.RESULT:
        found = level(request.facts.tags, workflow.classes if workflow else {})
        return taint.of_result(request.tool, request.facts, found)
    return lattice.NOTHING_READ


def _unread(request: Request) -> Label:
    """What a session carries that we know nothing of: it is new only if it begins with a message.

    Without a session, or with one that was there before us, nobody can say what was read.
    """
    new = request.trace.session and request.action is Action.RECEIVE
    return lattice.NOTHING_READ if new else lattice.UNKNOWN


def _told(request: Request, state: State) -> Label:
    """What stands in the files that the gateway puts before every message to this agent, and what
    a patch carries along: it may give a file another name."""
    if request.action is Action.RECEIVE:
        return places.standing(state, request.principal.id)
    if request.resource.id == PATCH:
        return places.carried(state, request.principal.id, request.facts.paths)
    return lattice.NOTHING_READ


def silent(paused: frozenset[str]) -> bool:
    """A paused channel or gateway sends nothing, not even why."""
    silencing = (f"{ControlKind.CHANNEL}:", f"{ControlKind.GATEWAY}:")
    return any(control.startswith(silencing) for control in paused)


def circumstances(
    request: Request, state: State, workflow: Workflow | None, now: datetime
) -> Circumstances:
    """Everything policy is told besides the request."""
    known = state.label(request.session) if request.session else None
    new = lattice.join(brought(request, workflow), inherit.label(request, state))
    new = places.of_result(request, new, state) if request.action is Action.RESULT else new
    back = systems.returned(request, state)
    read = (known or _unread(request), new, systems.label(request, back), _told(request, state))
    run_calls, minute_calls = state.calls(request.run, request.principal.id, now - MINUTE)
    return Circumstances(
        label=lattice.join_all(read),
        brought=new,
        returned=back,
        paused=paused(request, state),
        run_calls=run_calls,
        minute_calls=minute_calls,
        budgets=spend.standings(request, workflow, state, now),
        explanations=lineage.explanations(request, state, workflow, now),
        history=state.sources(request.session).history,
        inherited=inherit.history(request, state),
        fresh=lineage.fresh(request, state),
    )


def thorough(
    request: Request,
    state: State,
    workflow: Workflow | None,
    known: Circumstances,
    now: datetime,
) -> Circumstances:
    """The same circumstances, with everything people may want to know of unexplained values."""
    found = lineage.explanations(request, state, workflow, now, thorough=True)
    return replace(known, explanations=found)


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


def paused(request: Request, state: State) -> frozenset[str]:
    """Ids of the pauses that stop it."""
    return frozenset(each.id for each in state.controls() if _applies(each, request))


def guard(request: Request, state: State, paused: frozenset[str]) -> Permit | Deny | None:
    """What no policy decides: the two halves of one act must belong together."""
    if request.action is Action.SEND_REPLY and not silent(paused):
        if reply := request.delivers and state.reply(request.session, request.delivers):
            return Permit((Reason("clawband/delivery", f"the reply was permitted as `{reply}`"),))
        # Without a run no model has spoken: these are our own words about the refusal of the
        # session's newest message, passed on by the gateway.
        own = not (request.trace.run or request.delivers or request.arguments.get("media"))
        refusal = state.refused(request.session) if own else ""
        if (
            refusal
            and request.facts.size < MAX_NOTICE
            and refusal in str(request.arguments.get("text"))
        ):
            because = f"it tells the sender that `{refusal}` refused the message"
            return Permit((Reason("clawband/notice", because),))
    before = state.permitted(request.call, request.run)
    if request.resource.kind is ResourceKind.TOOL and request.action is not Action.RESULT:
        # Else the result of the first would be taken for a result of the second.
        now = (request.resource.id, request.facts.named)
        if before and (before.resource, before.named) != now:
            reason = Reason("clawband/call-id", "another call was made under this call id")
            return Deny((reason,), "ask again under an id of its own")
    if request.action is Action.RESULT:
        if state.permitted(request.call, request.run) is None:
            reason = Reason("clawband/unreported-call", "no permitted call has this result")
            return Deny((reason,), "look for a tool path that does not ask before it acts")
    return None
