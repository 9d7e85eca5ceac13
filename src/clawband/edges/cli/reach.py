"""What a policy set says of a URL, without a server: who would connect, and what explains it."""

from dataclasses import dataclass, field

from clawband.edges.cli.visible import visible
from clawband.enforcement.lease import Target
from clawband.flows import connect
from clawband.model.access import (
    GATEWAY,
    NOBODY,
    Action,
    Circumstances,
    Deny,
    Facts,
    Principal,
    Request,
    Resource,
    ResourceKind,
)
from clawband.model.deployment import Tool
from clawband.model.errors import InputError
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.network import Basis, Net
from clawband.network.addresses import networks
from clawband.network.explain import Allowance
from clawband.network.refusal import Refusal
from clawband.network.urls import Url
from clawband.openclaw import tools
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicySet

_AROUND = Circumstances(label=Label(Integrity.PERSON, Confidentiality.PUBLIC))
"""As if a person had asked and nothing was read: what is refused now is always refused."""


@dataclass(slots=True)
class Reach:
    """Asked about a URL and then about each redirect, as `network.explain` does.

    Without a tool it is the gateway itself that connects.
    """

    active: PolicySet
    principal: Principal
    environment: str
    tool: Tool | None
    _named: Target | None = field(default=None, init=False)

    def __call__(self, url: Url) -> Allowance | Refusal:
        target = Target(url.host.name, url.port)
        if self._named is None:
            self._named = target
            if self.tool and not self._runs(self.tool):
                refused = self._answer(self._call(self.tool, target))
                if isinstance(refused, Refusal):
                    return refused
        because = self._answer(self._connection(url, target))
        if isinstance(because, Refusal):
            return because
        return Allowance(because, networks(self._addresses(target)))

    @staticmethod
    def _runs(tool: Tool) -> bool:
        """Whether its argument is a command, which says nothing of where it connects."""
        return tool.effect == Action.EXECUTE

    def _answer(self, request: Request) -> str | Refusal:
        answer = evaluate(request, _AROUND, self.active)
        first = answer.reasons[0]
        return Refusal(first.policy, first.because) if isinstance(answer, Deny) else first.because

    def _call(self, tool: Tool, target: Target) -> Request:
        """The call that names the URL, which is decided before anything connects."""
        facts = Facts(
            hosts=frozenset({target.host}),
            systems=frozenset({tool.system} if tool.system else ()),
        )
        return self._asked(Action(tool.effect), Resource(ResourceKind.TOOL, tool.name), facts)

    def _connection(self, url: Url, target: Target) -> Request:
        plain = url.scheme == "http"
        net = Net(
            host=target.host, port=target.port, basis=self._basis(target),
            tool=self.tool.name if self.tool else "",
            method="GET" if plain else "", route=url.route if plain else "",
        )  # fmt: skip
        facts = Facts(hosts=frozenset({target.host}), net=net)
        action = Action.REQUEST if plain else Action.CONNECT
        return self._asked(action, Resource(ResourceKind.HOST, target.host), facts)

    def _basis(self, target: Target) -> Basis:
        if self.tool is None:
            found = connect.standing(self.active, self.principal.gateway, target)
            return Basis.STANDING if found else Basis.NONE
        if self._runs(self.tool):
            return Basis.CALL
        return Basis.LEASE if target == self._named else Basis.REDIRECT

    def _addresses(self, target: Target) -> tuple[str, ...]:
        """The networks of the line of policy that names the target."""
        who = self.principal
        if self.tool is None:
            standing = connect.standing(self.active, who.gateway, target)
            return standing.addresses if standing else ()
        workflow = self.active.workflow_of(who.gateway, who.agent)
        line = connect.destination(workflow, self.tool.name, target)
        return line.addresses if line else ()

    def _asked(self, action: Action, resource: Resource, facts: Facts) -> Request:
        return Request(
            principal=self.principal, requester=NOBODY, action=action, resource=resource,
            environment=self.environment, facts=facts, tool=self.tool,
        )  # fmt: skip


def reach(active: PolicySet, agent: str, tool: str) -> Reach:
    """Who connects: `GATEWAY/AGENT` with a tool, or a `GATEWAY` itself. Raises `InputError`."""
    gateway, slash, name = agent.partition("/")
    if bool(slash and name) != bool(tool):
        raise InputError(
            "expected --tool beside an agent, and none beside a gateway",
            remedy="write `--agent GATEWAY/AGENT --tool TOOL`, or `--agent GATEWAY`",
        )
    workflow = active.workflow_of(gateway, name or GATEWAY)
    manifest = active.manifests.get(workflow.name) if workflow else None
    known = {**tools.catalogue(), **(manifest.granted if manifest else {})}
    if tool and tool not in known:
        raise InputError(
            f"no tool `{visible(tool)}` is declared", remedy="see `clawband tools list`"
        )
    environment = workflow.environment if workflow else ""
    return Reach(active, Principal(gateway, name or GATEWAY), environment, known.get(tool))
