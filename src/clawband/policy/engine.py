"""The engine call: one question to Cedar, and the memory of identical questions.

A question holds everything that evaluation depends on, and Cedar is given nothing else, so an
answer can be remembered for as long as the policy set lives. What it depends on that is not in
the question (the policies, the schema) never changes within one `Engine`.
"""

import json
from dataclasses import dataclass
from functools import lru_cache

import cedarpy

from clawband.model.access import Deny, Permit, Principal, Reason
from clawband.policy.explain import denial
from clawband.policy.lens import Value
from clawband.policy.schema import HANDLE
from clawband.policy.slicing import Scope, Slice

ANSWERS = 8192
AGENTS = 1024
MOST_NAMED = 8
"""A question that names more hosts, paths or recipients is not remembered: an agent chooses their
number, and may not fill our memory with them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, reduced to what the slice's policies can tell apart.

    `cut` compares by identity: the same slice of the same set, or another question.
    """

    scope: Scope
    environment: str
    cut: Slice
    values: tuple[Value, ...]


class Engine:
    """Asks Cedar; remembers the last `ANSWERS` answers. One per policy set."""

    def __init__(self) -> None:
        self.remembered = lru_cache(ANSWERS)(ask)

    def answer(self, question: Question) -> Permit | Deny:
        """The answer `ask` gives, from memory when it gave it before."""
        named = (len(value) for value in question.values if isinstance(value, frozenset))
        if max(named, default=0) > MOST_NAMED:
            return ask(question)
        return self.remembered(question)


def ask(question: Question) -> Permit | Deny:
    """Ask Cedar. Anything but an Allow without errors is a denial.

    Cedar skips a policy that errors, and a skipped `forbid` does not forbid: so an error denies,
    whatever the decision says.
    """
    scope, cut = question.scope, question.cut
    result = cedarpy.is_authorized(
        {
            "principal": {"type": "Agent", "id": scope.principal.id},
            "action": {"type": "Action", "id": str(scope.action)},
            "resource": {"type": str(scope.resource.kind), "id": scope.resource.id},
            "context": cut.lens.context(question.values),
        },
        cut.handle,
        entities(scope.principal, question.environment, scope.workflow),
        HANDLE,
    )
    told = result.diagnostics
    reasons = tuple(_reason(cut, name) for name in sorted(told.reasons))
    if told.errors or result.decision is cedarpy.Decision.NoDecision:
        return _failed(told.errors)
    if result.decision is cedarpy.Decision.Allow and reasons:
        return Permit(reasons)
    return denial(scope, cut, reasons)


@lru_cache(AGENTS)
def entities(principal: Principal, environment: str, workflow: str) -> cedarpy.Entities:
    """The agent in its workflow; tools, channels and plugins have nothing to say but their id."""
    parents = [{"type": "Workflow", "id": workflow}] if workflow else []
    agent = {
        "uid": {"type": "Agent", "id": principal.id},
        "attrs": {"environment": environment, "gateway": principal.gateway},
        "parents": parents,
    }
    return cedarpy.Entities.from_json_str(json.dumps([agent]), HANDLE)


def _reason(cut: Slice, name: str) -> Reason:
    return Reason(name, cut.policies[name].because)


def _failed(errors: list[str]) -> Deny:
    first = errors[0] if errors else "the engine gave no decision"
    return Deny(
        (Reason("clawband/evaluation-error", f"policy could not be evaluated: {first[:300]}"),),
        "correct the policy that is named, and activate the set again",
    )
