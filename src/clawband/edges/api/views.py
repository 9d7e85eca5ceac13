"""Values as JSON for people and programs."""

from typing import Any

from clawband.approvals import lifecycle
from clawband.audit.entry import stamp
from clawband.flows.walk import Walk
from clawband.model.approval import Approval
from clawband.model.control import Control
from clawband.model.event import Leaf
from clawband.model.person import Operator
from clawband.service.seen import Seen
from clawband.service.service import Service


def leaf(leaf: Leaf) -> dict[str, Any]:
    event = leaf.event
    return {
        "n": leaf.index,
        "id": event.id,
        "at": stamp(event.at),
        "tag": str(event.tag),
        "who": event.who,
        "gateway": event.gateway,
        "agent": event.agent,
        "action": event.action,
        "resource": event.resource,
        "outcome": event.outcome,
        "session": event.session,
        "run": event.run,
        "call": event.call,
        "message": event.message,
        "trace": event.trace,
        "cause": event.cause,
        "policy": event.policy,
        "detail": dict(event.detail),
    }


def approval(approval: Approval) -> dict[str, Any]:
    return {
        "id": approval.id,
        "state": str(approval.state),
        "decision": approval.decision,
        "request": approval.request,
        "asker": approval.asker,
        "agent": approval.agent,
        "action": approval.action,
        "resource": approval.resource,
        "session": approval.session,
        "needs": [lifecycle.describe(each) for each in approval.requirements],
        "missing": lifecycle.missing(approval),
        "reasons": [
            {"policy": reason.policy, "because": reason.because} for reason in approval.reasons
        ],
        "opened": stamp(approval.opened),
        "wait_until": stamp(approval.wait_until),
        "expires": stamp(approval.expires),
        "grants": [
            {
                "by": given.by,
                "at": stamp(given.at),
                "instead_of": given.instead_of,
                "chat": given.chat,
            }
            for given in approval.grants
        ],
        "closed": stamp(approval.closed) if approval.closed else None,
        "closed_by": approval.closed_by,
        "note": approval.note,
    }


def operator(operator: Operator) -> dict[str, Any]:
    return {
        "name": operator.name,
        "roles": sorted(str(role) for role in operator.roles),
        "aliases": sorted(operator.aliases),
        "added": stamp(operator.added),
    }


def control(control: Control) -> dict[str, Any]:
    return {
        "id": control.id,
        "kind": str(control.kind),
        "name": control.name,
        "by": control.by,
        "at": stamp(control.at),
        "reason": control.reason,
    }


def walk(walk: Walk) -> dict[str, Any]:
    steps = [{**leaf(step.leaf), "depth": step.depth, "joined": step.joined} for step in walk.steps]
    return {"asked": walk.asked, "run": walk.run, "session": walk.session, "steps": steps}


def gateways(service: Service, sees: Seen) -> list[dict[str, Any]]:
    found = []
    for gateway in sees.gateways():
        presence = service.gateways.presence.get(gateway.name)
        found.append(
            {
                "name": gateway.name,
                "environment": gateway.environment,
                "enrolled": stamp(gateway.enrolled),
                "alive": service.gateways.alive(gateway.name),
                "seen": stamp(presence.seen) if presence and presence.seen else None,
                "versions": presence.versions if presence else {},
                "counts": presence.counts if presence else {},
                "lost": presence.lost if presence else 0,
            }
        )
    return found


def policy(service: Service) -> dict[str, Any]:
    active = service.policies.active
    return {
        "active": active.digest if active else None,
        "problem": service.policies.problem,
        "policies": [
            {"id": each.id, "because": each.because, "effect": str(each.effect)}
            for each in (active.policies if active else ())
        ],
        "history": [
            {"digest": each.digest, "by": each.by, "at": stamp(each.at), "note": each.note}
            for each in service.running.store.activations()
        ],
    }


def workflows(service: Service, sees: Seen) -> dict[str, Any]:
    active = service.policies.active
    return {
        "workflows": [
            {
                "name": each.name,
                "owner": each.owner,
                "purpose": each.purpose,
                "environment": each.environment,
                "agents": each.agents,
                "channels": each.channels,
                "reads": each.reads,
                "writes": each.writes,
                "systems": each.systems,
                "unsure": each.unsure,
                "cedar": active.compiled.get(each.name, "") if active else "",
            }
            for each in sees.workflows()
        ]
    }


def status(service: Service, sees: Seen) -> dict[str, Any]:
    store = service.running.store
    active = service.policies.active
    checkpoints = store.checkpoints(newest=True)
    return {
        "gateways": gateways(service, sees),
        "policy": {
            "active": active.digest if active else None,
            "problem": service.policies.problem,
        },
        "ungoverned": [
            {"agent": agent, "why": each.why, "since": stamp(each.since)}
            for agent, each in service.enforcement.standings.lost()
            if sees.of(agent)
        ],
        "paused": [control(each) for each in sees.controls()],
        "waiting": len(sees.approvals(lifecycle.OPEN)),
        "log": {
            "size": store.size(),
            "sealed": checkpoints[-1].size if checkpoints else 0,
            "problem": service.log.problem,
            "key": service.log.key,
        },
    }
