"""Connections: what the egress boundary saw, as a question on the one path."""

from dataclasses import dataclass, replace
from datetime import datetime

from clawband.enforcement.lease import LIFE, Book, Lease, Target
from clawband.enforcement.token import EGRESS, Claims
from clawband.flows.decide import Decided
from clawband.model.access import (
    GATEWAY,
    NOBODY,
    Action,
    Facts,
    Permit,
    Principal,
    Request,
    Resource,
    ResourceKind,
    Trace,
)
from clawband.model.deployment import Destination, Gateway, Standing, Workflow
from clawband.model.honeytoken import Place, Sighting
from clawband.model.network import Basis, Net
from clawband.model.provenance import Meaning
from clawband.network.urls import Url, split
from clawband.policy.sets import PolicySet
from clawband.ports.store import State

WEB_PORTS = (443, 80)
_ACTS = frozenset(action for action in Action if action.startswith("tool:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What can be seen of a connection besides its destination."""

    method: str = ""
    route: str = ""
    size: int = 0
    tags: frozenset[str] = frozenset()
    odd: bytes = b""
    """What it sends, when something in it has to be told; empty otherwise."""

    @property
    def action(self) -> Action:
        return Action.REQUEST if self.method else Action.CONNECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What explains a connection. `claims` or `lease` where a call does, `standing` where the
    gateway's manifest does, none of them where nothing does."""

    basis: Basis
    claims: Claims | None = None
    lease: Lease | None = None
    standing: Standing | None = None


def explained(
    gateway: str,
    claims: Claims | None,
    target: Target,
    book: Book,
    active: PolicySet | None,
    now: datetime,
) -> Explained:
    """Why this gateway would connect there now: what says so most exactly comes first."""
    if claims:
        single = claims.aud == EGRESS
        same = claims.dst == f"{target.host}:{target.port}"
        basis = Basis.CALL if not single else Basis.SINGLE if same else Basis.NONE
        return Explained(basis=basis, claims=claims)
    if lease := book.naming(gateway, target, now):
        return Explained(basis=Basis.LEASE, lease=lease)
    if named := standing(active, gateway, target):
        return Explained(basis=Basis.STANDING, standing=named)
    usable = list(book.usable(gateway, now))
    for each in (*filter(lambda lease: _lists(lease, target, active), usable),
                 *filter(lambda lease: lease.used, usable)):  # fmt: skip
        return Explained(basis=Basis.REDIRECT, lease=each)
    return Explained(basis=Basis.NONE)


def _lists(lease: Lease, target: Target, active: PolicySet | None) -> bool:
    principal = Principal(lease.gateway, lease.agent.partition("/")[2])
    return destination(_workflow(principal, active), lease.tool, target) is not None


def question(
    gateway: Gateway, why: Explained, target: Target, seen: Seen, state: State, *, governed: bool
) -> Request:
    """May this gateway, for whatever explains it, connect there?"""
    tool = why.claims.tool if why.claims else why.lease.tool if why.lease else ""
    net = Net(
        host=target.host, port=target.port, basis=why.basis, tool=tool,
        method=seen.method, route=seen.route,
    )  # fmt: skip
    principal, trace = who(gateway, why)
    run = f"{gateway.name}/{trace.run}" if trace.run else ""
    return Request(
        principal=principal,
        requester=state.requester(run) or NOBODY,
        action=seen.action,
        resource=Resource(ResourceKind.HOST, target.host),
        environment=gateway.environment,
        arguments={
            "host": target.host, "port": target.port, "method": seen.method, "path": seen.route,
        },
        facts=Facts(hosts=frozenset({target.host}), size=seen.size, tags=seen.tags, net=net),
        trace=trace,
        governed=governed,
    )  # fmt: skip


def who(gateway: Gateway, why: Explained) -> tuple[Principal, Trace]:
    """Whose connection it is, and the ids of what led to it."""
    if why.claims:
        said = why.claims
        name = said.sub.partition("/")[2]
        trace = Trace(session=said.session, run=said.run, call=said.call, trace=said.trace)
        return Principal(gateway.name, name), trace
    if why.lease:
        held = why.lease
        name = held.agent.partition("/")[2]
        trace = Trace(session=held.session, run=held.run, call=held.call, trace=held.trace)
        return Principal(gateway.name, name), trace
    return Principal(gateway.name, GATEWAY), Trace()


def sighting(gateway: Gateway, why: Explained, target: Target) -> Sighting:
    """Of a honeytoken on its way there."""
    principal, trace = who(gateway, why)
    return Sighting(
        place=Place.EGRESS, gateway=gateway.name, agent=principal.id, session=trace.session,
        run=trace.run, call=trace.call, trace=trace.trace,
        detail={"host": target.host, "port": str(target.port), "basis": str(why.basis)},
    )  # fmt: skip


def lease_of(decided: Decided, active: PolicySet | None) -> Lease | None:
    """The lease that a permitted call opens; None for one that has nothing to do on the network."""
    request = decided.request
    if request.action not in _ACTS or request.preview or not isinstance(decided.decision, Permit):
        return None
    targets = targets_of(request)
    workflow = _workflow(request.principal, active)
    tool = request.resource.id
    listed = any(tool in each.tools for each in workflow.egress) if workflow else False
    if not targets and not listed:
        return None
    return Lease(
        gateway=request.principal.gateway, agent=request.principal.id, tool=tool,
        session=request.trace.session, run=request.trace.run, call=request.trace.call,
        trace=request.trace.trace, who=request.requester.id, cause=decided.id,
        targets=targets, expires=decided.at + LIFE,
    )  # fmt: skip


def targets_of(request: Request) -> frozenset[Target]:
    """Hosts and ports that the call's URLs name. One that cannot be read names nothing."""
    found: set[Target] = set()
    for each in request.facts.arguments:
        if each.meaning is not Meaning.URL:
            continue
        url = split(each.value)
        if isinstance(url, Url):
            found.add(Target(url.host.name, url.port))
    return frozenset(found)


def destination(
    workflow: Workflow | None, tool: str, target: Target, net: Net | None = None
) -> Destination | None:
    """The first line of `[[egress]]` that names this target for this tool, and this request.

    Where none names the request, because something else permits it, it is the first one that names
    the target, and no credential is lent.
    """
    found = None
    for each in workflow.egress if workflow else ():
        if tool in each.tools and target.port in each.ports and names(each.hosts, target.host):
            if _covers(each, net):
                return each
            found = found or replace(each, credential="")
    return found


def _covers(line: Destination, net: Net | None) -> bool:
    """Whether the methods and paths of a line hold a request, if one was seen."""
    if net is None or not net.method:
        return True
    path = any(
        net.route.startswith(each) if each.endswith("/") else net.route == each
        for each in line.paths
    )
    return (not line.methods or net.method in line.methods) and (not line.paths or path)


def standing(active: PolicySet | None, gateway: str, target: Target) -> Standing | None:
    """The standing lease that names this target."""
    plan = active.gateways.get(gateway) if active else None
    for each in plan.standing if plan else ():
        if target.port in each.ports and names(each.hosts, target.host):
            return each
    return None


def names(patterns: tuple[str, ...], host: str) -> bool:
    """Whether a host is one of these, or below a `*.` domain of these."""
    return any(
        host == each or (each.startswith("*.") and host.endswith(each[1:]) and host != each[2:])
        for each in patterns
    )


def _workflow(principal: Principal, active: PolicySet | None) -> Workflow | None:
    return active.workflow_of(principal.gateway, principal.agent) if active else None
