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
    assurance: int = 1
    second_factor: bool = False
    fresh: bool = False
    service: bool = False
    scope: bool = False


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
def answer(act: str, standing: Standing) -> Permit | Deny:
    """May somebody who stands like this do `act`? An act that policy does not know is denied."""
    result = cedarpy.is_authorized(
        {
            "principal": {"type": "Operator", "id": "asker"},
            "action": {"type": "Action", "id": act},
            "resource": {"type": "Console", "id": "clawband"},
            "context": {
                "assurance": standing.assurance,
                "second_factor": standing.second_factor,
                "fresh": standing.fresh,
                "service": standing.service,
                "scope": standing.scope,
            },
        },
        _SET,
        _entities(standing.roles),
        _HANDLE,
    )
    told = result.diagnostics
    reasons = tuple(Reason(name, POLICIES[name].because) for name in sorted(told.reasons))
    if result.decision is cedarpy.Decision.Allow and reasons and not told.errors:
        return Permit(reasons)
    if reasons and not told.errors:
        remedies = (POLICIES[reason.policy].remedy for reason in reasons)
        return Deny(reasons, "; ".join(dict.fromkeys(filter(None, remedies))))
    return _nobody(act, standing)


def lifted(act: str, standing: Standing) -> Permit | Deny:
    """The answer if the second factor were shown now."""
    strong = max(standing.assurance, PROVED)
    return answer(act, replace(standing, fresh=True, assurance=strong))


@lru_cache
def roles_for(act: str) -> tuple[str, ...]:
    """The roles of which one alone is enough, in alphabetical order."""
    alone = (Standing(roles=frozenset({role})) for role in sorted(Role))
    found = (each for each in alone if isinstance(answer(act, each), Permit))
    return tuple(role for each in found for role in each.roles)


def _nobody(act: str, standing: Standing) -> Deny:
    what, roles = act.replace("-", " "), ", ".join(sorted(standing.roles))
    return Deny(
        (Reason(UNNAMED, f"nothing permits {roles or 'nobody'} to {what}"),),
        "ask an administrator for a role that may, or somebody who has it",
    )


@lru_cache(256)
def _entities(roles: frozenset[str]) -> cedarpy.Entities:
    held = [{"type": "Role", "id": role} for role in sorted(roles)]
    asker = {"uid": {"type": "Operator", "id": "asker"}, "attrs": {}, "parents": held}
    return cedarpy.Entities.from_json_str(json.dumps([asker]), _HANDLE)
