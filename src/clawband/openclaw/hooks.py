"""OpenClaw hook payloads as requests.

`docs/openclaw.md` says which fields each hook really carries. What a payload does not say is left
empty, and empty never widens what may happen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from clawband.model.access import (
    NOBODY,
    Action,
    Authority,
    Facts,
    Principal,
    Request,
    Requester,
    Resource,
    ResourceKind,
    Trace,
)
from clawband.model.deployment import Gateway, Tool, Workflow
from clawband.model.digest import digest
from clawband.model.errors import InputError
from clawband.openclaw import tools, validation
from clawband.openclaw.facts import path

USER = "external_user"
UNSURE = "UNSURE"
"""A reply that begins with this word is the agent's own statement that it is not sure."""


class Hook(StrEnum):
    """The six questions the plugin asks."""

    TOOL = "tool"
    RUN = "run"
    RESULT = "result"
    REPLY = "reply"
    MESSAGE = "message"
    INSTALL = "install"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A validated question, before it is known which workflow the agent belongs to."""

    hook: Hook
    event: Mapping[str, Any]
    context: Mapping[str, Any]
    agent: str
    trace: Trace


def asked(hook: object, event: object, context: object) -> Asked:
    """Check a question's shape. Raises `InputError`."""
    try:
        kind = Hook(str(hook))
    except ValueError as error:
        raise InputError(
            f"expected a hook out of {', '.join(Hook)}, got `{str(hook)[:40]}`",
            remedy="use the plugin that came with this server",
        ) from error
    body = validation.bounded(event, "event")
    ctx = validation.bounded(context, "ctx")
    agent = validation.name(ctx.get("agentId"), "ctx.agentId") or agent_of(
        validation.name(ctx.get("sessionKey") or body.get("sessionKey"), "sessionKey")
    )
    return Asked(hook=kind, event=body, context=ctx, agent=agent, trace=trace_of(body, ctx))


def agent_of(session: str) -> str:
    """The agent in a session key such as `agent:support:telegram:direct:4242`."""
    parts = session.split(":")
    return parts[1] if len(parts) > 2 and parts[0] == "agent" else ""


def trace_of(event: Mapping[str, Any], context: Mapping[str, Any]) -> Trace:
    """The ids that join this to what came before and after."""

    def either(*keys: str) -> str:
        for key in keys:
            for value in (event.get(key), context.get(key)):
                if value is not None and value != "":
                    return validation.number_or_name(value, key)
        return ""

    spans = validation.mapping(context.get("trace"), "ctx.trace")
    origin = validation.mapping(context.get("inputProvenance"), "ctx.inputProvenance")
    call = either("toolCallId")
    return Trace(
        session=either("sessionKey"),
        run=either("runId"),
        call=call,
        parent_call=tools.outer_call(call),
        message=either("messageId"),
        trace=validation.name(spans.get("traceId"), "ctx.trace.traceId"),
        sender=validation.name(origin.get("sourceSessionKey"), "ctx.inputProvenance"),
    )


def channel_of(question: Asked) -> str:
    """The channel's kind, such as `telegram`.

    `channelId` is no name of a channel: `before_agent_run` puts the bare chat number there.
    """
    said = validation.mapping(question.context.get("requester"), "ctx.requester")
    metadata = validation.mapping(question.event.get("metadata"), "event.metadata")
    for value in (
        said.get("channel"),
        question.context.get("messageProvider"),
        question.event.get("channel"),
        metadata.get("channel"),
        metadata.get("provider"),
        question.context.get("channel"),
    ):
        if value:
            return validation.name(value, "channel").split(":")[0]
    kind, colon, _ = validation.name(question.context.get("channelId"), "channelId").partition(":")
    return kind if colon else ""


def requester_of(question: Asked) -> Requester:
    """Who sent what the agent acts on, as far as this hook says; `NOBODY` when it does not."""
    said = validation.mapping(question.context.get("requester"), "ctx.requester")
    source = {**question.event, **question.context, **said}
    channel = channel_of(question)
    sender = source.get("senderId")
    # Only the gateway's own front has an owner without a sender; elsewhere it hides who asked.
    owner = source.get("senderIsOwner") is True and (sender is not None or channel == "webchat")
    if not channel or (sender is None and not owner):
        return NOBODY
    who = validation.number_or_name("owner" if sender is None else sender, "senderId")
    authority = Authority.OWNER if owner else Authority.KNOWN
    if _from_an_agent(question):
        authority = Authority.UNKNOWN
    return Requester(id=f"{channel}:{who}", channel=channel, authority=authority)


def _from_an_agent(question: Asked) -> bool:
    """Another session wrote it: its words carry nobody's authority, whoever began that one."""
    origin = validation.mapping(question.context.get("inputProvenance"), "ctx.inputProvenance")
    return bool(origin and origin.get("kind") != USER) or is_spawned(question.trace.session)


def is_spawned(session: str) -> bool:
    """Whether an agent began this session, by its key: `agent:support:subagent:<uuid>`."""
    return ":subagent:" in session


def workspace_of(question: Asked) -> str:
    """The agent's folder as in `Facts.paths`, where a hook tells it; empty for any other."""
    told = validation.text(question.context.get("workspaceDir"), "ctx.workspaceDir")
    return path(told) if told.startswith("/") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known around a question: whose gateway, which workflow, which declared tools."""

    gateway: Gateway
    workflow: Workflow | None
    catalogue: Mapping[str, Tool]
    requester: Requester
    """From the run when the hook itself does not say."""
    called: str = ""
    """For a result: the tool that really ran, when it was reached through a wrapper."""
    workspace: str = ""
    """The agent's folder on the gateway's machine, when a run has told it."""


def request(question: Asked, setting: Setting) -> Request:
    """The request that a question means."""
    match question.hook:
        case Hook.TOOL:
            return _tool(question, setting)
        case Hook.RESULT:
            return _result(question, setting)
        case Hook.INSTALL:
            plugin = validation.mapping(question.event.get("plugin"), "event.plugin")
            target = plugin.get("pluginId") or question.event.get("targetName") or "unknown"
            resource = Resource(ResourceKind.PLUGIN, validation.name(target, "plugin"))
            return _plain(question, setting, Action.INSTALL, resource, dict(question.event))
        case Hook.RUN:
            words = validation.text(question.event.get("prompt"), "event.prompt")
            beside = validation.text(question.event.get("context"), "event.context")
            received = {"text": words, **({"context": beside} if beside else {})}
            return _message(question, setting, Action.RECEIVE, received)
        case Hook.REPLY:
            payload = validation.mapping(question.event.get("payload"), "event.payload")
            words = validation.text(payload.get("text"), "event.payload.text")
            to = validation.name(question.context.get("conversationId"), "ctx.conversationId")
            sent = {"text": words, "media": _media(payload), "more": _more(payload), "to": to}
            return _message(question, setting, Action.SEND_REPLY, sent)
        case Hook.MESSAGE:
            words = validation.text(question.event.get("content"), "event.content")
            to = validation.name(question.event.get("to"), "event.to")
            metadata = validation.mapping(question.event.get("metadata"), "event.metadata")
            sent = {"text": words, "media": _media(metadata), "to": to}
            return _message(question, setting, Action.SEND_REPLY, sent)


def _tool(question: Asked, setting: Setting) -> Request:
    called = validation.name(question.event.get("toolName"), "event.toolName", required=True)
    params = validation.mapping(question.event.get("params"), "event.params")
    wrapper = tools.is_wrapper(called)
    if wrapper:
        called, params = tools.unwrap(params)
        validation.name(called, "the tool in event.params", required=True)
    action, resource, facts = tools.classify(
        called, params, setting.workflow, setting.catalogue, setting.workspace
    )
    return Request(
        **_common(question, setting),
        action=action,
        resource=resource,
        arguments=dict(params),
        facts=facts,
        tool=tools.declared(called, setting.workflow, setting.catalogue),
        preview=wrapper,
    )


def _result(question: Asked, setting: Setting) -> Request:
    called = setting.called or validation.name(
        question.event.get("toolName"), "event.toolName", required=True
    )
    words = validation.text(question.event.get("text"), "event.text")
    cut = question.event.get("truncated")
    beyond = cut if isinstance(cut, int) and cut > 0 else 0
    return Request(
        **_common(question, setting),
        action=Action.RESULT,
        resource=Resource(ResourceKind.TOOL, called),
        arguments={"text": words, "error": question.event.get("isError") is True},
        facts=Facts(size=max(len(words.encode()), beyond)),
        tool=tools.declared(called, setting.workflow, setting.catalogue),
    )


def _message(
    question: Asked, setting: Setting, action: Action, arguments: dict[str, Any]
) -> Request:
    words, to = arguments["text"], arguments.get("to")
    where = channel_of(question) or setting.requester.channel
    return Request(
        **_common(question, setting),
        action=action,
        resource=Resource(ResourceKind.CHANNEL, where),
        arguments=arguments,
        facts=Facts(
            recipients=frozenset({str(to).lower()} if to else ()),
            size=len(words.encode()),
            unsure=action is Action.SEND_REPLY and words.lstrip().upper().startswith(UNSURE),
        ),
        delivers=content_of(arguments) if question.hook is Hook.MESSAGE else "",
    )


def content_of(arguments: Mapping[str, Any]) -> str:
    """The digest of what a message carries, by which its delivery is known again."""
    return digest([arguments.get(key) or "" for key in ("text", "media", "to")])


def _media(said: Mapping[str, Any]) -> list[str]:
    """The addresses of what is sent besides the text."""
    listed = said.get("mediaUrls")
    urls = [*(listed if isinstance(listed, list) else ()), said.get("mediaUrl")]
    return sorted({validation.text(url, "mediaUrl") for url in urls if url})


def _more(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What else a reply carries (buttons, cards), for the record and for who approves."""
    known = {"text", "mediaUrl", "mediaUrls", "replyToId"}
    return {key: value for key, value in payload.items() if key not in known and value}


def _plain(
    question: Asked,
    setting: Setting,
    action: Action,
    resource: Resource,
    arguments: dict[str, Any],
) -> Request:
    return Request(
        **_common(question, setting), action=action, resource=resource, arguments=arguments
    )


def _common(question: Asked, setting: Setting) -> dict[str, Any]:
    return {
        "principal": Principal(setting.gateway.name, question.agent),
        "requester": setting.requester,
        "environment": setting.gateway.environment,
        "workflow": setting.workflow.name if setting.workflow else "",
        "trace": question.trace,
        "workspace": setting.workspace,
    }
