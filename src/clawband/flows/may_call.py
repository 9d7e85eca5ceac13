"""May this agent do this? Asked of the policy in force, under circumstances that are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clawband.approvals import hold, lifecycle
from clawband.flows.context import paused
from clawband.flows.who_can import Scene
from clawband.model.access import (
    Action,
    ApprovalFact,
    Authority,
    Circumstances,
    Deny,
    Facts,
    Permit,
    Principal,
    Reason,
    Request,
    Requester,
    Resource,
    ResourceKind,
)
from clawband.model.deployment import Tool
from clawband.model.errors import InputError, NotFoundError
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.openclaw import tools
from clawband.policy.declaration import ANYTHING
from clawband.policy.evaluate import evaluate
from clawband.policy.manifest import Manifest
from clawband.policy.sets import PolicySet
from clawband.ports.store import State

CALL = "call"
"""What the tool does, whatever that is."""
_KINDS = {
    Action.RECEIVE: ResourceKind.CHANNEL, Action.SEND_REPLY: ResourceKind.CHANNEL,
    Action.ASK_MODEL: ResourceKind.MODEL, Action.INSTALL: ResourceKind.PLUGIN,
}  # fmt: skip
_SHORT = {
    "receive": Action.RECEIVE, "reply": Action.SEND_REPLY, "ask": Action.ASK_MODEL,
    "install": Action.INSTALL,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`verdict`: `yes`, `no`, or `if`, when `terms` must be met first.

    `reasons` are the policies that decided; `limits` what may refuse it all the same.
    """

    verdict: str
    reasons: tuple[Reason, ...]
    terms: tuple[str, ...] = ()
    remedy: str = ""
    assumed: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`who`: an operator, `service:<account>`, or an agent as `<gateway>/<agent>`."""

    who: str
    action: str
    resource: str = ""
    arguments: Mapping[str, Any] | None = None


def agent(asked: Asked, scene: Scene, state: State) -> Answer:
    """Raises `NotFoundError` and `InputError`."""
    active = scene.active
    if active is None:
        raise NotFoundError("no policy set is active", remedy="publish one")
    request, assumed = _request(asked, scene, active)
    around = Circumstances(
        label=Label(Integrity.PERSON, Confidentiality.PUBLIC), paused=paused(request, state)
    )

    def under(fact: ApprovalFact | None) -> Permit | Deny:
        return evaluate(request, replace(around, approval=fact), active)

    told, cut = under(None), active.slice_of(request)
    decided = {reason.policy for reason in told.reasons}
    limits = [
        each.because for each in cut.policies.values()
        if each.effect == "forbid" and each.id not in decided
    ]  # fmt: skip
    if isinstance(told, Permit):
        return Answer(verdict="yes", reasons=told.reasons, assumed=assumed, limits=tuple(limits))
    wanted = hold.requirements(under, active.approval_roles(request))
    if not wanted:
        return Answer(verdict="no", reasons=told.reasons, remedy=told.remedy, assumed=assumed)
    terms = tuple(f"an approval by {lifecycle.describe(each)}" for each in wanted)
    given = under(hold.as_fact(wanted[0]))
    return Answer(
        verdict="if", reasons=given.reasons, terms=terms, assumed=assumed, limits=tuple(limits)
    )


def _request(asked: Asked, scene: Scene, active: PolicySet) -> tuple[Request, tuple[str, ...]]:
    gateway, _, agent = asked.who.partition("/")
    known = {each.name: each for each in scene.gateways}.get(gateway)
    if known is None:
        raise NotFoundError(
            f"no gateway `{gateway[:60]}` is enrolled", remedy="see `clawband gateway list`"
        )
    workflow = active.workflow_of(gateway, agent)
    manifest = active.manifests.get(workflow.name) if workflow else None
    action, resource, facts = _what(asked, manifest)
    assumed = ["somebody its channel knows asks, and nothing was read from outside"]
    tool = tools.declared(resource.id, workflow, tools.catalogue())
    if tool and manifest and asked.arguments is None:
        facts, named = _within(facts, tool, manifest)
        assumed += named
    request = Request(
        principal=Principal(gateway, agent),
        requester=Requester("somebody", "somewhere", Authority.KNOWN),
        action=action, resource=resource, facts=facts, tool=tool,
        environment=known.environment, workflow=workflow.name if workflow else "",
        arguments=asked.arguments or {},
    )  # fmt: skip
    return request, tuple(assumed)


def _what(asked: Asked, manifest: Manifest | None) -> tuple[Action, Resource, Facts]:
    wanted = _SHORT.get(asked.action, asked.action)
    if wanted in _KINDS:
        action = Action(wanted)
        return action, Resource(_KINDS[action], asked.resource), Facts()
    workflow = manifest.workflow if manifest else None
    found = tools.classify(asked.resource, asked.arguments or {}, workflow, tools.catalogue())
    effect = found[0].removeprefix("tool:")
    if wanted not in (CALL, effect, found[0]):
        raise InputError(
            f"expected `{effect}` with `{asked.resource[:60]}`, got `{asked.action[:40]}`",
            remedy=f"ask for `{CALL}` with a tool, or for {', '.join(_SHORT)}",
        )
    return found


def _within(facts: Facts, tool: Tool, manifest: Manifest) -> tuple[Facts, Sequence[str]]:
    """A call that names only what the manifest lists for the tool."""
    told, changes = [], dict[str, Any]()
    lists = {"hosts": manifest.hosts, "paths": manifest.paths, "recipients": manifest.recipients}
    for what, listed in lists.items():
        allowed = listed.get(tool.name, ())
        if getattr(tool, what) and allowed:
            changes[what] = frozenset({_example(allowed[0])})
            names = "anything" if ANYTHING in allowed else ", ".join(allowed[:5])
            told.append(f"its {what} are within {names}")
    if tool.amount:
        told.append("no amount is named")
    return replace(facts, **changes), told


def _example(allowed: str) -> str:
    if allowed == ANYTHING:
        return "any.example"
    return f"{allowed.removeprefix('./')}example" if allowed.endswith("/") else allowed
