"""Over-permission: what was granted and is not used, who has too much, and what would be enough."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clawband.flows.accounts import Listed
from clawband.flows.who_can import Scene, principals
from clawband.identity import keys
from clawband.identity.findings import (
    ADMINS,
    MOST_EFFECTS,
    MOST_SYSTEMS,
    Finding,
    Kind,
    enough,
)
from clawband.identity.roles import Act
from clawband.model.deployment import Tool
from clawband.model.errors import Error
from clawband.model.label import Confidentiality
from clawband.model.person import Operator, Role, anywhere
from clawband.policy.console import roles_for
from clawband.policy.manifest import Manifest
from clawband.policy.narrower import narrower
from clawband.policy.reader import load
from clawband.ports.shelf import Shelf
from clawband.ports.store import Ledger

DAYS = 30
ACTIVATIONS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """At what. `since`: workflow and tool to the moment from which on it was always granted."""

    scene: Scene
    accounts: Sequence[Listed]
    since: Mapping[tuple[str, str], datetime]
    catalogue: Mapping[str, Tool]
    now: datetime
    window: timedelta = field(default=timedelta(days=DAYS))

    @property
    def edge(self) -> datetime:
        return self.now - self.window

    @property
    def told(self) -> bool:
        """Whether the log reaches back far enough to say that something was not used."""
        uses = self.scene.uses
        return uses.complete and uses.since is not None and uses.since <= self.edge

    def idle(self, at: datetime | None) -> bool:
        return at is None or at < self.edge


def since(ledger: Ledger, shelf: Shelf, edge: datetime) -> Mapping[tuple[str, str], datetime]:
    """From when on each tool of each workflow was granted without a break, back to `edge`."""
    found: dict[tuple[str, str], datetime] = {}
    alive: set[tuple[str, str]] | None = None
    read: dict[str, set[tuple[str, str]]] = {}
    for each in ledger.activations(ACTIVATIONS):
        try:
            if each.digest not in read:
                read[each.digest] = set(_listed(shelf.files(each.digest)))
        except Error:
            break
        alive = read[each.digest] if alive is None else alive & read[each.digest]
        found |= dict.fromkeys(alive, each.at)
        if each.at <= edge:
            break
    return found


def _listed(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Workflow and tool of every manifest, as written."""
    for name, text in files.items():
        values = load(text, name).values if name.endswith(".toml") else {}
        for tool in (*values.get("reads", ()), *values.get("writes", ())):
            yield str(values.get("name", "")), str(tool)


def findings(looked: Looked) -> Sequence[Finding]:
    """People first, then keys, then agents."""
    return [*_people(looked), *_keys(looked), *_agents(looked)]


def _people(looked: Looked) -> Iterator[Finding]:
    people = looked.scene.people
    admins = [each for each in people if Role.ADMIN in each.roles]
    if len(admins) > ADMINS and len(admins) * 10 > len(people):
        names = ", ".join(f"`{each.name}`" for each in admins[:8])
        yield Finding(
            kind=Kind.ADMINS, who="", says=f"{len(admins)} of {len(people)} people are admins: "
            f"{names}", remedy="give most of them the roles they use",
        )  # fmt: skip
    for each in people:
        if each in admins:
            yield from _admin(each, looked) if len(admins) > 1 and looked.told else ()
        elif {Role.BUILDER, Role.APPROVER} <= anywhere(each.roles):
            yield Finding(
                kind=Kind.DUTIES, who=each.name,
                says=f"`{each.name}` changes policy and approves what it holds back",
                remedy="take one of the roles builder and approver away",
            )  # fmt: skip


def _admin(person: Operator, looked: Looked) -> Iterator[Finding]:
    uses = looked.scene.uses.all(person.name)
    used = frozenset(Act(act) for act, at in uses.items() if act in _ACTS and not looked.idle(at))
    roles = enough(used, _MAY)
    if person.added > looked.edge or roles is None:
        return
    did = ", ".join(sorted(used)) or "nothing that is recorded"
    yield Finding(
        kind=Kind.ADMIN, who=person.name,
        says=f"`{person.name}` may do everything, and did {did} in {looked.window.days} days, "
        "reading apart",
        remedy=f"give `{person.name}` the role {', '.join(sorted(roles))} instead of admin",
    )  # fmt: skip


def _keys(looked: Looked) -> Iterator[Finding]:
    for account in looked.accounts:
        for held in account.keys:
            if not held.key.alive(looked.now):
                continue
            for doubt in keys.broad(held.key):
                yield _key(account, held.id, doubt, "make narrower keys, one for each job")
            used = held.used or held.key.made
            if used < looked.edge:
                days = looked.window.days
                yield _key(account, held.id, f"not used for {days} days", "revoke it")


def _key(account: Listed, id: str, what: str, remedy: str) -> Finding:
    name = account.account.name
    return Finding(
        kind=Kind.KEY, who=account.account.principal, says=f"key `{id}` of `{name}`: {what}",
        remedy=remedy,
    )  # fmt: skip


def _agents(looked: Looked) -> Iterator[Finding]:
    active = looked.scene.active
    manifests = active.manifests if active else {}
    for manifest in manifests.values():
        yield from _wide(manifest)
        if looked.told:
            yield from _unused(manifest, looked)
    yield from _many(manifests)


def _unused(manifest: Manifest, looked: Looked) -> Iterator[Finding]:
    name, days = manifest.workflow.name, looked.window.days
    old = {
        tool for tool in manifest.granted
        if looked.since.get((name, tool), looked.now) <= looked.edge
    }  # fmt: skip
    agents = principals(manifest.workflow.agents, looked.scene.gateways)
    unused = {agent: old - _used(agent, looked) for agent in agents}
    for agent, idle in unused.items():
        if idle and idle == set(manifest.granted):
            yield Finding(
                kind=Kind.IDLE, who=agent, says=f"`{agent}` used nothing for {days} days",
                remedy=f"take `{agent}` out of `agents` in {manifest.file}",
            )  # fmt: skip
        elif idle:
            listed = ", ".join(f"`{each}`" for each in sorted(idle))
            yield Finding(
                kind=Kind.UNUSED, who=agent,
                says=f"`{agent}` did not use {listed} for {days} days",
                remedy=f"take away what none of its agents uses, in {manifest.file}",
                file=manifest.file, proposal=_proposal(manifest, unused, looked),
            )  # fmt: skip


def _used(agent: str, looked: Looked) -> set[str]:
    """Tools, whatever was done with them."""
    uses = looked.scene.uses.all(agent)
    return {power.partition(" ")[2] for power, at in uses.items() if not looked.idle(at)}


def _proposal(manifest: Manifest, unused: Mapping[str, set[str]], looked: Looked) -> str:
    """Without what no agent of the workflow uses."""
    nobody = frozenset(set.intersection(*unused.values()))
    if not nobody or nobody == set(manifest.granted):
        return ""
    return narrower(manifest, nobody, looked.catalogue) or ""


def _wide(manifest: Manifest) -> Iterator[Finding]:
    workflow, granted = manifest.workflow, manifest.granted.values()
    effects = {tool.effect for tool in granted}
    if len(workflow.systems) >= MOST_SYSTEMS or len(effects) >= MOST_EFFECTS:
        yield Finding(
            kind=Kind.WIDE, who=workflow.name,
            says=f"`{workflow.name}` acts on {len(workflow.systems)} systems with "
            f"{len(effects)} kinds of effects", remedy="split it into a workflow for each task",
        )  # fmt: skip
    reads = [tool for tool in granted if tool.name in workflow.reads]
    secret = any(tool.confidentiality >= Confidentiality.CONFIDENTIAL for tool in reads)
    sends = [tool for tool in granted if tool.effect == "tool:send"]
    free = [each.name for each in sends if each.name not in manifest.approvals]
    if secret and free and any(tool.outside for tool in reads):
        yield Finding(
            kind=Kind.TRIFECTA, who=workflow.name,
            says=f"`{workflow.name}` reads what strangers write and what is confidential, and "
            f"sends with `{free[0]}` without an approval",
            remedy=f"let a person approve `{free[0]}`, or read with another workflow",
        )  # fmt: skip


def _many(manifests: Mapping[str, Manifest]) -> Iterator[Finding]:
    found: dict[str, list[Manifest]] = defaultdict(list)
    for manifest in manifests.values():
        for agent in {each.rpartition("/")[2] for each in manifest.workflow.agents}:
            found[agent].append(manifest)
    for agent, bound in found.items():
        places = {each.workflow.environment for each in bound}
        if len(bound) > 1:
            listed = ", ".join(f"`{each.workflow.name}`" for each in bound)
            over = f" in {' and '.join(sorted(places))}" if len(places) > 1 else ""
            yield Finding(
                kind=Kind.MANY, who=agent, says=f"`{agent}` is an agent of {listed}{over}",
                remedy="give the agent of each workflow a name of its own",
            )  # fmt: skip


_ACTS = frozenset(map(str, Act))
_MAY = {role: frozenset(act for act in Act if role in roles_for(act)) for role in Role}
