"""What a policy set can permit at most, read from the scopes of its permits.

Conditions are not weighed: what they may refuse is told beside a grant, and never hides one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from clawband.model.access import Action
from clawband.policy.declaration import ANYTHING
from clawband.policy.language import Policy
from clawband.policy.manifest import Manifest
from clawband.policy.schema import groups
from clawband.policy.sets import PolicySet
from clawband.policy.slicing import approval_roles

ANY = "*"
_IN: Mapping[str, tuple[Action, ...]] = {
    name: tuple(each for each in Action if name in groups(each))
    for name in frozenset().union(*map(groups, Action))
}
"""Actions by the name of an action or group that they are in."""
_LISTS = (("hosts", "any host"), ("paths", "any path"), ("recipients", "any recipient"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A permit: to the agents of `workflow`, to `agent`, or with neither to everybody."""

    workflow: str
    agent: str
    action: Action
    resource: str
    """`*` when its scope names none."""
    policy: Policy
    roles: frozenset[str]
    """Whose approval must come with it; empty for none."""
    broad: str = ""


@lru_cache(2)
def granted(active: PolicySet) -> tuple[Granted, ...]:
    """Every action that some permit of the set may permit, one by one. A set never changes, so the
    newest two are remembered."""
    return tuple(_granted(active))


def _granted(active: PolicySet) -> Iterator[Granted]:
    never = frozenset(_never(active.policies))
    lifting = _lifting(active.policies)
    for policy in active.policies:
        if policy.effect != "permit":
            continue
        own = _roles(policy)
        workflow, agent = _whom(policy.head["principal"])
        resource = _one(policy.head["resource"])
        for action in _actions(policy.head["action"]):
            if action not in never:
                yield Granted(
                    workflow=workflow, agent=agent, action=action, resource=resource,
                    policy=policy, broad=_broad(active.manifests.get(workflow), action, resource),
                    roles=own or lifting.get(action, frozenset()),
                )  # fmt: skip


def _never(policies: Iterable[Policy]) -> Iterator[Action]:
    """Actions that a forbid without conditions refuses to everybody."""
    for policy in policies:
        head = policy.head
        everywhere = head["principal"]["op"] == head["resource"]["op"] == "All"
        if policy.effect == "forbid" and everywhere and not head["conditions"]:
            yield from _actions(head["action"])


def _lifting(policies: Iterable[Policy]) -> Mapping[Action, frozenset[str]]:
    """Actions that stay forbidden to everybody without an approval, and by which roles."""
    found: dict[Action, frozenset[str]] = {}
    for policy in policies:
        head = policy.head
        scoped = head["principal"]["op"] != "All" or head["action"]["op"] != "=="
        if policy.effect == "forbid" and not scoped:
            roles = _roles(policy)
            found |= dict.fromkeys(_actions(head["action"]), roles) if roles else {}
    return found


def _roles(policy: Policy) -> frozenset[str]:
    # Walking conditions is most of the work, and few of them say the word.
    return approval_roles(policy.head["conditions"]) if "approval" in policy.text else frozenset()


def _whom(scope: Mapping[str, Any]) -> tuple[str, str]:
    """Workflow and agent of a principal scope. What is not understood is everybody."""
    entity = scope.get("entity") or (scope.get("in") or {}).get("entity") or {}
    kind, name = entity.get("type"), str(entity.get("id", ""))
    return (name if kind == "Workflow" else ""), (name if kind == "Agent" else "")


def _one(scope: Mapping[str, Any]) -> str:
    return str(scope["entity"]["id"]) if scope["op"] == "==" else ANY


def _actions(scope: Mapping[str, Any]) -> Iterator[Action]:
    if scope["op"] == "All":
        yield from Action
        return
    entities = scope.get("entities") or [scope["entity"]]
    yield from dict.fromkeys(each for entity in entities for each in _IN.get(entity["id"], ()))


def _broad(manifest: Manifest | None, action: Action, resource: str) -> str:
    if not action.startswith("tool:"):
        return ""
    if resource == ANY:
        return "any tool"
    lists = ((getattr(manifest, what, {}).get(resource, ()), words) for what, words in _LISTS)
    return ", ".join(words for allowed, words in lists if ANYTHING in allowed)
