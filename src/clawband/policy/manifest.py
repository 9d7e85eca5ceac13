"""A workflow manifest: one TOML file that says what one workflow may do.

It answers what the workflow reads, what it writes, which external systems it touches, what needs
approval and by whom, and what happens when the agent or Clawband is unsure. What it does not name
is refused. `docs/workflows.md` explains every key; `compile` makes Cedar of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from clawband.model.access import GATEWAY, Action, Requirement
from clawband.model.deployment import Destination, Limits, Tool, Workflow
from clawband.model.person import Role
from clawband.policy import budgets, clearances, egress, models, ordered, patience, trust
from clawband.policy.budgets import Limit
from clawband.policy.declaration import ANYTHING, LEVELS, declared, required
from clawband.policy.language import Problem
from clawband.policy.ordered import After
from clawband.policy.presets import PRESETS, Preset
from clawband.policy.presets import requirement as needed
from clawband.policy.reader import Document, Table, load


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolApproval:
    """`tool` needs an approval; up to `above` minor units it does not."""

    tool: str
    requirement: Requirement
    above: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A manifest as read: the workflow, and what only its policies need to know."""

    workflow: Workflow
    file: str
    granted: Mapping[str, Tool]
    """Every tool under `reads` and `writes`, with what it means."""
    approvals: Mapping[str, ToolApproval] = field(default_factory=dict)
    replies: str = "refuse"
    reply_approval: Requirement | None = None
    requesters: str = "known"
    clearance: int = 0
    """The most confidential data that may leave by a reply or a sending tool."""
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recipients: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    clearances: Mapping[str, int] = field(default_factory=dict)
    """Recipient, `*@domain` or host to the most confidential data that may go there."""
    after: tuple[After, ...] = ()
    egress: tuple[tuple[Destination, int], ...] = ()
    """Where its commands and tools may connect, up to which confidentiality."""
    budgets: tuple[Limit, ...] = ()
    asks: str = ""
    """The role that is asked when unsure; empty unless the workflow's `unsure` is `ask`."""


def parse(
    text: str, file: str, catalogue: Mapping[str, Tool]
) -> tuple[Manifest | None, list[Problem]]:
    """The manifest, or everything that is wrong with it. `catalogue` holds the built-in tools."""
    document = load(text, file)
    if document.problems:
        return None, document.problems
    manifest = _read(document, text, catalogue)
    return (None if document.problems else manifest), document.problems


def _read(document: Document, text: str, catalogue: Mapping[str, Tool]) -> Manifest:
    root = Table(document, (), document.values)
    preset = PRESETS[root.choice("actions", PRESETS, "any")]
    workflow = _workflow(root, text, preset, declared(root.table("tools"), catalogue))
    unsure, asks, reply = _unsure(root.table("unsure"))
    workflow = replace(workflow, unsure=unsure, unsure_reply=reply)
    granted = _granted(root, workflow, {**workflow.tools, **catalogue})
    manifest = Manifest(
        workflow=workflow,
        file=document.file,
        granted=granted,
        replies=root.choice("replies", ("allow", "approve", "refuse"), preset.replies),
        requesters=root.choice("requesters", ("owner", "known", "anyone"), "known"),
        clearance=LEVELS.index(root.choice("clearance", LEVELS, "public")),
        hosts=_lists(root.table("hosts"), granted, "hosts"),
        paths=_lists(root.table("paths"), granted, "paths"),
        recipients=_lists(root.table("recipients"), granted, "recipients"),
        clearances=clearances.read(root.table("clearances")),
        after=ordered.read(root.tables("after"), granted),
        asks=asks,
    )
    manifest = _approvals(root, _connecting(root, _trusting(root, _spending(root, manifest))))
    preset.check(root, manifest.workflow, granted)
    root.close()
    return manifest


def _trusting(root: Table, manifest: Manifest) -> Manifest:
    """With what counts as explained, and how confidential each class of data is."""
    named = (manifest.hosts, manifest.paths, manifest.recipients)
    workflow = replace(
        manifest.workflow,
        listed=trust.listed(root.table("lists"), *named),
        accepts=trust.accepts(root.table("provenance")),
        classes=trust.classes(root.table("classes")),
    )
    return replace(manifest, workflow=workflow)


def _connecting(root: Table, manifest: Manifest) -> Manifest:
    listed = egress.read(root.tables("egress"), manifest.granted, manifest.clearance)
    asked = root.table("models")
    workflow = replace(
        manifest.workflow, egress=tuple(each for each, _ in listed), models=models.read(asked)
    )
    asked.close()
    return replace(manifest, workflow=workflow, egress=listed)


def _spending(root: Table, manifest: Manifest) -> Manifest:
    known = {**manifest.workflow.tools, **manifest.granted}
    limits = budgets.read(root.tables("budgets"), known)
    workflow = replace(manifest.workflow, budgets=tuple(each.budget for each in limits))
    return replace(manifest, workflow=workflow, budgets=limits)


def _workflow(root: Table, text: str, preset: Preset, tools: Mapping[str, Tool]) -> Workflow:
    name = root.text("name")
    if name and not _plain(name):
        root.complain("name", f"expected small letters, digits and `-`, got `{name}`")
    workflow = Workflow(
        name=name,
        owner=root.text("owner"),
        purpose=root.text("purpose"),
        environment=root.text("environment"),
        agents=root.texts("agents", required=True),
        channels=root.texts("channels"),
        reads=root.texts("reads") or preset.reads,
        writes=root.texts("writes"),
        systems=root.texts("systems"),
        tools=tools,
        limits=_limits(root.table("limits")),
        patience=patience.read(root.table("approval")),
        source=text,
    )
    if GATEWAY in workflow.agents:
        root.complain("agents", f"expected agents, got `{GATEWAY}`, which is a gateway itself")
    if not workflow.agents and "agents" in root.values:
        root.complain("agents", "expected at least one agent, got none")
    return workflow


def _unsure(table: Table) -> tuple[str, str, str]:
    """What happens, who is asked, what is said."""
    then = table.choice("then", ("refuse", "ask", "reply"), "refuse")
    asks = table.choice("ask", list(Role), "") if "ask" in table.values or then == "ask" else ""
    reply = table.text("reply", "")
    if then == "ask" and "ask" not in table.values:
        table.complain("ask", 'expected `ask = "<role>"` beside `then = "ask"`, got none')
    if then == "reply" and not reply:
        table.complain("reply", 'expected `reply = "<text>"` beside `then = "reply"`, got none')
    table.close()
    return then, asks if then == "ask" else "", reply


def _limits(table: Table) -> Limits:
    usual = Limits()
    limits = Limits(
        calls_per_run=table.whole("calls_per_run", usual.calls_per_run),
        calls_per_minute=table.whole("calls_per_minute", usual.calls_per_minute),
        message_bytes=table.whole("message_bytes", usual.message_bytes),
        argument_bytes=table.whole("argument_bytes", usual.argument_bytes),
        result_bytes=table.whole("result_bytes", usual.result_bytes),
    )
    table.close()
    return limits


def _granted(root: Table, workflow: Workflow, known: Mapping[str, Tool]) -> Mapping[str, Tool]:
    granted: dict[str, Tool] = {}
    for key, names in (("reads", workflow.reads), ("writes", workflow.writes)):
        for name in names:
            tool = known.get(name)
            if tool is None:
                message = f"expected a built-in tool or one under `[tools.{name}]`, got `{name}`"
                root.complain(key, message)
                continue
            effect = tool.effect.removeprefix("tool:")
            if (tool.effect == Action.READ) is not (key == "reads"):
                other = "writes" if key == "reads" else "reads"
                message = f"expected `{name}` under `{other}`, because its effect is `{effect}`"
                root.complain(key, message)
            if tool.system and tool.system not in workflow.systems:
                message = f"expected `{tool.system}` in `systems`, because `{name}` acts on it"
                root.complain("systems" if "systems" in root.values else key, message)
            granted[name] = tool
    return granted


def _lists(table: Table, granted: Mapping[str, Tool], what: str) -> Mapping[str, tuple[str, ...]]:
    """`[hosts]`, `[paths]` or `[recipients]`: for every granted tool that names some, which."""
    lists: dict[str, tuple[str, ...]] = {}
    for name in table.values:
        if name not in granted:
            table.complain(name, f"expected a tool of `reads` or `writes`, got `{name}`")
        elif not getattr(granted[name], what):
            table.complain(name, f"expected a tool that names {what}, got `{name}`")
        lists[name] = table.texts(name)
        for value in lists[name]:
            if wrong := FORMS[what](value):
                table.complain(name, f"expected {wrong}, got `{value}`")
    for name, tool in granted.items():
        if required(getattr(tool, what)) and name not in table.values:
            message = f'expected `{name} = […]` under `[{what}]`, got none ("*" means any)'
            table.complain(name, message)
    table.close()
    return lists


def _approvals(root: Table, manifest: Manifest) -> Manifest:
    approvals: dict[str, ToolApproval] = {}
    reply: Requirement | None = None
    for table in root.tables("approvals"):
        for_replies = table.truth("replies", default=False)
        tool = table.text("tool", "") if for_replies else table.text("tool")
        kind, requirement = needed(table)
        above = table.whole("above", 0) if "above" in table.values else None
        if kind:
            kind.check(table, manifest.granted.get(tool), replies=for_replies)
        table.close()
        if for_replies:
            reply = requirement
        elif tool in approvals:
            table.complain("tool", f"expected one approval for each tool, got two for `{tool}`")
        elif tool and tool not in manifest.granted:
            table.complain("tool", f"expected a tool of `reads` or `writes`, got `{tool}`")
        elif tool and above is not None and not manifest.granted[tool].amount:
            table.complain("above", f"expected `amount` in `[tools.{tool}]` beside `above`")
        approvals[tool] = ToolApproval(tool=tool, requirement=requirement, above=above)
    approvals.pop("", None)
    if (manifest.replies == "approve") is not (reply is not None):
        message = "expected `replies = true` in one of `[[approvals]]` exactly when `replies`"
        root.complain("replies", f'{message} is "approve"')
    return replace(manifest, approvals=approvals, reply_approval=reply)


def _plain(name: str) -> bool:
    return name.isascii() and all(c.isdigit() or c.islower() or c == "-" for c in name)


def _host(value: str) -> str:
    labels = value.split(".")
    good = value.isascii() and value == value.lower() and all(labels)
    fits = value == ANYTHING or (good and not set(value) & set("/:@*?[]\\%"))
    return "" if fits else "a host in small letters, without scheme, port and wildcard"


def _path(value: str) -> str:
    parts = value.removesuffix("/").split("/")
    plain = all(parts[1:]) and not set(parts) & {".", ".."} and not set(value) & set("\\?")
    return (
        ""
        if plain or value == "./"
        else "a file, or a folder with a final `/`, without `.` and `..`"
    )


def _recipient(value: str) -> str:
    return "" if value == value.lower() else "a recipient in small letters"


FORMS = {"hosts": _host, "paths": _path, "recipients": _recipient}
