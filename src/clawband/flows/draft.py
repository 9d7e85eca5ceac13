"""A manifest drafted from observed use: what an agent was permitted, exactly, and nothing else.

Where a manifest binds the agent, the draft is that manifest with what was not used taken out, so it
never permits more. What was refused because nothing permitted it is only listed, or drafted too
where somebody wants to learn. Nothing here is enforced: a person reads it and publishes it.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clawband.flows.gather import Used
from clawband.model.access import Action
from clawband.model.deployment import Tool
from clawband.model.errors import InputError
from clawband.policy.compare import Change, compare
from clawband.policy.declaration import ANYTHING, LEVELS, required
from clawband.policy.manifest import Manifest
from clawband.policy.powers import LISTS, REQUESTERS
from clawband.policy.sets import PolicySet, build
from clawband.policy.writing import toml

MOST = 20
"""Files of one tool that are listed one by one; more become their folders."""
FINAL = (Action.PAY, Action.DELETE, Action.EXECUTE, Action.CONFIGURE)
"""What nobody drafts without an approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A manifest's text and the file it would replace or be. `changes` says what publishing it
    would change; None where other agents share the manifest and must be taken care of first."""

    file: str
    text: str
    decisions: int
    refused: Mapping[str, int]
    """What nothing permitted, as "read with `web_fetch`", and how often it was asked for."""
    changes: tuple[Change, ...] | None


def draft(
    agent: str, environment: str, found: Used, active: PolicySet | None,
    catalogue: Mapping[str, Tool],
) -> Draft:  # fmt: skip
    """The manifest for what was used by `<gateway>/<agent>`. Raises `InputError` for nothing."""
    if not found.channels and not found.tools:
        raise InputError(
            f"there is nothing that `{agent}` was permitted to draft a manifest from",
            remedy="let it work for a while, or draft what was refused too with `--learn`",
        )
    gateway, _, name = agent.partition("/")
    workflow = active.workflow_of(gateway, name) if active else None
    manifest = active.manifests[workflow.name] if active and workflow else None
    shared = manifest is not None and len(manifest.workflow.agents) > 1
    values = tomllib.loads(workflow.source) if workflow else _base(agent, environment)
    if shared:
        values["name"] = _name(f"{values['name']}-{name}")
    values |= _plain(manifest, found) | {"agents": [agent]}
    _tables(values, found, manifest)
    file = manifest.file if manifest and not shared else f"{values['name']}.toml"
    text = "".join(_head(found, shared=shared)) + toml(_ordered(values))
    build({file: text}, catalogue)
    kept = dict(active.files) if active else {}
    changes = None if shared else compare(active, build({**kept, file: text}, catalogue))
    return Draft(
        file=file, text=text, decisions=found.decisions, refused=found.refused, changes=changes
    )


def _base(agent: str, environment: str) -> dict[str, Any]:
    return {
        "name": _name(agent.rpartition("/")[2]), "owner": "say who answers for it",
        "purpose": "say what it is for", "environment": environment,
    }  # fmt: skip


def _name(text: str) -> str:
    plain = "".join(each if each.isascii() and each.isalnum() else "-" for each in text.lower())
    return plain.strip("-") or "agent"


def _plain(manifest: Manifest | None, found: Used) -> dict[str, Any]:
    """The keys at the top. What the manifest says is never widened."""
    replies = manifest.replies if manifest else "allow"
    known = REQUESTERS.index(manifest.requesters) if manifest else len(REQUESTERS)
    level = manifest.clearance if manifest else len(LEVELS)
    tools = sorted(found.tools.values(), key=lambda tool: tool.name)
    return {
        "channels": sorted(found.channels),
        "replies": replies if found.replied else "refuse",
        "requesters": REQUESTERS[min(found.authority, known)],
        "clearance": LEVELS[min(found.clearance, level)],
        "reads": [tool.name for tool in tools if tool.effect == Action.READ],
        "writes": [tool.name for tool in tools if tool.effect != Action.READ],
        "systems": sorted({tool.system for tool in tools if tool.system}),
    }


def _tables(values: dict[str, Any], found: Used, manifest: Manifest | None) -> None:
    """What is said of the tools, cut down to those that were used."""
    for what in LISTS:
        listed = values.get(what, {})
        values[what] = {
            name: _listed(what, sorted(found.lists[what].get(name, ())), listed.get(name))
            for name, tool in sorted(found.tools.items())
            if found.lists[what].get(name) or name in listed or required(getattr(tool, what))
        }
    values["approvals"] = [
        each for each in values.get("approvals", ())
        if each.get("tool") in found.tools or (each.get("replies") and found.replied)
    ] + list(_asking(found, manifest))  # fmt: skip
    lines = values.get("egress", ())
    values["egress"] = [
        {**lines[place], "hosts": sorted(hosts), "tools": sorted(tools & set(found.tools))}
        for place, (hosts, tools) in sorted(found.lines.items())
        if tools & set(found.tools)
    ]
    values["after"] = list(_after(values.get("after", ()), set(found.tools)))
    if found.models or "models" in values:
        values["models"] = {**values.get("models", {}), "allow": sorted(found.models)}


def _asking(found: Used, manifest: Manifest | None) -> Iterator[dict[str, Any]]:
    """For a tool that the manifest does not grant: who was asked, or an approver where what it
    does cannot be undone."""
    granted = manifest.granted if manifest else {}
    for name, tool in sorted(found.tools.items()):
        if name not in granted and (name in found.approved or tool.effect in FINAL):
            yield {"tool": name, "role": (manifest.asks if manifest else "") or "approver"}


def _listed(what: str, seen: list[str], listed: list[str] | None) -> list[str]:
    """Hosts and people exactly; of folders that are listed those that were used."""
    if what != "paths":
        return seen
    if listed is None or ANYTHING in listed:
        folders = {f"{path.rpartition('/')[0]}/" if "/" in path else "./" for path in seen}
        return seen if len(seen) <= MOST else sorted(folders)
    return [each for each in listed if any(_within(path, each) for path in seen)]


def _within(path: str, listed: str) -> bool:
    outside = path.startswith(("/", "~", "../", "?")) or path == ".."
    return path == listed or (listed == "./" and not outside) or (
        listed.endswith("/") and path.startswith(listed)
    )  # fmt: skip


def _after(rules: Iterable[Mapping[str, Any]], tools: set[str]) -> Iterator[dict[str, Any]]:
    """Rules about tools that are left, whatever the others say."""
    for rule in rules:
        read = [rule["read"]] if isinstance(rule["read"], str) else rule["read"]
        left = [
            each for each in read
            if not each.startswith("tool:") or each.removeprefix("tool:") in tools
        ]  # fmt: skip
        if left:
            yield {**rule, "read": left} if len(left) < len(read) else dict(rule)


def _ordered(values: Mapping[str, Any]) -> dict[str, Any]:
    """What names it first, and nothing that is empty but what must be said."""
    first = ("name", "owner", "purpose", "environment", "agents", "actions", "channels", "replies")
    said = {key: values[key] for key in first if key in values}
    return said | {key: each for key, each in values.items() if each != {} and each != []}


def _head(found: Used, *, shared: bool) -> Iterator[str]:
    yield f"# Drafted from {found.decisions} decisions. Read every line before you publish it.\n"
    if shared:
        yield "# Its agent shares a manifest: take it out of `agents` there.\n"
    for what, count in sorted(found.refused.items()):
        shown = "".join(each if each.isprintable() else "?" for each in what)
        yield f"# Refused {count} times, because nothing permits it: {shown}\n"
    yield "\n"
