"""What an agent did, gathered from its recorded decisions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from clawband.enforcement.lease import Target
from clawband.flows import recorded
from clawband.flows.connect import destination, names
from clawband.flows.recorded import POLICY, Past
from clawband.model.access import Action, Request
from clawband.model.deployment import Tool
from clawband.model.event import Event, Leaf
from clawband.policy.manifest import FORMS
from clawband.policy.powers import LISTS, REQUESTERS
from clawband.policy.sets import PolicySet

_SENDING = (Action.SEND_REPLY, Action.SEND, Action.CONNECT, Action.REQUEST)
_NET = (Action.CONNECT, Action.REQUEST)


@dataclass
class Used:
    """What was permitted or only waited for a person."""

    decisions: int = 0
    channels: set[str] = field(default_factory=set)
    replied: bool = False
    tools: dict[str, Tool] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    """Tools of which a call waited for a person."""
    lists: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: {what: {} for what in LISTS}
    )
    """Hosts, paths and recipients by tool, as far as a manifest can name them."""
    lines: dict[int, tuple[set[str], set[str]]] = field(default_factory=dict)
    """By the place of a line of `[[egress]]`, the hosts and tools that used it."""
    models: set[str] = field(default_factory=set)
    authority: int = 0
    """The place in `REQUESTERS` of those it acted for."""
    clearance: int = 0
    """The most confidential data that a session had read when something left."""
    refused: dict[str, int] = field(default_factory=dict)
    """What nothing permits, by its action and resource."""


Payload = Callable[[str], bytes | None]


def gather(
    leaves: Iterable[Leaf], active: PolicySet | None, payload: Payload,
    catalogue: Mapping[str, Tool], *, learn: bool,
) -> Used:  # fmt: skip
    """What the decisions of one agent show; with `learn`, what nothing permits counts as used."""
    found = Used()
    for leaf in leaves:
        event = leaf.event
        found.decisions += 1
        if event.action == Action.ASK_MODEL and event.outcome == "permit":
            found.models.add(event.resource.partition("::")[2])
        digest = str(event.detail.get("payload", ""))
        past = recorded.past(event, payload(digest) if digest else None)
        if not isinstance(past, Past):
            continue
        asked = recorded.request(past, active, catalogue, "")
        unnamed = past.verdict == "deny" and _unnamed(event)
        if past.verdict != "deny" or (learn and unnamed and asked.action is not Action.UNKNOWN):
            _use(found, asked, past, active)
        elif unnamed:
            what = f"{asked.action} {asked.resource.id}"
            found.refused[what] = found.refused.get(what, 0) + 1
    return found


def _unnamed(event: Event) -> bool:
    """Whether it was refused only because nothing permits it."""
    reasons = event.detail.get("reasons")
    return isinstance(reasons, list | tuple) and bool(POLICY & set(map(str, reasons[:1])))


def _use(found: Used, asked: Request, past: Past, active: PolicySet | None) -> None:
    authority = str(asked.requester.authority)
    place = REQUESTERS.index(authority if authority in REQUESTERS else REQUESTERS[-1])
    if asked.action is Action.RECEIVE or (asked.tool and asked.action is not Action.READ):
        found.authority = max(found.authority, place)
    if asked.action in _SENDING:
        level = past.event.detail.get("confidentiality", 0)
        found.clearance = max(found.clearance, level if isinstance(level, int) else 0)
    if asked.action in (Action.RECEIVE, Action.SEND_REPLY):
        found.channels.add(asked.resource.id)
        found.replied |= asked.action is Action.SEND_REPLY
    elif asked.action in _NET:
        _connected(found, asked, active)
    elif asked.tool and asked.action.startswith("tool:"):
        found.tools[asked.tool.name] = asked.tool
        if past.verdict == "approval":
            found.approved.add(asked.tool.name)
        for what in LISTS:
            named = {each for each in getattr(asked.facts, what) if not FORMS[what](each)}
            found.lists[what].setdefault(asked.tool.name, set()).update(named)


def _connected(found: Used, asked: Request, active: PolicySet | None) -> None:
    """Which lines explain the connection; a lease that its call opened needs none."""
    net, principal = asked.facts.net, asked.principal
    workflow = active.workflow_of(principal.gateway, principal.agent) if active else None
    if net is None or workflow is None:
        return
    target = Target(net.host, net.port)
    if destination(workflow, net.tool, target, net) is None:
        return
    for place, line in enumerate(workflow.egress):
        if net.tool in line.tools and net.port in line.ports and names(line.hosts, net.host):
            hosts, tools = found.lines.setdefault(place, (set(), set()))
            hosts.add(net.host)
            tools.add(net.tool)
