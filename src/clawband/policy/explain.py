"""Why not, and what would change the answer. Only computed for denials, which are remembered."""

from clawband.model.access import Action, Deny, Reason, ResourceKind
from clawband.policy.language import Policy
from clawband.policy.slicing import Scope, Slice

DEFAULT_DENY = "clawband/default-deny"
NEAREST = 3


def denial(scope: Scope, cut: Slice, forbids: tuple[Reason, ...]) -> Deny:
    """The deciding forbids and what lifts them; without any, the permits that came nearest."""
    if forbids:
        remedies = (cut.policies[reason.policy].remedy for reason in forbids)
        return Deny(forbids, "; ".join(dict.fromkeys(filter(None, remedies))))
    near = nearest(cut)
    missed = tuple(Reason(policy.id, policy.because) for policy in near)
    remedy = "; ".join(policy.remedy or policy.because for policy in near) or _unnamed(scope)
    return Deny((Reason(DEFAULT_DENY, f"no policy permits {wish(scope)}"), *missed), remedy)


def nearest(cut: Slice) -> tuple[Policy, ...]:
    """Permits for exactly this action and resource whose conditions did not hold."""
    permits = [policy for policy in cut.policies.values() if policy.effect == "permit"]
    exact = [policy for policy in permits if policy.head["resource"]["op"] == "=="]
    return tuple((exact or [each for each in permits if _own(each)])[:NEAREST])


def wish(scope: Scope) -> str:
    """The request in plain words: "`support` to pay with `refund`"."""
    who = scope.workflow or scope.principal.id
    return f"`{who}` to {VERBS[scope.action].format(f'`{scope.resource.id}`')}"


def _own(policy: Policy) -> bool:
    # A shipped permit is for everybody; it says nothing about what this workflow lacks.
    return not policy.id.startswith(("baseline/", "egress/"))


def _unnamed(scope: Scope) -> str:
    if scope.resource.kind is ResourceKind.CHANNEL:
        return f"add `{scope.resource.id}` to `channels` and allow `replies` in the manifest"
    if scope.resource.kind is ResourceKind.HOST:
        return (
            f"list `{scope.resource.id}` under `[[egress]]` in the manifest of `{scope.workflow}`"
        )
    if scope.resource.kind is ResourceKind.MODEL:
        return f"allow `{scope.resource.id}` under `[models]` in the manifest of `{scope.workflow}`"
    if scope.action is Action.RESULT:
        return f"name `{scope.resource.id}` under `reads` or `writes` in the manifest"
    where = "reads" if scope.action is Action.READ else "writes"
    return f"name `{scope.resource.id}` under `{where}` in the manifest of `{scope.workflow}`"


VERBS = {
    Action.RECEIVE: "receive messages on {}",
    Action.SEND_REPLY: "reply on {}",
    Action.READ: "read with {}",
    Action.WRITE: "write with {}",
    Action.SEND: "send with {}",
    Action.EXECUTE: "run {}",
    Action.DELETE: "delete with {}",
    Action.PAY: "pay with {}",
    Action.CONFIGURE: "change the gateway with {}",
    Action.UNKNOWN: "call {}, which nobody declared,",
    Action.RESULT: "read the result of {}",
    Action.INSTALL: "install {}",
    Action.CONNECT: "connect to {}",
    Action.REQUEST: "send a request to {}",
    Action.ASK_MODEL: "ask the model {}",
}
