"""The policy of Clawband itself: what its operators may do, decided by the engine that agents obey.

Deny by default. The policies are shipped; a deployment chooses who has which role.
"""

import json
import pkgutil
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import cedarpy

from clawband.model.access import Deny, Permit, Reason
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InvariantError
from clawband.model.person import Role
from clawband.policy.language import Policy, parse

NAME: Final = "library/console.cedar"
# Shipped beside the code and fixed like it: package data, not a file of the deployment.
TEXT: Final = (pkgutil.get_data("clawband.policy", NAME) or b"").decode()
_SCHEMA: Final = (pkgutil.get_data("clawband.policy", "console.cedarschema") or b"").decode()
_HANDLE: Final = cedarpy.Schema.from_str(_SCHEMA)
ANSWERS = 16_384
UNNAMED: Final = "console/default-deny"
PROVED = 2
"""The assurance after a second factor was shown (NIST SP 800-63B)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that the answer depends on, besides the act."""

    roles: frozenset[str]
    """As they are held: `approver`, `approver@production`."""
    assurance: int = 1
    second_factor: bool = False
    fresh: bool = False
    service: bool = False
    scope: bool = False
    environment: str = ""
    """The only one that a key is for; empty for all."""


def _read() -> dict[str, Policy]:
    policies, problems = parse(TEXT, NAME)
    checked = cedarpy.validate_policies(TEXT, _HANDLE)
    if problems or not policies or not checked.validation_passed:
        said = "; ".join([*map(str, problems), *(each.error for each in checked.errors)])
        raise InvariantError(f"the shipped console policy is broken: {said}")
    return {policy.id: policy for policy in policies}


POLICIES: Final = _read()
_SET: Final = cedarpy.PolicySet.from_json_str(
    json.dumps(
        {
            "staticPolicies": {name: policy.head for name, policy in POLICIES.items()},
            "templates": {},
            "templateLinks": [],
        }
    )
)


@lru_cache(ANSWERS)
def answer(act: str, standing: Standing, where: str = "") -> Permit | Deny:
    """May somebody who stands like this do `act` in the environment `where`, or in Clawband itself?
    An act or a place that policy does not know is denied."""
    result = cedarpy.is_authorized(
        {
            "principal": {"type": "Operator", "id": "asker"},
            "action": {"type": "Action", "id": act},
            "resource": _place(where),
            "context": {
                "assurance": standing.assurance,
                "second_factor": standing.second_factor,
                "fresh": standing.fresh,
                "service": standing.service,
                "scope": standing.scope,
            },
        },
        _SET,
        _entities(standing),
        _HANDLE,
    )
    told = result.diagnostics
    reasons = tuple(Reason(name, POLICIES[name].because) for name in sorted(told.reasons))
    if result.decision is cedarpy.Decision.Allow and reasons and not told.errors:
        return Permit(reasons)
    if reasons and not told.errors:
        remedies = (POLICIES[reason.policy].remedy for reason in reasons)
        return Deny(reasons, "; ".join(dict.fromkeys(filter(None, remedies))))
    return _nobody(act, standing, where)


def lifted(act: str, standing: Standing, where: str = "") -> Permit | Deny:
    """The answer if the second factor were shown now."""
    strong = max(standing.assurance, PROVED)
    return answer(act, replace(standing, fresh=True, assurance=strong), where)


@lru_cache
def roles_for(act: str) -> tuple[str, ...]:
    """The roles of which one alone is enough, in alphabetical order."""
    alone = {role: Standing(roles=frozenset({role})) for role in sorted(Role)}
    return tuple(role for role, each in alone.items() if isinstance(answer(act, each), Permit))


@lru_cache
def local(act: str) -> bool:
    """Whether a role in one environment can be enough."""
    admin = Standing(roles=frozenset({_at(Role.ADMIN, ENVIRONMENTS[0])}))
    return isinstance(answer(act, admin, ENVIRONMENTS[0]), Permit)


def _nobody(act: str, standing: Standing, where: str) -> Deny:
    what, roles = act.replace("-", " "), ", ".join(sorted(standing.roles))
    told = f"nothing permits {roles or 'nobody'} to {what}{f' in {where}' if where else ''}"
    return Deny(
        (Reason(UNNAMED, told),),
        "ask an administrator for a role that may, or somebody who has it",
    )


def _place(where: str) -> dict[str, str]:
    """The environment, or for an empty name Clawband itself."""
    kind = ("Environment", where) if where else ("Console", "clawband")
    return dict(zip(("type", "id"), kind, strict=True))


@lru_cache(256)
def _entities(standing: Standing) -> cedarpy.Entities:
    """Who asks, with the roles they hold, and every place with the roles that count in it."""
    key = _at(_KEY, standing.environment)
    held = sorted({*standing.roles, key} if standing.service else standing.roles)
    asker = {"uid": {"type": "Operator", "id": "asker"}, "attrs": {}, "parents": _roles(*held)}
    return cedarpy.Entities.from_json_str(json.dumps([asker, *_PLACES]), _HANDLE)


def _roles(*held: str) -> list[dict[str, str]]:
    return [{"type": "Role", "id": role} for role in held]


def _at(role: str, where: str) -> str:
    return f"{role}@{where}" if where else role


_KEY: Final = "key"
_PLACES: Final = [
    {
        "uid": _place(where),
        "attrs": {role: _roles(*dict.fromkeys((role, _at(role, where)))) for role in (*Role, _KEY)},
        "parents": [],
    }
    for where in ("", *ENVIRONMENTS)
]
