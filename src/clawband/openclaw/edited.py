"""A question as if the agent had written what a person wrote instead, and the other way round.

The arguments of a call can be changed, and the text of a reply that is nothing but text: who asked
replaces all of a reply by its text, so what stands beside it would be lost.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clawband.model.access import Action, ResourceKind, Trace
from clawband.model.digest import Json
from clawband.model.errors import InputError
from clawband.model.event import Event
from clawband.openclaw import validation
from clawband.openclaw.hooks import Asked, Hook

Body = dict[str, Any]


def drafted(event: Event, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
    """The part of a held action's arguments that somebody may change. Raises `InputError`."""
    if _is_call(event):
        return arguments
    if event.action != Action.SEND_REPLY:
        raise InputError(
            f"`{event.action}` cannot be changed", remedy="approve it as it is, or refuse it"
        )
    if arguments.get("media") or arguments.get("more"):
        raise InputError(
            "the reply carries more than its text, which would be lost",
            remedy="approve it as it is, or refuse it with a reason",
        )
    return {"text": arguments.get("text", "")}


def question_of(event: Event, arguments: Mapping[str, Json]) -> Asked:
    """The question that the leaf of a held decision answered, asked again with these arguments."""
    hook, said, more = _said(event, arguments)
    agent = event.agent.partition("/")[2]
    context = {"agentId": agent, "sessionKey": event.session, "runId": event.run, **more}
    return Asked(
        hook=hook,
        event=validation.bounded(said, "the change"),
        context=context,
        agent=agent,
        trace=Trace(
            session=event.session,
            run=event.run,
            call=event.call,
            message=event.message,
            trace=event.trace,
        ),
    )


def instead(question: Asked, arguments: Mapping[str, Json]) -> Asked:
    """The same question with these arguments in place of its own."""
    body = dict(question.event)
    if question.hook is Hook.TOOL:
        body["params"] = dict(arguments)
    elif question.hook is Hook.REPLY:
        payload = validation.mapping(body.get("payload"), "event.payload")
        body["payload"] = {**payload, "text": arguments.get("text", "")}
    else:
        body["content"] = arguments.get("text", "")
    return replace(question, event=body)


def _said(event: Event, arguments: Mapping[str, Json]) -> tuple[Hook, Body, Body]:
    """The hook, its event, and what else its context says."""
    name, text = event.resource.partition("::")[2], arguments.get("text", "")
    if _is_call(event):
        return Hook.TOOL, {"toolName": name, "params": dict(arguments)}, {}
    to = arguments.get("to") or ""
    if "more" in arguments:
        return Hook.REPLY, {"payload": {"text": text}}, {"channel": name, "conversationId": to}
    return Hook.MESSAGE, {"content": text, "to": to}, {"channel": name}


def _is_call(event: Event) -> bool:
    return event.resource.startswith(f"{ResourceKind.TOOL}::")
