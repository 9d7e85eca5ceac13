"""Access: who wants to do what to which resource, in which circumstances, and the answer.

The words are those of XACML and Cedar; AuthZEN's `subject` is the principal: an agent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from clawband.model.budget import Standing
from clawband.model.deployment import Tool
from clawband.model.digest import Json, digest
from clawband.model.ids import ApprovalId
from clawband.model.label import Label
from clawband.model.network import Net
from clawband.model.provenance import Argument, Explanation


class Action(StrEnum):
    """Everything an agent may ask to do. Policies are sliced by this before evaluation."""

    RECEIVE = "message:receive"
    SEND_REPLY = "message:send"
    READ = "tool:read"
    WRITE = "tool:write"
    SEND = "tool:send"
    EXECUTE = "tool:execute"
    DELETE = "tool:delete"
    PAY = "tool:pay"
    CONFIGURE = "tool:configure"
    UNKNOWN = "tool:unknown"
    """A tool nobody declared. It is the most dangerous action."""
    RESULT = "result:read"
    """A tool's result, before the model sees it."""
    INSTALL = "plugin:install"
    CONNECT = "net:connect"
    """Opening a connection to a host; what goes through it cannot be seen."""
    REQUEST = "net:request"
    """One HTTP request whose method and path can be seen."""
    ASK_MODEL = "model:ask"
    """Sending a prompt to a model provider."""


class ResourceKind(StrEnum):
    TOOL = "Tool"
    CHANNEL = "Channel"
    PLUGIN = "Plugin"
    HOST = "Host"
    MODEL = "Model"


class Authority(StrEnum):
    """What the channel knows of the requester."""

    OWNER = "owner"
    """The deployment's owner: holds the gateway's own credential."""
    KNOWN = "known"
    """Admitted by the channel's allowlist or pairing."""
    UNKNOWN = "unknown"


GATEWAY = "(gateway)"
"""The agent name of the gateway itself: no agent can have it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An agent of a guarded gateway, or the gateway itself."""

    gateway: str
    agent: str

    @property
    def id(self) -> str:
        return f"{self.gateway}/{self.agent}"


@dataclass(frozen=True, slots=True)
class Requester:
    """On whose behalf the agent acts. `id` is `<channel>:<sender>`, as in `telegram:4242`."""

    id: str
    channel: str
    authority: Authority = Authority.UNKNOWN


NOBODY = Requester(id="unknown:unknown", channel="unknown")


@dataclass(frozen=True, slots=True)
class Resource:
    kind: ResourceKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What policy may know about the arguments, besides labels. Computed by `openclaw.tools`."""

    hosts: frozenset[str] = frozenset()
    """Network hosts the call names, lower case."""
    paths: frozenset[str] = frozenset()
    """File paths the call names, normalised, relative to the workspace where inside it."""
    recipients: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    """External systems the tool acts on, as the workflow manifest names them."""
    amount: int = 0
    """Money in minor units (cents), 0 when none is named."""
    currency: str = ""
    """ISO 4217, where the call names one; `?` for one that cannot be read."""
    size: int = 0
    unsure: bool = False
    arguments: tuple[Argument, ...] = ()
    contents: tuple[str, ...] = ()
    """Free texts that would leave or stay, as written; `?` for one that cannot be read."""
    named: frozenset[str] = frozenset()
    """Hosts, paths and mailboxes that a call reads from, as source names."""
    referred: bool = False
    """For a result: the person named everything that the call read from."""
    carries: frozenset[str] = frozenset()
    """What the named paths are to the agent: `instructions`, `identity`, `skill` or `memory`."""
    tags: frozenset[str] = frozenset()
    """Classes of data in what would leave or was read: `secret`, `personal`, `business`."""
    protected: frozenset[str] = frozenset()
    """`ports.machine.Ground`: what the paths lead to that only the gateway may touch."""
    net: Net | None = None
    offered: int = 0
    region: str = ""
    """Where a model provider processes what it is sent, as settings name it: `eu`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The ids that join one message to everything it caused. Empty when unknown."""

    session: str = ""
    run: str = ""
    call: str = ""
    parent_call: str = ""
    """The wrapping `tool_call`, when the tool was reached through tool search."""
    message: str = ""
    trace: str = ""
    sender: str = ""
    """The session whose agent wrote the message."""


def scoped(gateway: str, name: str) -> str:
    """`<gateway>/<name>`: a gateway only speaks of its own sessions, runs, calls. Empty stays."""
    return f"{gateway}/{name}" if name else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A question from an enforcement point: may this happen, now?"""

    principal: Principal
    requester: Requester
    action: Action
    resource: Resource
    environment: str = "dev"
    workflow: str = ""
    """The workflow the agent is bound to; empty for none, which permits nothing."""
    arguments: Mapping[str, Json] = field(default_factory=dict)
    facts: Facts = Facts()
    trace: Trace = Trace()
    tool: Tool | None = None
    """What the tool was declared to mean; None when nobody declared it."""
    workspace: str = ""
    """The agent's folder; empty when it is not known."""
    governed: bool = True
    """False while canaries show that this agent's calls are not asked about."""
    contained: bool = False
    """The command of this call would start through our launcher."""
    preview: bool = False
    """The wrapper pass of tool search: the real pass follows, so it never holds or spends."""
    delivers: str = ""
    """Text digest, when this is the last step of a reply that was already decided."""

    @property
    def session(self) -> str:
        """The session's name among those of all gateways; empty for none."""
        return scoped(self.principal.gateway, self.trace.session)

    @property
    def run(self) -> str:
        """The run's name among those of all gateways; empty for none."""
        return scoped(self.principal.gateway, self.trace.run)

    @property
    def call(self) -> str:
        """The call's name among those of all gateways; empty for none."""
        return scoped(self.principal.gateway, self.trace.call)

    def digest(self) -> str:
        """What an approval is bound to: the exact action, not the ids of this attempt."""
        return digest(
            {
                "v": 1,
                "environment": self.environment,
                "agent": self.principal.id,
                "requester": self.requester.id,
                "session": self.trace.session,
                "action": str(self.action),
                "resource": f"{self.resource.kind}::{self.resource.id}",
                "arguments": self.arguments,
            }
        )


@dataclass(frozen=True, slots=True)
class ApprovalFact:
    """What policy sees of an approval: of a real one, or of a hypothesis of `approvals.hold`."""

    roles: frozenset[str]
    people: int
    assurance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is true around a request when it is evaluated; the rest of Cedar's context."""

    label: Label
    """All that the session has read, with what this request brings."""
    brought: Label | None = None
    """What the model reads if this is permitted; None for an act that brings nothing."""
    returned: tuple[str, str] | None = None
    """A trusted result without what this agent put there after reading from outside, and that."""
    paused: frozenset[str] = frozenset()
    """Ids of the controls that apply to this request, such as `tool:exec`."""
    run_calls: int = 0
    """Tool calls already permitted in this run."""
    minute_calls: int = 0
    """Tool calls permitted to this agent in the last 60 seconds."""
    budgets: tuple[Standing, ...] = ()
    """What it would use something of, before it does."""
    approval: ApprovalFact | None = None
    explanations: tuple[Explanation, ...] = ()
    """Where each consequential argument comes from."""
    history: frozenset[str] = frozenset()
    """What the session has read: `tool:web_fetch`, `tag:secret`, `outside`."""
    inherited: frozenset[str] = frozenset()
    """For what comes from another session: what that one has read and this one has not."""
    fresh: frozenset[str] = frozenset()
    """Named hosts and recipients that this agent never used before."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A policy that decided, or a guard that refused: its id and its because."""

    policy: str
    because: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """An approval that would lift a denial: `people` distinct holders of `role`."""

    role: str
    people: int = 1
    assurance: int = 1
    """Authentication strength, NIST SP 800-63B AAL 1 to 3."""


@dataclass(frozen=True, slots=True)
class Permit:
    reasons: tuple[Reason, ...]
    approval: ApprovalId | None = None
    """The approval this permit spends, in the same unit of work."""
    params: Mapping[str, Json] | None = None
    """The arguments to run with instead, such as a write that goes to quarantine."""
    text: str | None = None
    """The text to pass on instead: a cleaned result, a reply whose links lead nowhere."""
    signals: tuple[str, ...] = ()
    """What was noticed in a result and made harmless, such as `hidden-html`. No permission."""
    verdict = "permit"


@dataclass(frozen=True, slots=True)
class Deny:
    """A refusal. `remedy` says what would change the answer."""

    reasons: tuple[Reason, ...]
    remedy: str = ""
    verdict = "deny"


@dataclass(frozen=True, slots=True)
class Hold:
    """A denial that an admissible approval would lift."""

    reasons: tuple[Reason, ...]
    requirements: tuple[Requirement, ...]
    approval: ApprovalId | None = None
    """The pending approval that was opened (or found) for it."""
    verdict = "hold"


Decision = Permit | Deny | Hold
