"""Deployment: the gateways we guard, their agents, and the policy in force, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from clawband.model.budget import Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A guarded OpenClaw gateway. `credential` is the SHA-256 of the secret its plugin holds."""

    name: str
    environment: str
    credential: str
    enrolled: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What a tool's arguments and output mean. `effect` is an `Action` value.

    `hosts` to `contents` name argument keys by what their values are (`model.provenance.Meaning`);
    `hosts` are the URLs. `outside` says that strangers can author its output; `attested` names the
    fields of its output that the system behind it writes and nobody else, such as `id` or `sender`.
    `system` is the external system it acts on, empty for none.
    """

    name: str
    effect: str
    system: str = ""
    outside: bool = True
    confidentiality: int = 0
    hosts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    amount: str = ""
    currency: str = ""
    """The argument that names the currency of `amount`; empty for a tool that knows only one."""
    decimals: int = 0
    """Digits after the point of `amount`; 0 for an amount in minor units."""
    ids: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    """Free text that leaves or stays: looked through for links and classes, never traced."""
    attested: tuple[str, ...] = ()
    launch: str = ""
    """The argument with a command that our launcher can start instead; `?` where a command runs
    and none can be wrapped; empty for a tool that runs none on the gateway's machine."""
    clearance: int = 3
    """The most confidential data that may go into it; the workflow's clearance holds besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a workflow may use up. 0 means none is allowed, so defaults are explicit."""

    calls_per_run: int = 40
    calls_per_minute: int = 60
    message_bytes: int = 32_768
    argument_bytes: int = 65_536
    result_bytes: int = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`[approval]`: how long an approval waits. 0 minutes leaves it to the server."""

    escalate_minutes: int = 0
    escalate_to: str = ""
    """The role that is asked too after that; empty for nobody."""
    expire_minutes: int = 0
    chat: bool = False
    """A yes from a chat of the approver's is taken, which is never worth more than one factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """`[[egress]]`: where the commands and tools of a workflow may connect.

    `hosts` are names, or `*.` with a domain for everything below it; `addresses` the networks in
    which an internal host may be found, in CIDR form. Empty means none, not any.
    """

    hosts: tuple[str, ...]
    ports: tuple[int, ...] = (443,)
    tools: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    inspect: bool = False
    """TLS is ended here, so that each request can be seen and decided."""
    methods: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    """Classes of data that are masked in what is sent there."""
    credential: str = ""
    """What is put on requests there, by its name in the settings; empty for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`[[standing]]`: where a gateway itself may always connect, within a budget."""

    name: str
    purpose: str
    hosts: tuple[str, ...]
    ports: tuple[int, ...] = (443,)
    addresses: tuple[str, ...] = ()
    bytes_per_hour: int = 1_000_000_000
    """Both directions together."""
    connections: int = 64
    """Open at the same time."""
    credential: str = ""
    """A secret that is put on its requests inside TLS, which is looked into for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """`[models]`: which models may be asked, and what of a prompt they may read."""

    allow: tuple[str, ...] = ()
    """`<provider>/<model>`, or `<provider>/*`."""
    mask: tuple[str, ...] = ("secret",)
    """Classes of data that are masked for good."""
    pseudonymise: tuple[str, ...] = ()
    """Classes of data that get pseudonyms, which the answer gives back."""
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Class of data to the regions it may go to; a class that is missing may go to all."""
    clearance: int = 3
    """The most confidential data that the session may have read."""


@dataclass(frozen=True, slots=True)
class Price:
    """Of a model, in minor units for a million tokens."""

    input: int
    output: int
    cached: int
    """Input tokens that the provider had in its cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A manifest as enforced. `agents` are principal ids or bare agent names."""

    name: str
    owner: str
    purpose: str
    environment: str
    agents: tuple[str, ...]
    channels: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    systems: tuple[str, ...]
    tools: Mapping[str, Tool] = field(default_factory=dict)
    limits: Limits = Limits()
    unsure: str = "refuse"
    """`refuse`, `ask` or `reply`: what happens when the agent or Clawband is unsure."""
    unsure_reply: str = ""
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values the manifest names, by `model.provenance.Meaning`: they count as `listed`."""
    accepts: frozenset[str] = frozenset()
    """`<effect>:<meaning>:<origin>`: an explanation that is enough here, as in
    `send:recipient:referred`."""
    classes: Mapping[str, int] = field(default_factory=dict)
    """Confidentiality of what is tagged `secret`, `personal` or `business`; -1 ignores the tag.
    A class that is missing keeps its default."""
    egress: tuple[Destination, ...] = ()
    models: Models = Models()
    patience: Patience = Patience()
    budgets: tuple[Budget, ...] = ()
    source: str = ""
    """The TOML text it was compiled from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPlan:
    """A gateway's manifest as enforced: what the gateway itself may do, and what happens when the
    guard is not asked."""

    gateway: str
    workflow: Workflow
    """Stands for the gateway on the decision path; its only agent is `model.access.GATEWAY`."""
    standing: tuple[Standing, ...] = ()
    ungoverned: str = "cut"
    """`cut` or `alert`: what canaries that fail do to connections and credentials."""
    uncontained: str = "refuse"
    """`refuse` or `accept`: commands where the kernel cannot contain them."""
    unjoined: str = "refuse"
    """`refuse`, `without-tools` or `allow`: model calls of no run that was admitted. One that
    offers no tools can only say words: a summary, a title."""
    honeytoken: str = "alarm"
    """`alarm` or `pause`: whether an agent that uses a honeytoken is stopped as well."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By `<provider>/<model>`."""
