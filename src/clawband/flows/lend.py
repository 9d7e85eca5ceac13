"""Who is given the value of a secret, and whose requests it is put on.

Decided for each use, from the secret alone: its environment, the gateways it names, its targets.
Nothing here knows a value.
"""

from clawband.model.access import Deny, Permit, Reason
from clawband.model.deployment import Gateway
from clawband.model.secret import Secret, Target

_NAMED = "name the gateway with `clawband secret change"


def resolve(secret: Secret, gateway: Gateway) -> Permit | Deny:
    """May the configuration of this gateway have the value itself?"""
    refused = _apart(secret, gateway)
    if refused:
        return refused
    if gateway.name not in secret.gateways:
        return _deny(
            "gateway",
            f"`{secret.name}` is not for the gateway `{gateway.name}`",
            f"{_NAMED} {secret.name} --gateway {gateway.name}`, if it should have it",
        )
    return _permit("resolve", f"`{secret.name}` names the gateway")


def put_on(
    secret: Secret, gateway: Gateway, *, host: str, method: str, path: str
) -> tuple[Permit | Deny, Target | None]:
    """May it be put on this request of the gateway or of one of its agents, and how?

    `path` is without query, as it is sent.
    """
    refused = _apart(secret, gateway)
    if refused:
        return refused, None
    fitting = (each for each in secret.targets if _fits(each, host, method, path))
    target = next(fitting, None)
    if target:
        return _permit("put-on", f"`{secret.name}` is for `{host}`"), target
    return _deny(
        "target",
        f"`{secret.name}` is not for {method} at `{host}{path[:80]}`",
        "list the host, the method and the path in its targets, if it should go there",
    ), None


def _apart(secret: Secret, gateway: Gateway) -> Deny | None:
    """Environments share no secret, whoever names whom."""
    if gateway.environment != secret.environment:
        return _deny(
            "environment",
            f"`{secret.name}` is of {secret.environment}, `{gateway.name}` of "
            f"{gateway.environment}",
            f"keep another secret for {gateway.environment}",
        )
    if secret.current is None:
        return _deny(
            "no-value",
            f"`{secret.name}` has no value yet",
            f"set it with `clawband secret set {secret.name}`",
        )
    return None


def _fits(target: Target, host: str, method: str, path: str) -> bool:
    return (
        host in target.hosts
        and (not target.methods or method in target.methods)
        and (not target.paths or any(_below(path, each) for each in target.paths))
    )


def _below(path: str, allowed: str) -> bool:
    return path == allowed or (allowed.endswith("/") and path.startswith(allowed))


def _permit(rule: str, because: str) -> Permit:
    return Permit((Reason(f"secrets/{rule}", because),))


def _deny(rule: str, because: str, remedy: str) -> Deny:
    return Deny((Reason(f"secrets/{rule}", because),), remedy)
