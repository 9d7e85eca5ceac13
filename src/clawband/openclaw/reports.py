"""What the plugin reports after the fact, as events. Texts become sizes, never content."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clawband.model import ids
from clawband.model.deployment import Gateway
from clawband.model.digest import Json
from clawband.model.errors import InputError
from clawband.model.event import Event, Tag
from clawband.openclaw import hooks, validation

TAGS = {
    "message_received": Tag.MESSAGE_RECEIVE,
    "after_tool_call": Tag.CALL_FINISH,
    "message_sent": Tag.MESSAGE_SEND,
    "agent_end": Tag.RUN_FINISH,
    "gateway_start": Tag.GATEWAY_START,
    "gateway_stop": Tag.GATEWAY_STOP,
}
MAX_BATCH = 1_000


def observed(
    report: object, gateway: Gateway, *, boot: str, now: datetime, entropy: bytes
) -> Event:
    """One reported hook as an event. Raises `InputError` for a report that is none."""
    said = validation.bounded(report, "report")
    hook = str(said.get("hook"))
    if hook not in TAGS:
        raise InputError(
            f"expected a report out of {', '.join(TAGS)}, got `{hook[:40]}`",
            remedy="use the plugin that came with this server",
        )
    event = validation.mapping(said.get("event"), "event")
    context = validation.mapping(said.get("ctx"), "ctx")
    trace = hooks.trace_of(event, context)
    agent = validation.name(context.get("agentId"), "agentId") or hooks.agent_of(trace.session)
    tool = validation.name(event.get("toolName"), "toolName")
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=TAGS[hook],
        who=_who(event, context),
        gateway=gateway.name,
        agent=f"{gateway.name}/{agent}" if agent else "",
        resource=f"Tool::{tool}" if tool else "",
        outcome=_outcome(event),
        session=trace.session,
        run=trace.run,
        call=trace.call,
        message=trace.message,
        trace=trace.trace,
        detail=_detail(said, event, boot),
    )


def refused(entry: object, gateway: Gateway, *, boot: str, now: datetime, entropy: bytes) -> Event:
    """What the plugin blocked by itself while it had no answer from us."""
    said = validation.bounded(entry, "refused")
    agent = validation.name(said.get("agent"), "agent")
    tool = validation.name(said.get("tool"), "tool")
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.ENFORCEMENT_REFUSE,
        gateway=gateway.name,
        agent=f"{gateway.name}/{agent}" if agent else "",
        resource=f"Tool::{tool}" if tool else "",
        outcome="deny",
        session=validation.name(said.get("session"), "session"),
        run=validation.name(said.get("run"), "run"),
        call=validation.name(said.get("call"), "call"),
        detail={
            "hook": validation.name(said.get("hook"), "hook"),
            "why": validation.name(said.get("why"), "why"),
            "seq": _number(said.get("seq")),
            "happened": _number(said.get("at")),
            "boot": boot,
        },
    )


def _who(event: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    asked = hooks.Asked(
        hook=hooks.Hook.RUN, event=event, context=context, agent="", trace=hooks.trace_of({}, {})
    )
    requester = hooks.requester_of(asked)
    return "" if requester.channel == "unknown" else requester.id


def _outcome(event: Mapping[str, Any]) -> str:
    if event.get("error") or event.get("success") is False:
        return "error"
    return "ok"


def _detail(said: Mapping[str, Any], event: Mapping[str, Any], boot: str) -> dict[str, Json]:
    detail: dict[str, Json] = {"boot": boot, "seq": _number(said.get("seq"))}
    duration = event.get("durationMs")
    if isinstance(duration, int | float):
        detail["milliseconds"] = int(duration)
    for key in ("content", "result", "error"):
        value = event.get(key)
        if isinstance(value, str):
            detail[f"{key}_bytes"] = len(value.encode(errors="replace"))
    to = event.get("to")
    if isinstance(to, str):
        detail["to"] = validation.name(to, "to")
    return detail


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
