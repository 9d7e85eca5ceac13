"""A manifest as Cedar: each line of the manifest becomes a policy that can be read and tested.

Permits name exactly what the manifest names; limits, systems, environment, requesters and
clearance become forbids, because they hold whatever else is permitted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import cedarpy

from clawband.model.access import Action, Requirement
from clawband.model.deployment import Tool
from clawband.model.label import Confidentiality
from clawband.policy.manifest import ANYTHING, LEVELS, Manifest
from clawband.policy.schema import TOOL

WIDTH = 100
_ACTING = tuple(
    action for action in Action if action.startswith("tool:") and action is not Action.READ
)
_ASKABLE = (Action.READ, Action.WRITE, Action.SEND, Action.EXECUTE, Action.DELETE, Action.PAY)
_NAMES = (Action.RECEIVE, Action.SEND_REPLY)


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy of one workflow, in the words of a manifest. No action means every action."""

    name: str
    effect: str
    actions: tuple[str, ...]
    resource: str
    because: str = field(kw_only=True)
    remedy: str = field(kw_only=True, default="")
    when: str = field(kw_only=True, default="")
    unless: str = field(kw_only=True, default="")

    def cedar(self, workflow: str) -> str:
        """The policy's text."""
        notes = [("id", f"{workflow}/{self.name}"), ("because", self.because)]
        notes += [("remedy", self.remedy)] if self.remedy else []
        lines = [f"@{name}({quote(value)})" for name, value in notes]
        scope = f"principal in Workflow::{quote(workflow)}, {self._action()}, {self.resource}"
        lines.append(f"{self.effect} ({scope})")
        lines += [f"when {{ {self.when} }}"] if self.when else []
        lines += [f"unless {{ {self.unless} }}"] if self.unless else []
        return "\n".join(lines) + ";\n"

    def _action(self) -> str:
        actions = [f"Action::{quote(action)}" for action in self.actions]
        if len(actions) > 1:
            return f"action in [{', '.join(actions)}]"
        operator = "in" if self.actions == (TOOL,) else "=="
        return f"action {operator} {actions[0]}" if actions else "action"


def compiled(manifest: Manifest) -> str:
    """The Cedar text of the manifest's policies, one per answer it gives."""
    workflow = manifest.workflow
    head = f"// Compiled from {manifest.file}: {workflow.purpose}\n// Owner: {workflow.owner}\n"
    parts = (_messages, _tools, _results, _unsure, _bounds, _limits)
    rules = (rule for part in parts for rule in part(manifest))
    text = head + "".join(f"\n{rule.cedar(workflow.name)}" for rule in rules)
    return cedarpy.format_policies(text, WIDTH)


def quote(text: str) -> str:
    """A Cedar string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def approved(requirement: Requirement) -> str:
    """The condition that an approval of this kind is present."""
    return (
        f"context has approval && context.approval.roles.contains({quote(requirement.role)}) && "
        f"context.approval.people >= {requirement.people} && "
        f"context.approval.assurance >= {requirement.assurance}"
    )


def by_whom(requirement: Requirement) -> str:
    """`an approval by 2 admins at assurance 2`."""
    article = "an" if requirement.role[0] in "aeiou" else "a"
    who = (
        f"{article} {requirement.role}" if requirement.people == 1
        else f"{requirement.people} people with the role {requirement.role}"
    )  # fmt: skip
    strength = "" if requirement.assurance == 1 else f" at assurance {requirement.assurance}"
    return f"an approval by {who}{strength}"


def _messages(manifest: Manifest) -> Iterator[Rule]:
    name = manifest.workflow.name
    reply = manifest.reply_approval
    for channel in manifest.workflow.channels:
        resource = f"resource == Channel::{quote(channel)}"
        yield Rule(
            f"receive-{channel}", "permit", (Action.RECEIVE,), resource,
            because=f"`{name}` may receive messages on `{channel}`",
        )  # fmt: skip
        if manifest.replies == "allow":
            yield Rule(
                f"reply-{channel}", "permit", (Action.SEND_REPLY,), resource,
                because=f"`{name}` may reply on `{channel}`",
            )  # fmt: skip
        elif reply:
            yield Rule(
                f"reply-{channel}", "permit", (Action.SEND_REPLY,), resource,
                when=approved(reply),
                because=f"`{name}` may reply on `{channel}` with {by_whom(reply)}",
            )  # fmt: skip


def _tools(manifest: Manifest) -> Iterator[Rule]:
    name = manifest.workflow.name
    for tool in manifest.granted.values():
        action, resource = Action(tool.effect), f"resource == Tool::{quote(tool.name)}"
        where = list(_where(manifest, tool))
        verb = "read" if action is Action.READ else "write"
        approval = manifest.approvals.get(tool.name)
        narrow = " and ".join(_narrow(manifest, tool))
        narrowed = f" within its {narrow}" if narrow else ""
        remedy = f"name what it needs under {narrow} in the manifest" if narrow else ""
        if approval is None or approval.above is not None:
            small = [f"context.amount <= {approval.above}"] if approval else []
            upto = f" up to {small[0].split()[-1]} minor units" if small else ""
            yield Rule(
                f"{verb}-{tool.name}", "permit", (action,), resource,
                when=" && ".join([*where, *small]), remedy=remedy,
                because=f"`{name}` may call `{tool.name}`{narrowed}{upto}",
            )  # fmt: skip
        if approval:
            needed = by_whom(approval.requirement)
            yield Rule(
                f"approve-{tool.name}", "permit", (action,), resource,
                when=" && ".join([*where, approved(approval.requirement)]),
                because=f"`{name}` may call `{tool.name}`{narrowed} with {needed}",
                remedy=f"get {needed}" + (f", and {remedy}" if remedy else ""),
            )  # fmt: skip


def _narrow(manifest: Manifest, tool: Tool) -> Iterator[str]:
    lists = {"hosts": manifest.hosts, "paths": manifest.paths, "recipients": manifest.recipients}
    for what, named in lists.items():
        if ANYTHING not in named.get(tool.name, (ANYTHING,)):
            yield f"`[{what}]`"


def _where(manifest: Manifest, tool: Tool) -> Iterator[str]:
    for what, lists in (("hosts", manifest.hosts), ("recipients", manifest.recipients)):
        allowed = lists.get(tool.name, (ANYTHING,))
        if ANYTHING not in allowed:
            yield f"!context.{what}.isEmpty() && {_set(allowed)}.containsAll(context.{what})"
    allowed = manifest.paths.get(tool.name, (ANYTHING,))
    if ANYTHING not in allowed:
        yield "(" + (" || ".join(map(_inside, allowed)) or "false") + ")"


def _inside(path: str) -> str:
    if path == "./":
        outside = ('"/*"', '"~*"', '"../*"', '"?*"')
        likes = " || ".join(f"context.within like {pattern}" for pattern in outside)
        return f'(context.within != "" && context.within != ".." && !({likes}))'
    if path.endswith("/"):
        return f"context.within like {_starting(path)}"
    return f"context.within == {quote(path)}"


def _starting(text: str) -> str:
    """A `like` pattern for everything that starts with the text; a star in it is only a star."""
    return quote(text).replace("*", r"\*")[:-1] + '*"'


def _results(manifest: Manifest) -> Iterator[Rule]:
    tools = ", ".join(f"Tool::{quote(name)}" for name in manifest.granted)
    if tools:
        yield Rule(
            "result", "permit", (Action.RESULT,), "resource",
            when=f"[{tools}].contains(resource)",
            because=f"`{manifest.workflow.name}` may read what its own tools return",
        )  # fmt: skip


def _unsure(manifest: Manifest) -> Iterator[Rule]:
    name, asks = manifest.workflow.name, manifest.asks
    if not asks:
        yield Rule(
            "unsure", "forbid", (Action.SEND_REPLY,), "resource",
            when="context.unsure", because=f"the agent is not sure, and `{name}` then stays silent",
            remedy="have a person answer",
        )  # fmt: skip
        return
    asked = Requirement(asks)
    yield Rule(
        "unsure", "forbid", (Action.SEND_REPLY,), "resource",
        when="context.unsure", unless=approved(asked), remedy=f"get {by_whom(asked)}",
        because=f"the agent is not sure, and `{name}` then asks for {by_whom(asked)}",
    )  # fmt: skip
    yield Rule(
        "ask", "permit", _ASKABLE, "resource",
        when=approved(asked), remedy=f"get {by_whom(asked)}",
        because=f"`{name}` may do what its manifest does not name with {by_whom(asked)}",
    )  # fmt: skip
    yield Rule(
        "ask-result", "permit", (Action.RESULT,), "resource",
        because=f"`{name}` may read the result of what was approved",
    )  # fmt: skip


def _bounds(manifest: Manifest) -> Iterator[Rule]:
    workflow = manifest.workflow
    yield Rule(
        "environment", "forbid", (), "resource",
        when=f"principal.environment != {quote(workflow.environment)}",
        because=f"`{workflow.name}` belongs to the environment `{workflow.environment}`",
        remedy="bind another workflow to the agents of this environment",
    )  # fmt: skip
    yield Rule(
        "systems", "forbid", (TOOL,), "resource",
        unless=f"{_set(workflow.systems)}.containsAll(context.systems)"
        if workflow.systems else "context.systems.isEmpty()",
        because=f"`{workflow.name}` touches no other system than its manifest names",
        remedy="add the system to `systems` in the manifest",
    )  # fmt: skip
    if manifest.requesters != "anyone":
        people = ("owner", "known") if manifest.requesters == "known" else ("owner",)
        who = "people its channels admit" if len(people) > 1 else "its owner"
        yield Rule(
            "requester", "forbid", (Action.RECEIVE, *_ACTING), "resource",
            unless=f"{_set(people)}.contains(context.requester.authority)",
            because=f"`{workflow.name}` acts only for {who}",
            remedy="admit the sender in the gateway's channel settings",
        )  # fmt: skip
    if manifest.clearance < Confidentiality.RESTRICTED:
        yield Rule(
            "clearance", "forbid", (Action.SEND_REPLY, Action.SEND), "resource",
            when=f"context.confidentiality > {manifest.clearance}",
            because=f"the session has read more than `{LEVELS[manifest.clearance]}` data, "
            f"which `{workflow.name}` may not send",
            remedy="start a new session, or have a person send it",
        )  # fmt: skip


def _limits(manifest: Manifest) -> Iterator[Rule]:
    limits, name = manifest.workflow.limits, manifest.workflow.name
    bounds: tuple[tuple[str, Iterable[str], str, str], ...] = (
        ("run", (TOOL,), f"context.run_calls >= {limits.calls_per_run}",
         f"calls at most {limits.calls_per_run} tools in one run"),
        ("minute", (TOOL,), f"context.minute_calls >= {limits.calls_per_minute}",
         f"calls at most {limits.calls_per_minute} tools in one minute"),
        ("arguments", (TOOL,), f"context.size > {limits.argument_bytes}",
         f"passes at most {limits.argument_bytes} bytes to a tool"),
        ("message", _NAMES, f"context.size > {limits.message_bytes}",
         f"takes and gives messages of at most {limits.message_bytes} bytes"),
        ("result", (Action.RESULT,), f"context.size > {limits.result_bytes}",
         f"reads results of at most {limits.result_bytes} bytes"),
    )  # fmt: skip
    for what, actions, when, because in bounds:
        yield Rule(
            f"limit-{what}", "forbid", tuple(actions), "resource",
            when=when, because=f"`{name}` {because}", remedy="ask for less at once, or later",
        )  # fmt: skip


def _set(values: Iterable[str]) -> str:
    return "[" + ", ".join(map(quote, values)) + "]"
