"""Approvals: may I approve this?"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from starlette.responses import Response

from clawband.edges.console import commands, edits, lineage, seen, words
from clawband.edges.console.cards import card, cards, held_because, shares
from clawband.edges.console.pages import part
from clawband.edges.console.visit import Visit
from clawband.identity.roles import Act
from clawband.model.approval import Approval, ApprovalState
from clawband.model.deployment import Tool
from clawband.model.digest import Json
from clawband.model.person import anywhere

SHOWN, CLOSED_SHOWN = 25, 30
_CLOSED = frozenset(ApprovalState) - {ApprovalState.PENDING}
_ACTIONS = {
    "tool:pay": "Money moves: `{}` pays.",
    "tool:send": "`{}` sends something to somebody.",
    "tool:delete": "`{}` deletes or closes something; that may not be undone.",
    "tool:execute": "`{}` runs a command on the gateway's machine.",
    "tool:write": "`{}` changes something.",
    "tool:read": "`{}` reads something, and the agent sees what it reads.",
    "tool:configure": "`{}` changes the gateway itself.",
    "message:send": "The reply goes out on `{}`.",
    "plugin:install": "`{}` becomes part of the gateway and may do whatever it may do.",
}


async def inbox(visit: Visit) -> Response:
    mine, others = shares(await visit.pending(), visit)
    roles, escalated = anywhere(visit.me.operator.roles), visit.service.approvals.escalated
    waiting = part(
        visit, [*sorted(mine, key=lambda each: escalated(each.id) not in roles), *others], SHOWN
    )
    closed: Sequence[Approval] = ()
    if not waiting.after:
        closed = await asyncio.to_thread(visit.sees.approvals, _CLOSED, CLOSED_SHOWN)
    measured = await visit.service.endorsements.cards(visit.me)
    shown = cards(waiting.shown, visit)
    return await visit.show(
        "approvals.html",
        waiting_part=waiting,
        count=len(mine),
        mine=[each for each in shown if each.why_not is None],
        others=[each for each in shown if each.why_not is not None],
        closed=cards(closed, visit),
        offers=await lineage.offers(visit),
        cover_line=commands.cover,
        hours=lineage.HOURS,
        measured=measured,
        command=commands.approvals(),
    )


async def show(visit: Visit) -> Response:
    approval = await _approval(visit)
    leaf = await visit.sees.leaf(approval.decision)
    detail = leaf.event.detail if leaf else {}
    closed = await asyncio.to_thread(visit.sees.approvals, _CLOSED)
    readable = visit.sees.may(Act.READ_PAYLOAD, approval.agent)
    body = None
    if readable and approval.payload:
        body = await visit.sees.payload(approval.payload, approval.agent)
    account = await lineage.story(visit, approval.id)
    return await visit.show(
        "approval.html",
        card=card(approval, visit),
        reasons=held_because(approval),
        unusual=_unusual(approval, detail, body, closed),
        account=account,
        vouching=lineage.alone(visit, account),
        hours=lineage.HOURS,
        approval=approval,
        readable=readable,
        arguments=seen.arguments(body),
        exact=seen.exact(body),
        spent=visit.service.budgets.about(leaf.event) if leaf else (),
        effect=_effect(approval),
        system=_system(visit, approval),
        label=words.label(detail),
        sources=words.texts(detail.get("sources")),
        fields=await edits.fields(visit, approval),
        versions=await edits.versions(visit, approval),
        may_refuse=visit.service.approvals.decides(approval, visit.me),
        approve_line=commands.approve(approval.id),
        deny_line=commands.deny(approval.id),
        explain_line=commands.explain(approval.id),
    )


async def grant(visit: Visit) -> Response:
    approval = await visit.service.approvals.grant(visit.part("id"), visit.me)
    if approval.state is ApprovalState.GRANTED:
        parked = visit.now >= approval.wait_until
        then = "It runs when the agent asks again." if parked else "The waiting call goes on now."
        said = f"You allowed `{approval.resource}` once. {then}"
    else:
        said = f"You agreed to `{approval.resource}`. Somebody else must agree too."
    return visit.done(f"/approvals/{approval.id}", said)


async def refuse(visit: Visit) -> Response:
    note = visit.fields.get("note", "").strip()
    approval = await visit.service.approvals.refuse(visit.part("id"), visit.me, note)
    said = f"You refused `{approval.resource}`. The agent is told so, with your reason."
    return visit.done(f"/approvals/{approval.id}", said)


async def _approval(visit: Visit) -> Approval:
    return await asyncio.to_thread(visit.sees.approval, visit.part("id"))


def _unusual(
    approval: Approval, detail: Mapping[str, Json], body: bytes | None, closed: Iterable[Approval]
) -> Sequence[str]:
    """What a person in a hurry should not miss."""
    found = []
    texts = [seen.exact(body), *(each.value for each in seen.arguments(body))]
    if any(map(seen.hidden, "".join(texts))):
        found.append("the arguments hold characters that cannot be seen; they are spelled out")
    if words.outside(detail) and not detail.get("origins"):
        found.append("the agent had read text that anybody could have written, and it may obey it")
    before = [each for each in closed if each.request == approval.request]
    refused = next((each for each in before if each.state is ApprovalState.REFUSED), None)
    if refused:
        found.append(f"exactly this was refused before, by `{refused.closed_by}`")
    if any(each.state is ApprovalState.SPENT for each in before):
        found.append("exactly this was approved and done before")
    return found


def _effect(approval: Approval) -> str:
    effect = _ACTIONS.get(approval.action, "`{}` does what its arguments say.")
    return effect.format(approval.resource)


def _system(visit: Visit, approval: Approval) -> str:
    """The external system the tool acts on, as its declaration says."""
    active = visit.service.policies.active
    gateway, _, agent = approval.agent.partition("/")
    workflow = active.workflow_of(gateway, agent) if active else None
    known: Tool | None = visit.service.running.catalogue.get(approval.resource)
    declared = workflow.tools.get(approval.resource) if workflow else None
    tool = known or declared
    return tool.system if tool else ""
