"""The Cedar schema: what policies may speak of, and whether a set of policies keeps to it."""

import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import cedarpy

from clawband.model.access import Action
from clawband.model.digest import sha256

# Shipped beside the code and fixed like it: package data, not a file of the deployment.
TEXT: Final = (pkgutil.get_data("clawband.policy", "schema.cedarschema") or b"").decode()
DIGEST: Final = sha256(TEXT.encode())
HANDLE: Final = cedarpy.Schema.from_str(TEXT)

REMEMBERED = 16
"""Whole sets."""
ANY = "any"
TOOL = "tool"


def groups(action: Action) -> frozenset[str]:
    """Ids of every `Action` entity the action is in, itself included."""
    own = {str(action), ANY}
    return frozenset(own | {TOOL} if action.startswith("tool:") else own)


@lru_cache(REMEMBERED)
def violations(policies: str) -> Mapping[str, str]:
    """What breaks the schema: the `@id` of each policy and the first complaint about it.

    An attribute that may be absent and is not asked for with `has` is a violation too, because at
    run time it would be an error. Empty when the text keeps to the schema. Remembered: a set is
    built when it is checked, when it is put in force, and when it is compared.
    """
    result = cedarpy.validate_policies(policies, HANDLE)
    names = result.id_annotations_by_policy_id
    found: dict[str, str] = {}
    for error in result.errors:
        # One policy over many actions is complained about once per action; the first one tells.
        name = names.get(error.policy_id, error.policy_id)
        said = error.error.removeprefix(f"for policy `{error.policy_id}`, ")
        found.setdefault(name, said)
    if not result.validation_passed and not found:
        found[""] = "the schema refuses it without saying why"
    return found
