"""Requests, circumstances and small manifests for the tests of policy."""

from collections.abc import Iterable, Mapping
from typing import Any

from clawband.model.access import (
    NOBODY,
    Action,
    ApprovalFact,
    Authority,
    Circumstances,
    Facts,
    Principal,
    Request,
    Requester,
    Resource,
    ResourceKind,
)
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.openclaw import tools
from clawband.policy.sets import PolicySet, build

KNOWN = Requester("telegram:4242", "telegram", Authority.KNOWN)
OWNER = Requester("webchat:owner", "webchat", Authority.OWNER)
STRANGER = NOBODY
KINDS = {
    Action.RECEIVE: ResourceKind.CHANNEL,
    Action.SEND_REPLY: ResourceKind.CHANNEL,
    Action.INSTALL: ResourceKind.PLUGIN,
}

MANIFEST = """\
name = "desk"
owner = "care"
purpose = "answer"
environment = "dev"
agents = ["sample/desk"]
channels = ["telegram"]
replies = "allow"
reads = ["look"]
writes = ["note", "pay"]
systems = ["crm"]

[[approvals]]
tool = "pay"
role = "approver"

[tools.look]
effect = "read"
system = "crm"

[tools.note]
effect = "write"

[tools.pay]
effect = "pay"
amount = "amount"

[tools.drop]
effect = "delete"
"""


def policy_set(manifest: str = MANIFEST, **cedar: str) -> PolicySet:
    """A set of one manifest and `name="text"` Cedar files."""
    files = {f"{name}.cedar": text for name, text in cedar.items()}
    return build({"desk.toml": manifest, **files}, tools.catalogue())


def replaced(*changes: tuple[str, str], manifest: str = MANIFEST) -> str:
    for old, new in changes:
        assert old in manifest, old
        manifest = manifest.replace(old, new, 1)
    return manifest


def request(
    action: Action,
    resource: str,
    *,
    agent: str = "desk",
    gateway: str = "sample",
    requester: Requester = KNOWN,
    environment: str = "dev",
    **facts: Any,
) -> Request:
    for name, value in facts.items():
        if isinstance(value, list | set | tuple):
            facts[name] = frozenset(value)
    return Request(
        principal=Principal(gateway, agent),
        requester=requester,
        action=action,
        resource=Resource(KINDS.get(action, ResourceKind.TOOL), resource),
        environment=environment,
        facts=Facts(**facts),
    )


def call(
    active: PolicySet, tool: str, params: Mapping[str, Any] | None = None, **how: Any
) -> Request:
    """A tool call as a hook would bring it: classified by the catalogue and the manifest."""
    asked = request(Action.UNKNOWN, tool, **how)
    workflow = active.workflow_of(asked.principal.gateway, asked.principal.agent)
    action, resource, facts = tools.classify(tool, params or {}, workflow, tools.catalogue())
    return Request(
        principal=asked.principal,
        requester=asked.requester,
        action=action,
        resource=resource,
        environment=asked.environment,
        arguments=dict(params or {}),
        facts=facts,
    )


def around(
    *,
    integrity: Integrity = Integrity.PERSON,
    confidentiality: Confidentiality = Confidentiality.PUBLIC,
    roles: Iterable[str] = (),
    people: int = 1,
    assurance: int = 1,
    **rest: Any,
) -> Circumstances:
    roles = frozenset(roles)
    return Circumstances(
        label=Label(integrity, confidentiality),
        approval=ApprovalFact(roles, people, assurance) if roles else None,
        **rest,
    )
