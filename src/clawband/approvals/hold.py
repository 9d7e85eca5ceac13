"""Which approvals would lift this denial?

The answer is found by asking policy again under each admissible hypothesis, so who may approve is
written once, in policy, and derived here. A `forbid` that no approval lifts stays a denial.
"""

from collections.abc import Callable, Iterable

from clawband.model.access import ApprovalFact, Deny, Permit, Requirement

Evaluate = Callable[[ApprovalFact | None], Permit | Deny]
"""The same request under a given approval."""


def hypotheses(roles: Iterable[str]) -> tuple[Requirement, ...]:
    """The approvals worth trying, weakest first: people 1 to 2, assurance 1 to 3, each role."""
    ordered = sorted(set(roles))
    return tuple(
        Requirement(role, people, assurance)
        for people in (1, 2)
        for assurance in (1, 2, 3)
        for role in ordered
    )


def as_fact(requirement: Requirement) -> ApprovalFact:
    """The approval that would just meet the requirement."""
    return ApprovalFact(frozenset({requirement.role}), requirement.people, requirement.assurance)


def requirements(evaluate: Evaluate, roles: Iterable[str]) -> tuple[Requirement, ...]:
    """The weakest approvals, one per role, that would turn the denial into a permit.

    Empty when none would: then it is a denial, not a hold.
    """
    found: dict[str, Requirement] = {}
    for requirement in hypotheses(roles):
        if requirement.role in found:
            continue
        if isinstance(evaluate(as_fact(requirement)), Permit):
            found[requirement.role] = requirement
    return tuple(found.values())
