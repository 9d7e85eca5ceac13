"""Who is given the value of a secret, and whose requests it is put on.

Decided for each use, from the secret alone: its environment, the gateways it names, its targets.
Nothing here knows a value.
"""

import hmac
from dataclasses import replace
from hashlib import sha256

from clawband.flows.decide import Moment
from clawband.flows.record import became
from clawband.model import ids
from clawband.model.access import Deny, Permit, Reason, Request
from clawband.model.deployment import Gateway
from clawband.model.digest import Json
from clawband.model.event import Event, Tag
from clawband.model.secret import IN_PATH, Secret, Target
from clawband.openclaw import validation

PLACEHOLDER = "clawband-placeholder-"
"""How what stands in for a value begins, in a configuration and on a request. A word in it tells
whoever looks for secrets that this is none."""
MARK_CHARACTERS = 32
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
    secret: Secret, gateway: Gateway, *, host: str, method: str, path: str, mark: str = ""
) -> Target | Deny:
    """May it be put on this request of the gateway or of one of its agents, and how?

    `path` is without query, as it is sent; `mark` is the placeholder that may stand in it.
    """
    refused = _apart(secret, gateway)
    if refused:
        return refused
    fitting = (each for each in secret.targets if _fits(each, host, method, path, mark))
    return next(fitting, None) or _deny(
        "target",
        f"`{secret.name}` is not for {method} at `{host}{path[:80]}`",
        "list the host, the method and the path in its targets, if it should go there",
    )


def stands_in(secret: Secret, gateway: Gateway) -> bool:
    """Is its configuration given a placeholder: does the value reach its destination only?"""
    return (
        _apart(secret, gateway) is None
        and bool(secret.targets)
        and gateway.name not in secret.gateways
    )


def placeholder(secret: str, gateway: str, key: bytes) -> str:
    """The same one whenever it is asked for; opens nothing, and tells nothing without the key."""
    mark = hmac.new(key, f"placeholder\0{gateway}\0{secret}".encode(), sha256).hexdigest()
    return PLACEHOLDER + mark[:MARK_CHARACTERS]


def told(
    tag: Tag, secret: str, gateway: Gateway, outcome: str, moment: Moment, **detail: Json
) -> Event:
    """A use of a secret, or one that was refused; `secret` may be any text."""
    name = validation.visible(secret)[:80]
    return Event(
        id=ids.new("evt", moment.now, moment.entropy), at=moment.now, tag=tag,
        gateway=gateway.name, resource=f"Secret::{name}", outcome=outcome,
        detail={"environment": gateway.environment, **detail},
    )  # fmt: skip


def used(
    tag: Tag, secret: str, request: Request, cause: str, outcome: str, moment: Moment,
    **detail: Json,
) -> Event:  # fmt: skip
    """The same of a request that an agent or a gateway sent, under the id of its decision."""
    told = became(tag, request, cause, moment.now, outcome, detail, entropy=moment.entropy)
    where = {"environment": request.environment, "host": request.resource.id, **detail}
    return replace(told, resource=f"Secret::{validation.visible(secret)[:80]}", detail=where)


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
    if secret.current.leaked:
        return _deny(
            "leaked",
            f"the value of `{secret.name}` leaked, so it is lent to nobody",
            f"rotate it with `clawband rotate {secret.name} --at-once`",
        )
    return None


def _fits(target: Target, host: str, method: str, path: str, mark: str) -> bool:
    return (
        host in target.hosts
        and (target.header != IN_PATH or path.startswith(target.form.replace("{}", mark)))
        and (not target.methods or method in target.methods)
        and (not target.paths or any(_below(path, each) for each in target.paths))
    )


def _below(path: str, allowed: str) -> bool:
    return path == allowed or (allowed.endswith("/") and path.startswith(allowed))


def _permit(rule: str, because: str) -> Permit:
    return Permit((Reason(f"secrets/{rule}", because),))


def _deny(rule: str, because: str, remedy: str) -> Deny:
    return Deny((Reason(f"secrets/{rule}", because),), remedy)
