"""Who can do what: people, service accounts, agents, gateways; each power with its last use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from clawband.flows.use import Uses
from clawband.identity.reach import Agent, Kind, Power, ordered
from clawband.identity.roles import Act
from clawband.model.access import GATEWAY, Action, Deny, Permit
from clawband.model.deployment import Gateway, GatewayPlan
from clawband.model.environments import ENVIRONMENTS
from clawband.model.person import Operator
from clawband.openclaw.places import carries
from clawband.policy import console
from clawband.policy.console import PROVED, Standing
from clawband.policy.declaration import ANYTHING
from clawband.policy.grants import Granted, granted
from clawband.policy.sets import PolicySet

_ANYWHERE = frozenset({ANYTHING, "./"})
_OBEYED = frozenset({"instructions", "identity", "skill"})
MARK = "the second factor"
_QUIET = frozenset({Action.RESULT, Action.RECEIVE, Action.REQUEST, Action.CONNECT})
"""What follows from another power, or is a connection: the egress pages tell those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything the answer is made of. `keys`: a service account to the acts its keys name, with
    `@` and the environment where they open in one; `lent`: who holds a role for a time, and which;
    `away`: who stands in, and for whom."""

    people: Sequence[Operator]
    gateways: Sequence[Gateway]
    active: PolicySet | None
    uses: Uses
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lent: Mapping[str, frozenset[str]] = field(default_factory=dict)
    away: Mapping[str, Sequence[Operator]] = field(default_factory=dict)


def powers(scene: Scene) -> Sequence[Power]:
    """All of them, the gravest first, without their last use: that changes with every decision,
    they do not."""
    return ordered((*_people(scene), *_accounts(scene), *_agents(scene), *_gateways(scene)))


def dated(power: Power, uses: Uses) -> Power:
    """With its last use, if there was one."""
    who = f"{power.who}/{GATEWAY}" if power.kind is Kind.GATEWAY else power.who
    own = power.kind in (Kind.PERSON, Kind.ACCOUNT)
    last = uses.of(who, power.can if own else f"{power.can} {power.what}")
    return replace(power, last=last) if last else power


def principals(agents: Sequence[str], gateways: Sequence[Gateway]) -> Sequence[str]:
    """Agents as manifests write them by their full id; a bare name is the agent everywhere."""
    named: list[str] = []
    for agent in agents:
        known = [f"{each.name}/{agent}" for each in gateways]
        named += [agent] if "/" in agent else (known or [f"*/{agent}"])
    return named


def _people(scene: Scene) -> Iterator[Power]:
    for person in scene.people:
        own = frozenset(map(str, person.roles))
        lent = scene.lent.get(person.name, frozenset())
        for act, by, terms, where in _may(own, lent):
            yield Power(
                kind=Kind.PERSON, who=person.name, can=act, by=by, terms=terms, where=where,
                broad="every act" if by == "console/admin" and not where else "",
            )  # fmt: skip
        yield from _instead(person, scene)


def _instead(person: Operator, scene: Scene) -> Iterator[Power]:
    """What they may because somebody is away: decide approvals, and nothing else."""
    for giver in scene.away.get(person.name, ()):
        for act, by, _, where in _may(frozenset(map(str, giver.roles)), frozenset()):
            if act is Act.DECIDE_APPROVAL:
                yield Power(
                    kind=Kind.PERSON, who=person.name, can=act, by=by, where=where,
                    terms=f"the approvals of `{giver.name}`, who is away",
                )  # fmt: skip


@lru_cache(1_024)
def _may(own: frozenset[str], lent: frozenset[str]) -> tuple[tuple[Act, str, str, str], ...]:
    """Act, policy, terms and environment of everything that these roles may do, those for a time
    after the others; many people have the same."""
    always = list(_reach(own))
    for_good = {(act, where) for act, _, where in always}
    found = [(act, by, _terms(act), where) for act, by, where in always]
    for act, by, where in _reach(own | lent) if lent else ():
        if not for_good & {(act, where), (act, "")}:
            found.append((act, by, "for a time", where))
    return tuple(found)


def _reach(roles: frozenset[str]) -> Iterator[tuple[Act, str, str]]:
    """Each act where they may do it: everywhere, or else in which environments."""
    for act in Act:
        for where in ("", *ENVIRONMENTS):
            told = _full(act, roles, where)
            if isinstance(told, Permit):
                yield act, told.reasons[0].policy, where
                if not where:
                    break


def _full(act: Act, roles: frozenset[str], where: str) -> Permit | Deny:
    """With everything shown that may be asked for."""
    return console.answer(act, Standing(roles=roles, assurance=PROVED, fresh=True), where)


def _terms(act: Act) -> str:
    """What a person with a second factor must do first."""
    asked = console.answer(act, Standing(roles=frozenset({"admin"}), second_factor=True))
    return "" if isinstance(asked, Permit) else MARK


def _accounts(scene: Scene) -> Iterator[Power]:
    for name, acts in scene.keys.items():
        for act, _, where in sorted(each.partition("@") for each in acts):
            told = console.answer(act, keyed(acts, act, where), where)
            if isinstance(told, Permit):
                yield Power(
                    kind=Kind.ACCOUNT, who=name, can=act, by=told.reasons[0].policy, where=where,
                    terms="its key",
                )  # fmt: skip


def keyed(acts: frozenset[str], act: str, where: str) -> Standing:
    """How a service account with keys for these acts stands before this one, in this place."""
    everywhere = act in acts
    return Standing(
        roles=frozenset(), service=True, scope=everywhere or f"{act}@{where}" in acts,
        environment="" if everywhere else where,
    )  # fmt: skip


def _agents(scene: Scene) -> Iterator[Power]:
    if scene.active is None:
        return
    everyone = agents(scene)
    bound: dict[str, list[Agent]] = {name: [] for name in scene.active.manifests}
    for each in everyone:
        bound[each.workflow].append(each)
    for grant in granted(scene.active):
        if grant.action in _QUIET or grant.action is Action.INSTALL:
            continue
        if grant.workflow:
            whom: Sequence[Agent] = bound.get(grant.workflow, ())
        else:
            whom = [each for each in everyone if grant.agent in ("", each.who)]
        yield from (_power(grant, agent) for agent in whom)
    yield from _secrets(scene.active, bound)
    yield from _skills(scene.active, bound)


def agents(scene: Scene) -> Sequence[Agent]:
    """Every agent that a manifest names, by workflow."""
    return [
        Agent(
            who=who, workflow=name, owner=each.owner, purpose=each.purpose,
            where=each.environment, channels=each.channels,
        )
        for name, each in (scene.active.workflows.items() if scene.active else ())
        for who in principals(each.agents, scene.gateways)
    ]  # fmt: skip


def _power(grant: Granted, agent: Agent) -> Power:
    return Power(
        kind=Kind.AGENT, who=agent.who, can=grant.action, what=grant.resource, by=grant.policy.id,
        terms=_approval(grant.roles), broad=grant.broad, where=agent.where, owner=agent.owner,
    )  # fmt: skip


def _approval(roles: frozenset[str]) -> str:
    return f"an approval by {' or '.join(sorted(roles))}" if roles else ""


def _secrets(active: PolicySet, bound: Mapping[str, Sequence[Agent]]) -> Iterator[Power]:
    for name, manifest in active.manifests.items():
        for each in manifest.workflow.egress:
            for agent in bound[name] if each.credential else ():
                yield Power(
                    kind=Kind.AGENT, who=agent.who, can="secret:use", what=each.credential,
                    by=f"{name}/egress", terms=f"at {', '.join(each.hosts)}", where=agent.where,
                    owner=agent.owner,
                )  # fmt: skip


def _skills(active: PolicySet, bound: Mapping[str, Sequence[Agent]]) -> Iterator[Power]:
    """Who may write what later sessions obey."""
    for name, manifest in active.manifests.items():
        for tool in manifest.granted.values():
            paths = manifest.paths.get(tool.name, ()) if tool.effect == Action.WRITE else ()
            found = [path for path in paths if path in _ANYWHERE or _OBEYED & carries(path)]
            for agent in bound[name] if found else ():
                yield Power(
                    kind=Kind.AGENT, who=agent.who, can="skill:write", what=tool.name,
                    by=f"{name}/write-{tool.name}", terms=f"in {', '.join(found)}",
                    where=agent.where, owner=agent.owner,
                )  # fmt: skip


def _gateways(scene: Scene) -> Iterator[Power]:
    plans = scene.active.gateways if scene.active else {}
    grants = list(granted(scene.active)) if scene.active else []
    installs = [each for each in grants if each.action is Action.INSTALL]
    for gateway in scene.gateways:
        own = f"{gateway.name}/{GATEWAY}"
        for grant in installs:
            if grant.agent in ("", own) and not grant.workflow:
                yield Power(
                    kind=Kind.GATEWAY, who=gateway.name, can=grant.action, what=grant.resource,
                    by=grant.policy.id, terms=_approval(grant.roles), where=gateway.environment,
                )  # fmt: skip
        plan = plans.get(gateway.name)
        for what in _loose(plan) if plan else ():
            yield Power(
                kind=Kind.GATEWAY, who=gateway.name, can="gateway:loosen", what=what,
                by=f"gateway-{gateway.name}", where=gateway.environment,
            )  # fmt: skip


def _loose(plan: GatewayPlan) -> Iterator[str]:
    if plan.ungoverned == "alert":
        yield "a guard that is not asked only alerts"
    if plan.uncontained == "accept":
        yield "commands run where nothing contains them"
    if plan.unjoined == "allow":
        yield "models are asked outside of any run"
    for each in plan.standing:
        if any(host.startswith("*.") for host in each.hosts):
            yield f"always connects to {', '.join(each.hosts)}"
