"""Controls: stop something now, see what is stopped, let it go on."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from clawband.edges.console import commands
from clawband.edges.console.visit import Visit
from clawband.model.control import Control, ControlKind
from clawband.model.deployment import Gateway
from clawband.ports.gateway import Aborted
from clawband.service.gateways import Presence

_EFFECTS = {
    ControlKind.AGENT: "everything this agent does is refused, and its running turns end",
    ControlKind.TOOL: "every call of this tool is refused, by every agent",
    ControlKind.CHANNEL: "nothing comes in or goes out on it, and its running turns end",
    ControlKind.SKILL: "the gateways switch this skill off",
    ControlKind.WORKFLOW: "everything the agents of this workflow do is refused",
    ControlKind.GATEWAY: "everything on this gateway is refused, and all its turns end",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A gateway as known now."""

    gateway: Gateway
    alive: bool
    seen: datetime | None
    versions: str
    paused: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Something that can be paused: its kind and name."""

    kind: ControlKind
    name: str
    paused: bool


async def show(visit: Visit) -> Response:
    gateways = await asyncio.to_thread(visit.sees.gateways)
    paused = visit.sees.controls()
    return await visit.show(
        "controls.html",
        paused=paused,
        gateways=[_guarded(visit, gateway, paused) for gateway in gateways],
        known=_known(visit, paused),
        kinds=list(ControlKind),
        effects=_EFFECTS,
        kind=visit.asked("kind", 20),
        name=visit.asked("name"),
        pause_line=commands.pause("tool", "exec"),
        resume_line=commands.resume("tool", "exec"),
    )


async def pause(visit: Visit) -> Response:
    kind, name = visit.fields.get("kind", ""), visit.fields.get("name", "").strip()
    reason = visit.fields.get("reason", "").strip()
    control, aborted = await visit.service.stops.pause(kind, name, visit.me, reason)
    return visit.done("/controls", _said(control, aborted))


async def resume(visit: Visit) -> Response:
    kind, name = visit.fields.get("kind", ""), visit.fields.get("name", "")
    control = await visit.service.stops.resume(kind, name, visit.me)
    back = "/" if visit.fields.get("back") == "/" else "/controls"
    return visit.done(back, f"The {control.kind} `{control.name}` runs again.")


async def unguard(visit: Visit) -> Response:
    name = visit.part("name")
    await visit.service.gateways.remove(name, visit.fields.get("reason", ""), visit.me)
    return visit.done("/controls", f"The gateway `{name}` is out of guard; its credential is dead.")


def _said(control: Control, aborted: Aborted) -> str:
    said = f"The {control.kind} `{control.name}` is paused from the next call on."
    if aborted.sessions:
        turns = "turn was" if len(aborted.sessions) == 1 else "turns were"
        said += f" {len(aborted.sessions)} running {turns} ended."
    if aborted.failed:
        said += f" Not everything could be ended: {'; '.join(aborted.failed)[:500]}."
    return said


def _guarded(visit: Visit, gateway: Gateway, paused: Sequence[Control]) -> Guarded:
    presence = visit.service.gateways.presence.get(gateway.name) or Presence()
    return Guarded(
        gateway=gateway,
        alive=visit.service.gateways.alive(gateway.name),
        seen=presence.seen,
        versions=", ".join(f"{key} {text}" for key, text in sorted(presence.versions.items())),
        paused=any(control.id == f"gateway:{gateway.name}" for control in paused),
    )


def _known(visit: Visit, paused: Sequence[Control]) -> Sequence[Known]:
    """What policy names: workflows, their agents, channels and tools."""
    stopped = {control.id for control in paused}
    names: list[tuple[ControlKind, str]] = []
    for workflow in visit.sees.workflows():
        names.append((ControlKind.WORKFLOW, workflow.name))
        names += [(ControlKind.AGENT, agent) for agent in workflow.agents]
        names += [(ControlKind.CHANNEL, channel) for channel in workflow.channels]
        names += [(ControlKind.TOOL, tool) for tool in (*workflow.reads, *workflow.writes)]
    order = [ControlKind.WORKFLOW, ControlKind.AGENT, ControlKind.CHANNEL, ControlKind.TOOL]
    unique = sorted(set(names), key=lambda each: (order.index(each[0]), each[1]))
    return [Known(kind, name, f"{kind}:{name}" in stopped) for kind, name in unique]
