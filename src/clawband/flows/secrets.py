"""Secrets: added, changed, given a new value, removed. What is written never holds a value."""

import hmac
import re
from dataclasses import replace
from hashlib import sha256

from clawband.flows import targets
from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept, Kind
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InputError
from clawband.model.event import Event, Tag
from clawband.model.secret import MOST_BYTES, OWN, Plan, Secret, State, Version
from clawband.openclaw import validation
from clawband.ports.unit import Unit

SECRET = Kind("secret", Secret)
NAME = re.compile(r"[a-z][a-z0-9._/-]{0,79}")
LIST = "list them with `clawband secret list`"
MOST_DAYS, MOST_MINUTES = 3_650, 525_600
"""Between two rotations, and of an overlap."""


def add(asked: Secret, doing: Doing) -> tuple[Secret, Unit]:
    """Without a value yet. Raises `InputError`, and the commit `ConflictError` when the name is
    taken."""
    secret = checked(replace(asked, versions=(), added=doing.now))
    told = event(Tag.SECRET_ADD, secret, "added", doing, **_described(secret))
    return secret, Unit([told], [SECRET.new(secret.name, secret)])


def change(kept: Kept[Secret], asked: Secret, doing: Doing) -> tuple[Secret, Unit]:
    """Everything but its name, environment, vault and versions: those stay what they are."""
    was = kept.value
    secret = checked(
        replace(
            asked, name=was.name, environment=was.environment, vault=was.vault, place=was.place,
            added=was.added, versions=was.versions,
        )
    )  # fmt: skip
    told = event(Tag.SECRET_CHANGE, secret, "changed", doing, **_described(secret))
    return secret, Unit([told], [SECRET.replace(kept, secret)])


def remove(kept: Kept[Secret], doing: Doing) -> Unit:
    """From here on nobody is given it; its values are destroyed afterwards."""
    told = event(Tag.SECRET_REMOVE, kept.value, "removed", doing)
    return Unit([told], [SECRET.drop(kept)])


def take(kept: Kept[Secret], number: int, print: str, doing: Doing) -> tuple[Secret, Unit]:
    """The version that the vault has by now is the current one; the one before it stays alive
    where it was issued, so it is `previous` until somebody has seen it dead."""
    fresh = Version(number=number, state=State.CURRENT, print=print, by=doing.by, made=doing.now)
    older = (
        replace(each, state=State.PREVIOUS) if each.state is State.CURRENT else each
        for each in kept.value.versions
    )
    secret = replace(kept.value, versions=(*older, fresh))
    told = event(Tag.SECRET_SET, secret, "set", doing, version=number, print=print[:16])
    return secret, Unit([told], [SECRET.replace(kept, secret)])


def follow(kept: Kept[Secret], number: int, print: str, doing: Doing) -> Unit | None:
    """What the vault has by now, whoever wrote it there; None when that is known, or belongs to a
    rotation. A vault with one version has the same number for another value."""
    same = next((each for each in kept.value.versions if each.number == number), None)
    if same and (same.print == print or same.state is State.PENDING):
        return None
    others = tuple(each for each in kept.value.versions if each is not same)
    apart = replace(kept, value=replace(kept.value, versions=others))
    return take(apart, number, print, doing)[1]


def wrapped(outcome: str, doing: Doing, **detail: Json) -> Unit:
    """Another master key wraps our own vault, as far as `detail` says."""
    told = Event(
        id=ids.new("evt", doing.now, doing.entropy),
        at=doing.now,
        tag=Tag.MASTER_CHANGE,
        who=doing.by,
        resource="Vault::own",
        outcome=outcome,
        detail=detail,
    )
    return Unit([told])


def printed(value: bytes, key: bytes) -> str:
    """Tells whether two values are the same one; says nothing else without the key."""
    return hmac.new(key, value, sha256).hexdigest()


def usable(value: bytes) -> bytes:
    """Raises `InputError` for an empty or an oversized value."""
    if 1 <= len(value) <= MOST_BYTES:
        return value
    raise InputError(
        f"expected a value of 1 to {MOST_BYTES} bytes, got {len(value)}",
        remedy="give the value itself on standard input, as it is sent",
    )


def checked(secret: Secret) -> Secret:
    """Raises `InputError` for what no secret can be."""
    # A reference in a configuration takes no empty part, and none that leads upwards.
    parts = frozenset(secret.name.split("/"))
    if not NAME.fullmatch(secret.name) or parts & {"", ".", ".."}:
        raise InputError(
            f"expected a name of lower-case letters, digits, `.`, `_`, `/` and `-`, got "
            f"`{secret.name[:40]}`",
            remedy="choose a name such as `crm/api-key`",
        )
    if secret.environment not in ENVIRONMENTS:
        raise InputError(
            f"expected one of {', '.join(ENVIRONMENTS)}, got `{secret.environment[:40]}`",
            remedy="name the environment that the secret is for",
        )
    for value, what in (
        (secret.kind, "a kind"), (secret.owner, "an owner"), (secret.purpose, "a purpose"),
    ):  # fmt: skip
        validation.name(value.strip(), what, required=True)
    if secret.vault != OWN and not secret.place:
        raise InputError(
            f"`{secret.name}` has no place in the vault `{secret.vault[:40]}`",
            remedy="say where its value stands there",
        )
    for gateway in secret.gateways:
        validation.name(gateway, "a gateway", required=True)
    for target in secret.targets:
        targets.checked(target)
    if secret.plan:
        _bounded(secret.plan)
    # A place of our own vault is told by the name alone: no secret can point at another's value.
    return replace(secret, place=secret.name) if secret.vault == OWN else secret


def _bounded(plan: Plan) -> None:
    """A date that no calendar has would stop that of everybody."""
    validation.name(plan.driver, "a driver", required=True)
    for said, most, what in (
        (plan.every_days, MOST_DAYS, "days"), (plan.overlap_minutes, MOST_MINUTES, "minutes"),
    ):  # fmt: skip
        if not 0 <= said <= most:
            raise InputError(
                f"expected 0 to {most} {what} in a plan, got {said}", remedy="say fewer"
            )


def event(tag: Tag, secret: Secret, outcome: str, doing: Doing, **detail: Json) -> Event:
    """About a secret, without any of its values."""
    return Event(
        id=ids.new("evt", doing.now, doing.entropy),
        at=doing.now,
        tag=tag,
        who=doing.by,
        resource=f"Secret::{secret.name}",
        outcome=outcome,
        detail={"environment": secret.environment, **detail},
    )


def _described(secret: Secret) -> dict[str, Json]:
    return {
        "kind": secret.kind,
        "owner": secret.owner,
        "purpose": secret.purpose,
        "vault": secret.vault,
        "gateways": list(secret.gateways),
        "hosts": sorted({host for each in secret.targets for host in each.hosts}),
        "driver": secret.plan.driver if secret.plan else "",
    }
