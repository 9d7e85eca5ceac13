"""What a policy set lets each agent do, as values that can be laid beside each other.

Read from what is enforced, the manifests as they were compiled; a policy that somebody wrote in
Cedar is no power of one agent, and is compared as it is (`policy.compare`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clawband.model.access import GATEWAY, Action, Requirement
from clawband.model.deployment import Destination, GatewayPlan, Models, Standing, Tool
from clawband.model.label import CLASSES
from clawband.model.provenance import Meaning
from clawband.policy.budgets import Limit
from clawband.policy.declaration import ANYTHING, LEVELS
from clawband.policy.manifest import Manifest
from clawband.policy.models import UNJOINED
from clawband.policy.ordered import After, told
from clawband.policy.rule import by_whom
from clawband.policy.sets import PolicySet

UNNAMED = ""
"""As action and resource: whatever the manifest does not name."""
LISTS = ("hosts", "paths", "recipients")
REQUESTERS = ("owner", "known", "anyone")
EVERYWHERE = "every region"
_ENVIRONMENT = "run in the environment"
_COVERED = ("unchanged", "pseudonyms of", "masked")


@dataclass(frozen=True, slots=True)
class Act:
    """`action` is an `Action` value; both are `UNNAMED` for what the manifest does not name."""

    action: str
    resource: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms an act is permitted. A list that is missing does not bound it."""

    approval: Requirement | None = None
    above: int | None = None
    """Minor units up to which no approval is needed; None for always needed."""
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tool: Tool | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """`<head> <value> <tail>`, as in "make 40 calls in one run". More `width` permits more."""

    width: int
    head: str
    value: str
    tail: str


Reach = tuple[Destination | Standing, int] | None
"""A destination and the most confidential data that may go there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """Of one agent."""

    workflow: str
    acts: Mapping[Act, Terms]
    levels: Mapping[str, Level]
    more: Mapping[tuple[str, str], Reach]
    """What it may besides, as verb and object: "take as the operator's own the id", "`42`"."""
    within: frozenset[tuple[str, str]]
    """What it may not leave, in the same form: "touch the system", "`billing`"."""
    duties: frozenset[str]
    """What it may not, as a verb: "send after it has read outside content"."""
    budgets: Mapping[str, Limit] = field(default_factory=dict)


def powers(active: PolicySet | None) -> Mapping[str, Powers]:
    """By agent, as the manifests name them; a gateway itself is `<gateway>/(gateway)`."""
    if active is None:
        return {}
    own = {name: of_workflow(manifest) for name, manifest in active.manifests.items()}
    plans = {f"{name}/{GATEWAY}": of_gateway(plan) for name, plan in active.gateways.items()}
    return {agent: own[bound] for agent, bound in active.agents.items()} | plans


def of_workflow(manifest: Manifest) -> Powers:
    return Powers(
        workflow=manifest.workflow.name,
        acts=dict(_acts(manifest)),
        levels=dict(_levels(manifest)),
        more=dict(_more(manifest)),
        within=frozenset(_within(manifest)),
        duties=frozenset(map(_duty, manifest.after)),
        budgets={each.budget.name: each for each in manifest.budgets},
    )


def of_gateway(plan: GatewayPlan) -> Powers:
    levels: dict[str, Level] = dict(_model_levels(plan.workflow.models))
    levels["unjoined"] = Level(
        UNJOINED.index(plan.unjoined), "answer model calls of no admitted run with", plan.unjoined,
        "",
    )  # fmt: skip
    for name, options, head in (
        ("ungoverned", ("cut", "alert"), "answer canaries that fail with"),
        ("uncontained", ("refuse", "accept"), "answer commands that cannot be contained with"),
        ("honeytoken", ("pause", "alarm"), "answer an agent that uses a honeytoken with"),
    ):
        chosen = str(getattr(plan, name))
        levels[name] = Level(options.index(chosen), head, chosen, "")
    more: dict[tuple[str, str], Reach] = {
        ("connect at any time to", _standing(each)): (each, len(LEVELS)) for each in plan.standing
    }
    return Powers(
        workflow=plan.workflow.name, acts=_asks(plan.workflow.models), levels=levels,
        more=more, duties=frozenset(),
        within=frozenset(
            {(_ENVIRONMENT, f"`{plan.workflow.environment}`"), *_regions(plan.workflow.models)}
        ),
    )  # fmt: skip


def _acts(manifest: Manifest) -> Iterator[tuple[Act, Terms]]:
    reply = Terms(approval=manifest.reply_approval)
    for channel in manifest.workflow.channels:
        yield Act(Action.RECEIVE, channel), Terms()
        if manifest.replies != "refuse":
            yield Act(Action.SEND_REPLY, channel), reply
    for tool in manifest.granted.values():
        approval = manifest.approvals.get(tool.name)
        yield (
            Act(tool.effect, tool.name),
            Terms(
                approval=approval.requirement if approval else None,
                above=approval.above if approval else None,
                lists=dict(_bounded(manifest, tool)),
                tool=tool,
            ),
        )
    yield from _asks(manifest.workflow.models).items()
    if manifest.asks:
        yield Act(UNNAMED, UNNAMED), Terms(approval=Requirement(manifest.asks))


def _asks(models: Models) -> dict[Act, Terms]:
    return {Act(Action.ASK_MODEL, name): Terms() for name in models.allow}


def _bounded(manifest: Manifest, tool: Tool) -> Iterator[tuple[str, frozenset[str]]]:
    for what in LISTS:
        listed = getattr(manifest, what).get(tool.name, ())
        if getattr(tool, what) and ANYTHING not in listed:
            yield what, frozenset(listed)


def _levels(manifest: Manifest) -> Iterator[tuple[str, Level]]:
    limits = manifest.workflow.limits
    yield "run", _count("make at most", limits.calls_per_run, "calls in one run")
    yield "minute", _count("make at most", limits.calls_per_minute, "calls in one minute")
    yield "message", _count("take and give messages of at most", limits.message_bytes, "bytes")
    yield "arguments", _count("pass at most", limits.argument_bytes, "bytes to a tool")
    yield "result", _count("read results of at most", limits.result_bytes, "bytes")
    yield "clearance", _data("send at most", manifest.clearance)
    for destination, level in manifest.clearances.items():
        yield f"clearance {destination}", _data("send at most", level, f"to `{destination}`")
    served = REQUESTERS.index(manifest.requesters)
    people = ("its owner", "people its channels admit", "anyone")[served]
    yield "requesters", Level(served, "act for", people, "")
    for tag, usual in CLASSES.items():
        level = manifest.workflow.classes.get(tag, usual)
        named = f"`{LEVELS[level]}`" if level >= 0 else "nothing of note"
        yield f"class {tag}", Level(-level, f"treat {tag} data as", named, "")
    yield from _model_levels(manifest.workflow.models)


def _count(head: str, most: int, tail: str) -> Level:
    return Level(most, head, f"{most:,}", tail)


def _data(head: str, level: int, tail: str = "") -> Level:
    return Level(level, head, f"`{LEVELS[level]}`", f"data {tail}".rstrip())


def _model_levels(models: Models) -> Iterator[tuple[str, Level]]:
    yield "models clearance", _data("show at most", models.clearance, "to models")
    for tag in ("secret", "personal"):
        cover = 2 if tag in models.mask else 1 if tag in models.pseudonymise else 0
        yield f"cover {tag}", Level(-cover, "show models", _COVERED[cover], f"{tag} data")


def _more(manifest: Manifest) -> Iterator[tuple[tuple[str, str], Reach]]:
    for accepted in sorted(manifest.workflow.accepts):
        effect, meaning, origin = accepted.split(":")
        yield (f"{effect}, without a person, where what it names is only {origin}:", meaning), None
    for meaning, value in sorted(_owned(manifest)):
        yield (f"take as the operator's own the {meaning}", f"`{value}`"), None
    patience = manifest.workflow.patience
    if patience.escalate_to:
        yield ("have its approvals decided by whoever is", f"`{patience.escalate_to}` too"), None
    if patience.chat:
        yield ("have its approvals decided by one factor, in a", "chat"), None
    for destination, level in manifest.egress:
        verb = f"let {', '.join(f'`{tool}`' for tool in destination.tools)} connect to"
        yield (verb, _destination(destination, level)), (destination, level)


def _within(manifest: Manifest) -> Iterator[tuple[str, str]]:
    workflow = manifest.workflow
    yield _ENVIRONMENT, f"`{workflow.environment}`"
    for system in workflow.systems:
        yield "touch the system", f"`{system}`"
    yield from _regions(workflow.models)


def _regions(models: Models) -> Iterator[tuple[str, str]]:
    for tag in CLASSES:
        regions = models.regions.get(tag)
        for region in (EVERYWHERE,) if regions is None else regions:
            yield f"show {tag} data to models in", region


def _owned(manifest: Manifest) -> set[tuple[str, str]]:
    """What counts as listed, without what the lists of the tools say already."""
    said = {
        (meaning, value)
        for meaning, lists in (
            (Meaning.URL, manifest.hosts), (Meaning.PATH, manifest.paths),
            (Meaning.RECIPIENT, manifest.recipients),
        )
        for values in lists.values() for value in values
    }  # fmt: skip
    return {
        (meaning, value) for meaning, values in manifest.workflow.listed.items() for value in values
    } - said


def _destination(each: Destination, level: int) -> str:
    parts = [_where(each), f"with up to `{LEVELS[level]}` data"]
    if each.methods or each.paths:
        parts.append(f"by {' '.join((*each.methods, *each.paths))}")
    parts += [f"inside {', '.join(each.addresses)}"] if each.addresses else []
    parts += ["seen in full"] if each.inspect else []
    parts += [f"masking {', '.join(each.mask)} data"] if each.mask else []
    parts += [f"with the credential `{each.credential}`"] if each.credential else []
    return ", ".join(parts)


def _standing(each: Standing) -> str:
    parts = [f"{_where(each)} for {each.purpose}", f"{each.bytes_per_hour:,} bytes an hour"]
    parts += [f"{each.connections} connections"]
    parts += [f"inside {', '.join(each.addresses)}"] if each.addresses else []
    return ", ".join(parts)


def _where(each: Destination | Standing) -> str:
    ports = "" if each.ports == (443,) else f" port {', '.join(map(str, each.ports))}"
    return f"{', '.join(f'`{host}`' for host in each.hosts)}{ports}"


def _duty(after: After) -> str:
    what = " or ".join(after.refuse) + (" to a new destination" if after.new else "")
    lifted = f" without {by_whom(after.unless)}" if after.unless else ""
    return f"{what} after it has read {' or '.join(map(told, after.read))}{lifted}"
