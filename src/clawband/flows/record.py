"""What the log says of a decision: its leaf, the leaf of a spent or opened approval, the payload.

A leaf holds digests and ids. The exact arguments are kept beside the log, encrypted, under a
digest that includes a nonce, so that the log does not confirm guesses of short texts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clawband.approvals.edit import Edit
from clawband.flows import spend
from clawband.flows.kept import Kept
from clawband.flows.notice import kept, unmasked
from clawband.labels.known import NOTHING, Known
from clawband.model import ids
from clawband.model.access import (
    Action,
    Circumstances,
    Decision,
    Deny,
    Hold,
    Permit,
    Request,
)
from clawband.model.budget import Standing
from clawband.model.digest import Json, canonical, sha256
from clawband.model.event import Event, Tag
from clawband.model.ids import DecisionId
from clawband.model.provenance import Explanation, Origin
from clawband.openclaw.hooks import content_of
from clawband.ports.unit import KeepPayload

NONCE_BYTES = 16
TAGS = {
    "permit": Tag.DECISION_PERMIT,
    "deny": Tag.DECISION_DENY,
    "hold": Tag.DECISION_HOLD,
}


@dataclass(frozen=True, slots=True)
class Context:
    """What was known when it was decided: circumstances, the digests of active set and payload."""

    circumstances: Circumstances
    policy: str
    payload: str
    opened: bool = False
    """Whether the approval that a hold waits for is a new one."""
    referred: bool = False
    """Whether the person named everything that the call reads from."""
    endorsable: tuple[str, ...] = ()
    """Keys of the arguments that, once vouched for, would have made it a permit."""
    known: Known = NOTHING
    """Values that nobody is shown."""
    edit: Kept[Edit] | None = None
    """What a person wrote in place of what the agent asked."""


def payload(
    request: Request,
    nonce: bytes,
    explained: Sequence[Explanation] = (),
    known: Known = NOTHING,
) -> KeepPayload:
    """The arguments of a request and where each value comes from, for who may read them: exact,
    but for what is `known`."""
    explanations = known.cleaned([told(each) for each in explained])
    return payload_of(known.cleaned(request.arguments), nonce, explanations=explanations)


def payload_of(arguments: Mapping[str, Json], nonce: bytes, **more: Json) -> KeepPayload:
    """Kept bytes that say these arguments."""
    said = {key: value for key, value in more.items() if value}
    body = canonical({"nonce": nonce.hex(), "arguments": arguments, **said})
    return KeepPayload(sha256(body), body)


def told(explanation: Explanation) -> dict[str, Json]:
    """An explanation as it is kept and shown."""
    return {
        "meaning": str(explanation.argument.meaning),
        "key": explanation.argument.key,
        "value": explanation.argument.value,
        "origin": str(explanation.origin),
        "source": explanation.source,
        "reading": explanation.reading,
        "quote": explanation.quote,
    }


def about(request: Request) -> dict[str, str]:
    """Who, which agent, action and resource, under which ids."""
    trace = request.trace
    return {
        "who": request.requester.id,
        "gateway": request.principal.gateway,
        "agent": request.principal.id,
        "action": str(request.action),
        "resource": f"{request.resource.kind}::{request.resource.id}",
        "session": trace.session,
        "run": trace.run,
        "call": trace.call,
        "message": trace.message,
        "trace": trace.trace,
    }


def became(
    tag: Tag,
    request: Request,
    cause: str,
    now: datetime,
    outcome: str,
    detail: Mapping[str, Json],
    *,
    entropy: bytes,
) -> Event:
    """What became of something that was permitted, under the ids of its decision."""
    return Event(
        id=ids.new("evt", now, entropy), at=now, tag=tag, outcome=outcome, cause=cause,
        detail=detail, **about(request),
    )  # fmt: skip


def bare(request: Request, decision: Deny, identity: DecisionId, now: datetime) -> Event:
    """The leaf of a denial taken before or after policy; it computes nothing that could fail."""
    return Event(
        id=identity,
        at=now,
        tag=Tag.DECISION_DENY,
        outcome="deny",
        detail={
            "reasons": [reason.policy for reason in decision.reasons],
            "because": [reason.because for reason in decision.reasons],
            "remedy": decision.remedy,
            "environment": request.environment,
        },
        **about(request),
    )


def events(
    request: Request,
    decision: Decision,
    context: Context,
    identity: DecisionId,
    now: datetime,
    entropy: bytes,
) -> Sequence[Event]:
    """The decision's leaf, then the leaf of the approval that it spends or opens."""
    main = Event(
        id=identity,
        at=now,
        tag=TAGS[decision.verdict],
        outcome=decision.verdict,
        policy=context.policy,
        detail=_detail(request, decision, context),
        **about(request),
    )
    approval = decision.approval if isinstance(decision, Permit | Hold) else None
    if approval is None or (isinstance(decision, Hold) and not context.opened):
        return (main,)
    second = Event(
        id=ids.new("evt", now, entropy[2 * ids.ENTROPY_BYTES :]),
        at=now,
        tag=Tag.APPROVAL_SPEND if isinstance(decision, Permit) else Tag.APPROVAL_OPEN,
        cause=identity,
        policy=context.policy,
        detail={"approval": approval},
        **about(request),
    )
    return (main, second)


def _endorsements(explained: Sequence[Explanation]) -> Sequence[str]:
    """Those that it relied on, for whoever reviews them."""
    return sorted({each.source for each in explained if each.origin is Origin.ENDORSED})


def _budgets(request: Request, decision: Decision, before: Sequence[Standing]) -> list[Json]:
    """What it asks of each budget, and what is left of that after this decision."""
    spent = isinstance(decision, Permit) and not request.preview
    return [
        {
            "budget": each.budget.name,
            "asked": each.asked,
            "left": (spend.after(each) if spent else each).left,
            "unit": each.budget.unit,
        }
        for each in before
    ]


def _detail(request: Request, decision: Decision, context: Context) -> dict[str, Json]:
    label = context.circumstances.label
    detail: dict[str, Json] = {
        "authority": str(request.requester.authority),
        "environment": request.environment,
        "workflow": request.workflow,
        "integrity": int(label.integrity),
        "confidentiality": int(label.confidentiality),
        "sources": sorted(label.sources),
        "origins": sorted({each.fact for each in context.circumstances.explanations}),
        "endorsements": _endorsements(context.circumstances.explanations),
        "endorsable": list(context.endorsable),
        "fresh": len(context.circumstances.fresh) or None,
        "tags": sorted(request.facts.tags),
        "signals": list(decision.signals) if isinstance(decision, Permit) else [],
        "named": sorted(request.facts.named),
        "protected": sorted(request.facts.protected),
        "kept": sorted(kept(request, context.known)),
        "referred": context.referred or None,
        "edited": context.edit.value.by if context.edit else "",
        "reasons": [reason.policy for reason in decision.reasons],
        "because": [reason.because for reason in decision.reasons],
        "budgets": _budgets(request, decision, context.circumstances.budgets),
        "payload": context.payload,
        "size": request.facts.size,
        "preview": request.preview,
        "parent_call": request.trace.parent_call,
        "remedy": decision.remedy if isinstance(decision, Deny) else "",
        "approval": (decision.approval or "") if isinstance(decision, Permit | Hold) else "",
    }
    if net := request.facts.net:
        detail |= {"port": net.port, "basis": str(net.basis), "tool": net.tool}
        detail |= {"method": net.method, "route": unmasked(net.route, None, context.known)[:256]}
    if request.action is Action.SEND_REPLY:
        instead = decision.text if isinstance(decision, Permit) else None
        sent = {"text": instead, "to": request.arguments.get("to")}
        detail["content"] = content_of(request.arguments if instead is None else sent)
    # 0 is said: it is what the lowest integrity is called.
    return {key: value for key, value in detail.items() if value or type(value) is int}
