"""Only the policies that can matter: chosen by action, principal and resource scope.

Cedar's cost is linear in the policies it is given. A policy is left out only when its scope alone
shows that it cannot apply; a scope that is not understood stays in. So a slice answers exactly
what the whole set would answer.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cedarpy

from clawband.model.access import Action, Principal, Resource
from clawband.model.person import Role
from clawband.policy.language import Policy
from clawband.policy.lens import Lens, attribute, lens
from clawband.policy.schema import groups

SLICES = 4096
"""How many slices are kept; an evicted one is built again."""

APPROVERS = frozenset({str(Role.APPROVER)})
"""Who is asked where policy wants a person and no policy says in which role."""
_OTHER = "\0"  # Stands for every resource id that no scope names.


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The policies that can apply to one (workflow, agent, action, resource)."""

    policies: Mapping[str, Policy]
    handle: cedarpy.PolicySet
    lens: Lens
    roles: frozenset[str]
    """Roles that some condition asks an approval for; `APPROVERS` when none says which."""

    @property
    def mentions_approval(self) -> bool:
        """False means that no approval can change an answer."""
        return "approval" in self.lens.whole


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks for what: the part of a request that a policy's scope can see."""

    workflow: str
    principal: Principal
    action: Action
    resource: Resource


class Index:
    """A policy set, ready to be cut. Built once; `of` is cheap and remembers its slices."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._policies = tuple(policies)
        self._named = frozenset(
            uid for policy in self._policies for uid in _entities(policy.head["resource"])
        )
        self._agents = frozenset(
            uid for policy in self._policies for uid in _entities(policy.head["principal"])
        )
        self._cut: Callable[[Scope], Slice] = lru_cache(SLICES)(self._build)

    def of(self, scope: Scope) -> Slice:
        """The slice for a request. Names no policy mentions share one slice."""
        resource, principal = scope.resource, scope.principal
        if (str(resource.kind), resource.id) not in self._named:
            resource = Resource(resource.kind, _OTHER)
        if ("Agent", principal.id) not in self._agents:
            principal = Principal("", _OTHER)
        return self._cut(Scope(scope.workflow, principal, scope.action, resource))

    def _build(self, scope: Scope) -> Slice:
        kept = {policy.id: policy for policy in self._policies if applies(policy.head, scope)}
        return slice_of(kept)


def slice_of(policies: Mapping[str, Policy]) -> Slice:
    """These policies as one set for the engine, under their own ids."""
    heads = {name: policy.head for name, policy in policies.items()}
    document = {"staticPolicies": heads, "templates": {}, "templateLinks": []}
    conditions = [head["conditions"] for head in heads.values()]
    seen = lens(conditions)
    named: frozenset[str] = frozenset().union(*map(approval_roles, conditions))
    return Slice(
        policies=policies,
        handle=cedarpy.PolicySet.from_json_str(json.dumps(document)),
        lens=seen,
        roles=named or (APPROVERS if "approval" in seen.whole else frozenset()),
    )


def applies(head: Mapping[str, Any], scope: Scope) -> bool:
    """False only when the policy's scope rules the request out."""
    agent, resource = scope.principal.id, scope.resource
    return (
        _may_hold(head["action"], {("Action", name) for name in groups(scope.action)},
                  ("Action", str(scope.action)))
        and _may_hold(head["principal"], {("Agent", agent), ("Workflow", scope.workflow)},
                      ("Agent", agent))
        and _may_hold(head["resource"], {(str(resource.kind), resource.id)},
                      (str(resource.kind), resource.id))
    )  # fmt: skip


def _may_hold(
    constraint: Mapping[str, Any], above: set[tuple[str, str]], own: tuple[str, str]
) -> bool:
    """Can an entity `own`, which is in all of `above`, satisfy this part of a scope?"""
    match constraint:
        case {"op": "==", "entity": {"type": kind, "id": name}}:
            return (kind, name) == own
        case {"op": "in", "entity": {"type": kind, "id": name}}:
            return (kind, name) in above
        case {"op": "in", "entities": list(entities)}:
            return any((each["type"], each["id"]) in above for each in entities)
        case {"op": "is", "entity_type": kind, "in": {"entity": {"type": outer, "id": name}}}:
            return kind == own[0] and (outer, name) in above
        case {"op": "is", "entity_type": kind}:
            return bool(kind == own[0])
    return True


def _entities(constraint: Mapping[str, Any]) -> set[tuple[str, str]]:
    inside = constraint.get("in") or {}
    named = [constraint.get("entity"), inside.get("entity"), *constraint.get("entities", ())]
    return {(each["type"], each["id"]) for each in named if each}


def approval_roles(node: Any) -> frozenset[str]:
    """Every literal that stands beside `context.approval.roles` in a condition."""
    if isinstance(node, list):
        return frozenset().union(*map(approval_roles, node))
    if not isinstance(node, Mapping):
        return frozenset()
    sides = next((side for side in node.values() if isinstance(side, Mapping)), {})
    if {"left", "right"} <= set(sides) and _reads_roles(sides):
        return _literals(sides["left"]) | _literals(sides["right"])
    return frozenset().union(*map(approval_roles, node.values()))


def _reads_roles(sides: Mapping[str, Any]) -> bool:
    return any(
        isinstance(side, Mapping)
        and (side.get(".") or {}).get("attr") == "roles"
        and attribute(side) == "approval"
        for side in (sides["left"], sides["right"])
    )


def _literals(node: Any) -> frozenset[str]:
    if isinstance(node, Mapping) and isinstance(node.get("Value"), str):
        return frozenset({node["Value"]})
    inside = node.get("Set", ()) if isinstance(node, Mapping) else ()
    return frozenset().union(*map(_literals, inside))
