"""A policy set: named files, read, checked and made ready as one, or refused as one."""

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from clawband.model.access import GATEWAY, Deny, Principal, Request
from clawband.model.deployment import GatewayPlan, Tool, Workflow
from clawband.model.digest import digest, sha256
from clawband.model.errors import InputError
from clawband.policy import gateways, language, schema
from clawband.policy.compile import compiled
from clawband.policy.engine import Engine
from clawband.policy.language import Policy, Problem
from clawband.policy.manifest import Manifest, parse
from clawband.policy.reader import Document, load
from clawband.policy.slicing import Index, Scope, Slice

BASELINE: Final = "library/baseline.cedar"
PROVENANCE: Final = "library/provenance.cedar"
STATE: Final = "library/state.cedar"
EGRESS: Final = "library/egress.cedar"
CONTAINMENT: Final = "library/containment.cedar"
# Shipped beside the code and fixed like it: package data, not a file of the deployment.
_LIBRARY: Final = {
    name: (pkgutil.get_data("clawband.policy", name) or b"").decode()
    for name in (BASELINE, PROVENANCE, STATE, EGRESS, CONTAINMENT)
}
_RESERVED = ("baseline", "provenance", "state", "egress", "containment", "clawband")


class PolicyError(InputError):
    """A set of files that cannot be enforced; `problems` names each place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        found = "a problem" if count == 1 else f"{count} problems"
        listed = "; ".join(str(problem) for problem in self.problems)
        super().__init__(
            f"the policy set has {found}: {listed}",
            remedy="correct the files and try again; the active set stays in force",
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PolicySet:
    """What is in force. Immutable; its digest names exactly these files under this code."""

    digest: str
    files: Mapping[str, str]
    policies: tuple[Policy, ...]
    manifests: Mapping[str, Manifest]
    """By workflow name."""
    gateways: Mapping[str, GatewayPlan]
    """By gateway name."""
    compiled: Mapping[str, str]
    """The Cedar text each manifest became, by workflow name."""
    agents: Mapping[str, str]
    """Agent, as the manifests write it, to workflow name."""
    index: Index
    engine: Engine

    @property
    def workflows(self) -> Mapping[str, Workflow]:
        return {name: manifest.workflow for name, manifest in self.manifests.items()}

    def workflow_of(self, gateway: str, agent: str) -> Workflow | None:
        """The workflow an agent is bound to, by its principal id or its bare name."""
        if agent == GATEWAY:
            plan = self.gateways.get(gateway)
            return plan.workflow if plan else None
        if "/" in agent:
            return None  # Or an agent could call itself by the id of one on another gateway.
        bound = self.agents.get(f"{gateway}/{agent}") or self.agents.get(agent)
        return self.manifests[bound].workflow if bound else None

    def scope_of(self, request: Request) -> Scope:
        """What policy scopes can see of a request. The binding is ours, not the request's."""
        workflow = self.workflow_of(request.principal.gateway, request.principal.agent)
        name = workflow.name if workflow else ""
        return Scope(name, request.principal, request.action, request.resource)

    def slice_of(self, request: Request) -> Slice:
        """The policies that can apply to a request."""
        return self.index.of(self.scope_of(request))

    def approval_roles(self, request: Request) -> frozenset[str]:
        """Roles whose approval some policy for this request asks for; empty when none can help."""
        cut = self.slice_of(request)
        return cut.roles if cut.mentions_approval else frozenset()

    def reply_instead(self, principal: Principal, denial: Deny) -> str:
        """What the manifest says to answer when a reply was refused as unsure; else empty."""
        workflow = self.workflow_of(principal.gateway, principal.agent)
        if workflow is None or workflow.unsure != "reply":
            return ""
        unsure = all(reason.policy == f"{workflow.name}/unsure" for reason in denial.reasons)
        return workflow.unsure_reply if unsure else ""


def build(files: Mapping[str, str], catalogue: Mapping[str, Tool]) -> PolicySet:
    """A set from `*.cedar` and `*.toml` texts by file name; the baseline is always part of it.

    Raises `PolicyError` with every problem found. Nothing of a broken set is ever enforced.
    """
    problems: list[Problem] = []
    manifests: dict[str, Manifest] = {}
    plans: dict[str, GatewayPlan] = {}
    policies: list[Policy] = []
    for name, text in {**_LIBRARY, **files}.items():
        if not name.isprintable():
            problems.append(Problem(ascii(name), 1, "expected a file name of visible characters"))
        elif name in _LIBRARY and name in files:
            problems.append(Problem(name, 1, "expected another file name, got a shipped one"))
        elif name.endswith(".cedar"):
            _extend(policies, problems, text, name)
        elif name.endswith(".toml"):
            document = load(text, name)
            if gateways.KEY in document.values:
                _plan(plans, problems, document, text)
            else:
                _manifest(manifests, problems, parse(text, name, catalogue))
        else:
            problems.append(Problem(name, 1, "expected a file named `*.cedar` or `*.toml`"))
    texts = {name: compiled(manifest) for name, manifest in manifests.items()}
    texts |= {plan.workflow.name: gateways.compiled(plan) for plan in plans.values()}
    for name, text in texts.items():
        file = manifests[name].file if name in manifests else name
        _extend(policies, problems, text, f"{file} (compiled)")
    agents = _bind(manifests, problems)
    problems += _clashes(policies) or _violations(policies)
    if problems:
        raise PolicyError(problems)
    return PolicySet(
        digest=_digest({**_LIBRARY, **files}, texts), files=dict(files), policies=tuple(policies),
        manifests=manifests, gateways=plans, compiled=texts, agents=agents,
        index=Index(policies), engine=Engine(),
    )  # fmt: skip


def _digest(files: Mapping[str, str], texts: Mapping[str, str]) -> str:
    # The compiled text is part of it: another release may compile the same manifest differently.
    return digest(
        {
            "v": 1,
            "schema": schema.DIGEST,
            "files": {name: sha256(text.encode()) for name, text in files.items()},
            "compiled": {name: sha256(text.encode()) for name, text in texts.items()},
        }
    )


def _extend(policies: list[Policy], problems: list[Problem], text: str, name: str) -> None:
    read, wrong = language.parse(text, name)
    policies += read
    problems += wrong


def _manifest(
    manifests: dict[str, Manifest],
    problems: list[Problem],
    read: tuple[Manifest | None, list[Problem]],
) -> None:
    manifest, wrong = read
    problems += wrong
    if manifest is None:
        return
    name = manifest.workflow.name
    if name in manifests:
        message = f"expected a name of its own, got `{name}`, which {manifests[name].file} has"
        problems.append(Problem(manifest.file, 1, message))
    elif name in _RESERVED or name.startswith("gateway-"):
        problems.append(Problem(manifest.file, 1, f"expected another name, got `{name}`"))
    else:
        manifests[name] = manifest


def _plan(
    plans: dict[str, GatewayPlan], problems: list[Problem], document: Document, text: str
) -> None:
    plan, wrong = gateways.parse(document, text)
    problems += wrong
    if plan and plan.gateway in plans:
        message = f"expected one manifest for each gateway, got two for `{plan.gateway}`"
        problems.append(Problem(document.file, 1, message))
    elif plan:
        plans[plan.gateway] = plan


def _bind(manifests: Mapping[str, Manifest], problems: list[Problem]) -> Mapping[str, str]:
    """Agent to workflow. A bare name stands for the agent on every gateway."""
    agents: dict[str, str] = {}
    for name, manifest in manifests.items():
        for agent in manifest.workflow.agents:
            for other, bound in agents.items():
                bare = "/" not in agent or "/" not in other
                same = agent.rpartition("/")[2] == other.rpartition("/")[2]
                if bound != name and (agent == other or (bare and same)):
                    message = f"expected an agent without a workflow, got `{agent}`, which"
                    message = f"{message} {manifests[bound].file} binds to `{bound}`"
                    problems.append(Problem(manifest.file, 1, message))
            agents[agent] = name
    return agents


def _clashes(policies: Iterable[Policy]) -> list[Problem]:
    seen: dict[str, Policy] = {}
    clashes = []
    for policy in policies:
        first = seen.setdefault(policy.id, policy)
        if first is not policy:
            message = f"expected an id of its own, got `{policy.id}`"
            message = f"{message}, which {first.file}:{first.line} has"
            clashes.append(Problem(policy.file, policy.line, message))
        elif policy.id.startswith("clawband/"):
            message = f"expected an id outside `clawband/`, got `{policy.id}`"
            clashes.append(Problem(policy.file, policy.line, message))
    return clashes


def _violations(policies: Iterable[Policy]) -> list[Problem]:
    policies = list(policies)
    places = {policy.id: policy for policy in policies}
    found = schema.violations("\n".join(policy.text for policy in policies))
    return [
        Problem(places[name].file, places[name].line, f"`{name}`: {said}")
        if name in places
        else Problem("schema", 1, said)
        for name, said in found.items()
    ]
