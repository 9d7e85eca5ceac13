"""Workflows: what may this workflow do?"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from clawband.approvals.lifecycle import describe
from clawband.edges.console import pipeline
from clawband.edges.console.activity import address
from clawband.edges.console.visit import Visit
from clawband.flows.authority import require
from clawband.identity.roles import Act
from clawband.model.budget import Budget, Standing
from clawband.model.deployment import Tool
from clawband.model.errors import NotFoundError
from clawband.model.event import Leaf, Tag
from clawband.model.label import Confidentiality
from clawband.policy.manifest import Manifest
from clawband.policy.sets import PolicySet
from clawband.ports.store import Query

DAY = timedelta(hours=24)
MOST = 1_000
"""Leaves counted of one agent; more are said to be more."""
_REQUESTERS = {
    "owner": "only the deployment's owner",
    "known": "people the channel knows",
    "anyone": "anybody who can write to it",
}
_UNSURE = {
    "refuse": "It does nothing: the action is refused.",
    "ask": "Somebody with role {role} is asked.",
    "reply": "It answers: “{reply}”",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A tool the workflow may use: within which bounds, and how often it did."""

    tool: Tool
    bounds: Sequence[tuple[str, Sequence[str]]]
    approval: str
    used: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What the log of the last 24 hours has of a workflow's agents."""

    leaves: Sequence[Leaf]
    capped: bool


async def listed(visit: Visit) -> Response:
    active = visit.service.policies.active
    manifests = active.manifests if active else {}
    counted = []
    for manifest in (manifests[each.name] for each in visit.sees.workflows()):
        found = await _leaves(visit, manifest, pipeline.DECISIONS)
        counted.append((manifest, _verdicts(found.leaves), found.capped))
    return await visit.show(
        "workflows.html",
        workflows=counted,
        problem=visit.service.policies.problem,
        requesters=_REQUESTERS,
    )


async def show(visit: Visit) -> Response:
    active, manifest = _manifest(visit)
    found = await _leaves(visit, manifest)
    malformed = await _malformed(visit, manifest)
    kept = await asyncio.to_thread(visit.service.running.store.checkpoints)
    stages = pipeline.stages(found.leaves, malformed, kept[-1].size if kept else 0)
    workflow = manifest.workflow
    used = pipeline.used(found.leaves)
    granted = [_grant(manifest, tool, used[name]) for name, tool in manifest.granted.items()]
    return await visit.show(
        "workflow.html",
        manifest=manifest,
        workflow=workflow,
        stages=stages,
        lying=pipeline.lying(stages),
        standing=pipeline.standing(stages),
        capped=found.capped,
        reads=[each for each in granted if each.tool.name in workflow.reads],
        writes=[each for each in granted if each.tool.name in workflow.writes],
        approvals=_approvals(manifest),
        unsure=_UNSURE[workflow.unsure].format(role=manifest.asks, reply=workflow.unsure_reply),
        requesters=_REQUESTERS[manifest.requesters],
        spent=_spent(visit.service.budgets.of(workflow)),
        clearance=Confidentiality(manifest.clearance).name.lower(),
        compiled=active.compiled[workflow.name],
        activity=address(f"agent={_principals(visit, manifest)[0]}"),
        paused=[each for each in visit.sees.controls() if _touches(each.id, manifest)],
    )


def _manifest(visit: Visit) -> tuple[PolicySet, Manifest]:
    name = visit.part("name")
    active = visit.service.policies.active
    manifest = active.manifests.get(name) if active else None
    if active is None or manifest is None:
        raise NotFoundError(
            f"no workflow `{name[:60]}` is in force",
            remedy="choose one from the list, or publish its manifest",
        )
    require(visit.me, Act.LOOK, manifest.workflow.environment)
    return active, manifest


async def _leaves(visit: Visit, manifest: Manifest, tags: frozenset[Tag] = frozenset()) -> Seen:
    since, capped = visit.now - DAY, False
    leaves: list[Leaf] = []
    for agent in _principals(visit, manifest):
        query = Query(agent=agent, tags=tags, since=since, limit=MOST)
        found = await visit.sees.find(query)
        capped = capped or len(found) == MOST
        leaves += found
    return Seen(leaves, capped)


async def _malformed(visit: Visit, manifest: Manifest) -> int:
    """Requests that were none carry no agent, so they count for the whole gateway."""
    gateways = {agent.partition("/")[0] for agent in _principals(visit, manifest)}
    query = Query(tags=frozenset({Tag.REQUEST_REFUSE}), since=visit.now - DAY, limit=MOST)
    found = await visit.sees.find(query)
    return sum(leaf.event.gateway in gateways for leaf in found)


def _principals(visit: Visit, manifest: Manifest) -> Sequence[str]:
    """The agents by their full id; a bare name is the agent on every gateway."""
    gateways = [gateway.name for gateway in visit.sees.gateways()]
    named: list[str] = []
    for agent in manifest.workflow.agents:
        named += [agent] if "/" in agent else [f"{gateway}/{agent}" for gateway in gateways]
    return named or list(manifest.workflow.agents)


def _verdicts(leaves: Sequence[Leaf]) -> Mapping[str, int]:
    counts = {"permit": 0, "deny": 0, "hold": 0}
    for leaf in leaves:
        if not leaf.event.detail.get("preview") and leaf.event.outcome in counts:
            counts[leaf.event.outcome] += 1
    return counts


def _grant(manifest: Manifest, tool: Tool, used: int) -> Grant:
    lists = (("hosts", manifest.hosts), ("paths", manifest.paths), ("to", manifest.recipients))
    wanted = manifest.approvals.get(tool.name)
    approval = ""
    if wanted:
        above = f" above {wanted.above} minor units" if wanted.above is not None else ""
        approval = f"{describe(wanted.requirement)}{above}"
    bounds = [(word, names[tool.name]) for word, names in lists if names.get(tool.name)]
    return Grant(tool=tool, bounds=bounds, approval=approval, used=used)


def _approvals(manifest: Manifest) -> Sequence[tuple[str, str]]:
    wanted = [(f"`{each.tool}`", each) for each in manifest.approvals.values()]
    found = [(name, describe(each.requirement)) for name, each in wanted]
    if manifest.reply_approval:
        found.append(("every reply", describe(manifest.reply_approval)))
    return found


def _spent(standings: Sequence[Standing]) -> Sequence[tuple[Budget, Sequence[Standing]]]:
    """Budget by budget, whoever used most first."""
    found: dict[str, list[Standing]] = {}
    for each in standings:
        found.setdefault(each.budget.name, []).append(each)
    return [(each[0].budget, each) for each in found.values()]


def _touches(control: str, manifest: Manifest) -> bool:
    workflow = manifest.workflow
    agents = {f"agent:{agent}" for agent in workflow.agents}
    agents |= {f"agent:{agent.rpartition('/')[2]}" for agent in workflow.agents}
    gateways = {f"gateway:{agent.partition('/')[0]}" for agent in workflow.agents if "/" in agent}
    tools = {f"tool:{tool}" for tool in manifest.granted}
    channels = {f"channel:{channel}" for channel in workflow.channels}
    return control in {f"workflow:{workflow.name}"} | agents | gateways | tools | channels
