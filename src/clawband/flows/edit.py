"""Edit and approve: a person changes the words of what is held, and that is what runs.

The approval is then bound to the digest of the changed request, and what was kept says which
question it answers: the agent asks for what it wrote, and what the person wrote is decided by
policy, spent once, and given back to run. `docs/approvals.md` explains it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from clawband.approvals import hold, lifecycle
from clawband.approvals.edit import Changed, Edit, changed
from clawband.flows import approve, context, record
from clawband.flows.hold import STRONGEST, Asking, lift
from clawband.flows.kept import Kept, Kind
from clawband.labels.known import NOTHING, Known
from clawband.model.access import (
    Action,
    ApprovalFact,
    Decision,
    Deny,
    Hold,
    Permit,
    Reason,
    Request,
    Requirement,
)
from clawband.model.approval import Approval, ApprovalState
from clawband.model.errors import ConflictError
from clawband.model.event import Event, Tag
from clawband.model.person import SignedIn
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicySet
from clawband.ports.store import Ledger, Query, Records, State
from clawband.ports.unit import Change, MoveApproval, Unit

EDITED = "clawband/edited"
KIND = Kind("edit", Edit)
"""By the digest of the request that the agent asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is held, as it stands now."""

    approval: Approval
    event: Event
    """The leaf of the decision that opened it."""
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Who changed what of a held action, and when."""

    by: str
    at: datetime
    changes: Sequence[Changed]


def standing(request: str, state: State, now: datetime) -> Kept[Edit] | None:
    """What a person wrote in place of this request, as long as its approval is open."""
    found = KIND.find(request, state)
    if found is None:
        return None
    approval = state.approval_for(found.value.request)
    open_ = approval and approval.id == found.value.approval and now < approval.expires
    return found if open_ else None


def lifted(edit: Kept[Edit], asking: Asking, state: State) -> tuple[Decision, Sequence[Change]]:
    """The answer to what a person wrote, which only the approval bound to it permits, once; also
    where policy alone would permit it. What it permits is given back to run."""
    bound = state.approval_for(asking.request.digest())
    if bound is None or bound.id != edit.value.approval or asking.now >= bound.expires:
        return Deny((Reason(EDITED, "what a person wrote instead is no longer approved"),)), ()
    waits = Reason(EDITED, f"`{edit.value.by}` wrote something else, and not everybody agreed yet")
    if bound.state is ApprovalState.PENDING:
        return Hold((waits,), bound.requirements, bound.id), ()
    decision, changes = lift(Deny((waits,)), bound, asking)
    if not isinstance(decision, Permit):
        return decision, changes
    said = asking.request.arguments
    if asking.request.action is Action.SEND_REPLY:
        permit = replace(decision, text=str(said.get("text", "")))
    else:
        permit = replace(decision, params=said)
    return permit, (*changes, KIND.drop(edit))


def draft(id: str, ledger: Ledger, records: Records) -> Draft:
    """Raises `NotFoundError`, and `ConflictError` when its words are no longer kept."""
    approval = approve.find(id, ledger)
    leaf = records.leaf(approval.decision)
    body = records.payload(approval.payload) if approval.payload else None
    if leaf is None or body is None:
        raise ConflictError(
            f"the words of `{approval.id}` are not kept", remedy="approve it as it is, or refuse it"
        )
    if leaf.event.detail.get("kept"):
        raise ConflictError(
            f"`{approval.id}` holds a kept secret, which nobody is shown",
            remedy="approve it as it is, or refuse it",
        )
    return Draft(approval=approval, event=leaf.event, arguments=json.loads(body)["arguments"])


def edit(
    held: Draft,
    request: Request,
    by: SignedIn,
    *,
    state: State,
    active: PolicySet | None,
    now: datetime,
    entropy: bytes,
    known: Known = NOTHING,
) -> tuple[Approval, Unit]:
    """Put `request` in place of what is held, with this person's yes.

    Policy is asked first: what no approval would lift cannot be written either. Raises what
    `lifecycle.grant` raises, and `ConflictError` for what policy refuses.
    """
    was, digest = held.approval, request.digest()
    kept = record.payload(request, entropy[-record.NONCE_BYTES :], known=known)
    rewritten = lifecycle.rewrite(
        was, digest, payload=kept.digest, now=now,
        requirements=_needed(was, request, state, active, now),
    )  # fmt: skip
    granted = approve.agreed(rewritten, by, state, now, request.environment)
    value = Edit(approval=was.id, request=digest, arguments=request.arguments, by=by.name, at=now)
    before = next((each for each in KIND.all(state) if each.value.approval == was.id), None)
    asked = before or KIND.find(was.request, state)
    told = _told(held, granted, by, now, entropy)
    agreed = approve.told(was, granted, Tag.APPROVAL_GRANT, by.name, now, entropy=entropy[10:])
    move = MoveApproval(granted, ApprovalState.PENDING, len(was.grants), was.request)
    put = KIND.replace(asked, value) if asked else KIND.new(was.request, value)
    return granted, Unit([told, agreed], [kept, move, put])


def over(state: State, now: datetime) -> Unit:
    """Forget what was written for approvals that are closed."""
    gone = [each for each in KIND.all(state) if standing(each.id, state, now) is None]
    return Unit([], [KIND.drop(each) for each in gone])


def versions(approval: Approval, records: Records) -> Sequence[Version]:
    """What people changed, oldest first. For who may read the words."""
    query = Query(tags=frozenset({Tag.APPROVAL_EDIT}), cause=approval.decision)
    return [_version(leaf.event, records) for leaf in reversed(records.find(query))]


def _version(event: Event, records: Records) -> Version:
    before, after = (_arguments(event, key, records) for key in ("before", "payload"))
    return Version(by=event.who, at=event.at, changes=changed(before, after))


def _arguments(event: Event, key: str, records: Records) -> dict[str, Any]:
    body = records.payload(str(event.detail.get(key, "")))
    return dict(json.loads(body)["arguments"]) if body else {}


def _needed(
    was: Approval, request: Request, state: State, active: PolicySet | None, now: datetime
) -> tuple[Requirement, ...]:
    """Who must agree to what was written: what policy says of it, and never fewer than before."""
    principal = request.principal
    workflow = active.workflow_of(principal.gateway, principal.agent) if active else None
    known = context.circumstances(request, state, workflow, now)

    def under(fact: ApprovalFact | None) -> Permit | Deny:
        return evaluate(request, replace(known, approval=fact), active)

    if isinstance(under(None), Permit):
        return was.requirements
    refused = under(STRONGEST)
    if isinstance(refused, Deny):
        raise ConflictError(
            f"policy refuses what you wrote: {refused.reasons[0].because}",
            remedy=refused.remedy or "write something else, or refuse it with a reason",
        )
    return hold.requirements(under, active.approval_roles(request)) if active else ()


def _told(held: Draft, is_: Approval, by: SignedIn, now: datetime, entropy: bytes) -> Event:
    was = held.approval
    told = approve.told(was, is_, Tag.APPROVAL_EDIT, by.name, now, entropy=entropy)
    more = {
        "was": was.request,
        "request": is_.request,
        "before": was.payload,
        "payload": is_.payload,
    }
    return replace(told, outcome="edited", detail={**told.detail, **more})
