"""Does policy permit this request, in these circumstances?"""

from collections.abc import Iterator
from dataclasses import replace

from clawband.model.access import Action, Circumstances, Deny, Permit, Reason, Request
from clawband.policy import budgets
from clawband.policy.engine import Question
from clawband.policy.sets import PolicySet


def evaluate(
    request: Request, circumstances: Circumstances, active: PolicySet | None
) -> Permit | Deny:
    """Permit or deny; never raises.

    Denied without asking Cedar: when no set is active, and when the agent is bound to no
    workflow. Any error on the way is a denial that says so. `Permit.approval` is left to the
    caller, who knows which approval the fact in `circumstances` came from.
    """
    if active is None:
        return Deny(
            (Reason("clawband/no-policy", "no policy set is active"),),
            "activate one with `clawband policy activate`",
        )
    try:
        return _evaluate(request, circumstances, active)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, it must deny
        because = f"policy could not be evaluated: {type(error).__name__}: {error!s:.300}"
        return Deny((Reason("clawband/evaluation-error", because),), "report this defect")


def _evaluate(request: Request, circumstances: Circumstances, active: PolicySet) -> Permit | Deny:
    scope = active.scope_of(request)
    # An installation is asked for by the gateway, not by an agent's workflow.
    if not scope.workflow and request.action is not Action.INSTALL:
        because = f"no workflow binds the agent `{request.principal.id}`"
        return Deny(
            (Reason("clawband/unknown-agent", because),),
            f"add `{request.principal.id}` to `agents` in a workflow's manifest",
        )
    cut = active.index.of(scope)
    values = cut.lens.look(request, circumstances)
    answer = active.engine.answer(Question(scope, request.environment, cut, values))
    if isinstance(answer, Permit) or not circumstances.budgets:
        return answer
    return replace(answer, reasons=tuple(_told(answer, circumstances, scope.workflow)))


def _told(denial: Deny, circumstances: Circumstances, workflow: str) -> Iterator[Reason]:
    """With what is left of a budget; the policy itself knows only that it is too little."""
    says = {
        budgets.policy(workflow, each.budget, counted=each.asked is not None): each.says
        for each in circumstances.budgets if each.over
    }  # fmt: skip
    for reason in denial.reasons:
        left = says.get(reason.policy)
        yield Reason(reason.policy, f"{reason.because}: {left}") if left else reason
