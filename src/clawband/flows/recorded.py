"""A recorded decision as a question again, as far as its record and its arguments were kept.

What is not kept: what was paused, what a session had read by name, what a model was asked. Nothing
is guessed: what cannot be asked again is `Gone`, and says why.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from clawband.flows.explain import kept
from clawband.flows.lineage import is_listed
from clawband.flows.notice import READING, noticed
from clawband.model.access import (
    Action,
    Authority,
    Circumstances,
    Facts,
    Principal,
    Request,
    Requester,
    Resource,
    ResourceKind,
    Trace,
)
from clawband.model.deployment import Tool, Workflow
from clawband.model.digest import Json
from clawband.model.event import Event
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.network import Basis, Net
from clawband.model.provenance import Argument, Explanation, Origin
from clawband.openclaw import hooks, tools
from clawband.policy.sets import PolicySet

POLICY = frozenset({"clawband/default-deny", "clawband/unknown-agent"})
"""Reasons of ours that stand for an answer of policy."""
_PASSING = {
    "baseline/paused": "something was paused",
    "egress/ungoverned": "the agent was not proved to be guarded",
}
_SYSTEM = (Action.CONNECT, Action.REQUEST)


@dataclass(frozen=True, slots=True)
class Gone:
    """Why a decision cannot be asked again."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A decision with what is kept of it."""

    event: Event
    arguments: Mapping[str, Json]
    explanations: tuple[Explanation, ...]

    @property
    def verdict(self) -> str:
        """`permit`, `approval` or `deny`: one that spent an approval needed it."""
        if self.event.outcome == "hold" or self.event.detail.get("approval"):
            return "approval"
        return self.event.outcome


def past(event: Event, body: bytes | None) -> Past | Gone:
    """What was asked. `body` is the payload of the decision."""
    reasons = set(_texts(event, "reasons"))
    if event.action == Action.ASK_MODEL:
        return Gone("what a model was asked is not kept")
    if event.detail.get("preview"):
        return Gone("it only wrapped a call, which was decided by itself")
    if any(each.startswith("clawband/") and each not in POLICY for each in reasons):
        return Gone("no policy decided it")
    for reason, because in _PASSING.items():
        if reason in reasons:
            return Gone(because)
    if body is None:
        return Gone("its arguments are no longer kept")
    return Past(
        event=event, arguments=json.loads(body).get("arguments", {}), explanations=kept(body)
    )


def request(
    past: Past, active: PolicySet | None, catalogue: Mapping[str, Tool], workspace: str
) -> Request:
    """The question as this set would read it: a tool means what its manifests declare."""
    event = past.event
    principal = Principal(event.gateway, event.agent.partition("/")[2])
    kind, _, name = event.resource.partition("::")
    workflow = active.workflow_of(principal.gateway, principal.agent) if active else None
    asked = Request(
        principal=principal,
        requester=Requester(
            event.who, event.who.partition(":")[0], Authority(_text(event, "authority", "unknown"))
        ),
        action=Action(event.action),
        resource=Resource(ResourceKind(kind), name),
        environment=_text(event, "environment", "dev"),
        workflow=workflow.name if workflow else "",
        arguments=past.arguments,
        trace=Trace(
            session=event.session, run=event.run, call=event.call, message=event.message,
            trace=event.trace,
        ),
        tool=tools.declared(name, workflow, catalogue),
        workspace=workspace,
        contained=True,
    )  # fmt: skip
    asked = noticed(_read(asked, past, workflow, catalogue), None, workflow)
    facts = replace(asked.facts, protected=frozenset(_texts(event, "protected")))
    if _texts(event, "kept") and asked.action not in READING:
        # What is kept of it no longer shows why.
        facts = replace(facts, tags=facts.tags | {"secret"})
    if asked.action in _SYSTEM:
        facts = replace(facts, tags=frozenset(_texts(event, "tags")))
    return replace(asked, facts=facts)


def _read(
    asked: Request, past: Past, workflow: Workflow | None, catalogue: Mapping[str, Tool]
) -> Request:
    """With what its arguments name."""
    name, size = asked.resource.id, _number(past.event, "size")
    match asked.action:
        case Action.RECEIVE | Action.INSTALL:
            return replace(asked, facts=Facts(size=size))
        case Action.SEND_REPLY:
            words, to = str(past.arguments.get("text") or ""), past.arguments.get("to")
            unsure = words.lstrip().upper().startswith(hooks.UNSURE)
            people = frozenset({str(to).lower()} if to else ())
            return replace(asked, facts=Facts(recipients=people, size=size, unsure=unsure))
        case Action.RESULT:
            read = frozenset(_texts(past.event, "named"))
            return replace(asked, facts=Facts(size=size, named=read))
        case Action.CONNECT | Action.REQUEST:
            net = _net(past.event, name)
            return replace(asked, facts=Facts(hosts=frozenset({name}), size=size, net=net))
    action, _, facts = tools.classify(name, past.arguments, workflow, catalogue, asked.workspace)
    return replace(asked, action=action, facts=facts)


def _net(event: Event, host: str) -> Net:
    return Net(
        host=host, port=_number(event, "port"), basis=Basis(_text(event, "basis")),
        tool=_text(event, "tool"), method=_text(event, "method"), route=_text(event, "route"),
    )  # fmt: skip


def circumstances(
    past: Past, asked: Request, before: Workflow | None, now: Workflow | None
) -> tuple[Circumstances, ...]:
    """What was true around it, with the origins of its values under the manifest `now`: twice where
    one is not kept, as if the value could not be better explained, and not worse. The calls before
    it and what its session had read are for the caller to add."""
    event = past.event
    label = Label(
        Integrity(_number(event, "integrity")),
        Confidentiality(_number(event, "confidentiality")),
        frozenset(_texts(event, "sources")),
    )
    found = [_explained(each, past, before, now) for each in asked.facts.arguments]
    both = (
        [Origin.LISTED, Origin.OUTSIDE] if any(unknown for _, unknown in found) else [Origin.WORDS]
    )
    return tuple(
        Circumstances(
            label=label,
            explanations=tuple(
                replace(each, origin=origin) if unknown else each for each, unknown in found
            ),
        )
        for origin in both
    )


def _explained(
    argument: Argument, past: Past, before: Workflow | None, now: Workflow | None
) -> tuple[Explanation, bool]:
    """Where the value came from, and whether that is not known."""
    known = next((each for each in past.explanations if each.argument == argument), None)
    if known is not None and known.origin is Origin.WORDS:
        return known, False
    if now and is_listed(argument, now.listed):
        return Explanation(argument=argument, origin=Origin.LISTED), False
    if known is None:
        return Explanation(argument=argument, origin=Origin.OUTSIDE), True
    accepts = now.accepts if now else frozenset()
    if known.origin is Origin.LISTED:
        listed = before is not None and is_listed(argument, before.listed)
        return known, listed or before is None or not before.accepts <= accepts
    if f"{past.event.action.partition(':')[2]}:{known.fact}" in accepts:
        return replace(known, origin=Origin.LISTED), False
    return known, False


def _text(event: Event, key: str, absent: str = "") -> str:
    return str(event.detail.get(key, absent))


def _number(event: Event, key: str) -> int:
    value = event.detail.get(key, 0)
    return value if isinstance(value, int) else 0


def _texts(event: Event, key: str) -> list[str]:
    value = event.detail.get(key)
    return [str(each) for each in value] if isinstance(value, list | tuple) else []
