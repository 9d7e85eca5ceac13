"""A manifest as Cedar: each line of the manifest becomes a policy that can be read and tested.

Permits name exactly what the manifest names; limits, systems, environment, requesters and
clearance become forbids, because they hold whatever else is permitted.
"""

from collections.abc import Iterable, Iterator

import cedarpy

from clawband.model.access import Action, Requirement
from clawband.model.deployment import Tool
from clawband.policy import budgets, clearances, egress, models, ordered
from clawband.policy.declaration import ANYTHING, required
from clawband.policy.manifest import Manifest
from clawband.policy.patience import agreed
from clawband.policy.rule import Rule, approved, by_whom, only, quote, quoted
from clawband.policy.schema import TOOL

WIDTH = 100
_ACTING = tuple(
    action for action in Action if action.startswith("tool:") and action is not Action.READ
)
_ASKABLE = (Action.READ, Action.WRITE, Action.SEND, Action.EXECUTE, Action.DELETE, Action.PAY)
_NAMES = (Action.RECEIVE, Action.SEND_REPLY)


def compiled(manifest: Manifest) -> str:
    """The Cedar text of the manifest's policies, one per answer it gives."""
    workflow = manifest.workflow
    head = f"// Compiled from {manifest.file}: {workflow.purpose}\n// Owner: {workflow.owner}\n"
    parts = (
        _messages, _tools, _results, _unsure, _bounds, _leaving, _after, _egress, _models, _limits,
        _budgets,
    )  # fmt: skip
    rules = (rule for part in parts for rule in part(manifest))
    text = head + "".join(f"\n{rule.cedar(workflow.name)}" for rule in rules)
    return cedarpy.format_policies(text, WIDTH)


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
                when=agreed(reply, manifest.workflow.patience),
                because=f"`{name}` may reply on `{channel}` with {by_whom(reply)}",
            )  # fmt: skip


def _tools(manifest: Manifest) -> Iterator[Rule]:
    name, patience = manifest.workflow.name, manifest.workflow.patience
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
                when=" && ".join([*where, agreed(approval.requirement, patience)]),
                because=f"`{name}` may call `{tool.name}`{narrowed} with {needed}",
                remedy=f"get {needed}" + (f", and {remedy}" if remedy else ""),
            )  # fmt: skip


def _narrow(manifest: Manifest, tool: Tool) -> Iterator[str]:
    lists = {"hosts": manifest.hosts, "paths": manifest.paths, "recipients": manifest.recipients}
    for what, named in lists.items():
        if getattr(tool, what) and ANYTHING not in named.get(tool.name, ()):
            yield f"`[{what}]`"


def _where(manifest: Manifest, tool: Tool) -> Iterator[str]:
    """What its lists leave of a tool. What may be left out and is on no list must be left out."""
    for what, lists in (("hosts", manifest.hosts), ("recipients", manifest.recipients)):
        keys, allowed = getattr(tool, what), lists.get(tool.name, ())
        if keys and ANYTHING not in allowed:
            named = f"!context.{what}.isEmpty() && " if required(keys) else ""
            yield named + only(what, allowed)
    allowed = manifest.paths.get(tool.name, ())
    if tool.paths and ANYTHING not in allowed:
        inside = [_inside(path) for path in allowed]
        empty = [] if required(tool.paths) else ['context.within == ""']
        yield "(" + (" || ".join([*empty, *inside]) or "false") + ")"


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
        unless=only("systems", workflow.systems),
        because=f"`{workflow.name}` touches no other system than its manifest names",
        remedy="add the system to `systems` in the manifest",
    )  # fmt: skip
    if manifest.requesters != "anyone":
        people = ("owner", "known") if manifest.requesters == "known" else ("owner",)
        who = "people its channels admit" if len(people) > 1 else "its owner"
        yield Rule(
            "requester", "forbid", (Action.RECEIVE, *_ACTING), "resource",
            unless=f"{quoted(people)}.contains(context.requester.authority)",
            because=f"`{workflow.name}` acts only for {who}",
            remedy="admit the sender in the gateway's channel settings",
        )  # fmt: skip


def _egress(manifest: Manifest) -> Iterator[Rule]:
    workflow, granted = manifest.workflow, manifest.granted
    yield from egress.rules(
        workflow.name, manifest.egress, granted, manifest.hosts, workflow.classes
    )


def _models(manifest: Manifest) -> Iterator[Rule]:
    return models.rules(manifest.workflow.name, manifest.workflow.models)


def _leaving(manifest: Manifest) -> Iterator[Rule]:
    name, listed = manifest.workflow.name, manifest.clearances
    return clearances.rules(name, manifest.clearance, listed, manifest.granted.values())


def _after(manifest: Manifest) -> Iterator[Rule]:
    return ordered.rules(manifest.workflow.name, manifest.after)


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


def _budgets(manifest: Manifest) -> Iterator[Rule]:
    return budgets.rules(manifest.workflow.name, manifest.budgets)
