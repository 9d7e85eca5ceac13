"""`[[workload]]` of `clawband.toml`: whose machine-made tokens are traded for credentials of ours.

A job of a CI system, or a service with an identity of its own, holds a token that its platform
signed. Nobody has to keep a secret for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InputError
from clawband.model.openid import OpenId, address

ACTS = frozenset({"look", "read-payload", "export", "stop", "revoke", "publish"})
"""A workload is nobody's second person, approves nothing and administers nothing."""
MOST_MINUTES = 60
_TEXTS = ("name", "issuer", "audience", "subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A rule. Issuer, audience, subject and every claim must fit."""

    name: str
    issuer: str
    """Exactly as its tokens say it."""
    audience: str
    """What its tokens are for: this and nothing else."""
    subject: str
    """The whole subject, or its beginning and `*`."""
    acts: frozenset[str]
    """What its credential may do, out of `ACTS`."""
    claims: Mapping[str, str] = field(default_factory=dict)
    """More claims, each with its exact text."""
    minutes: int = 15
    """How long the credential lives."""
    environment: str = ""
    """The only one in which it may anything; empty for all."""


def read(given: object, openid: OpenId | None = None) -> tuple[Workload, ...]:
    """The tables, checked. Raises `InputError`."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InputError("expected `workload` to be tables", remedy="write `[[workload]]`")
    found = tuple(_one(each, number) for number, each in enumerate(given, 1))
    if len({each.name for each in found}) != len(found):
        raise InputError("two workloads have the same name", remedy="name each of them once")
    for each in found:
        if openid and (each.issuer, each.audience) == (openid.issuer, openid.client):
            raise InputError(
                f"workload `{each.name}` would take the ID tokens of people",
                remedy="have its tokens made for an audience of its own",
            )
    return found


def _one(given: object, number: int) -> Workload:
    where = f"workload {number} of `clawband.toml`"
    known = [each.name for each in fields(Workload)]
    values: dict[str, object] = dict(given) if isinstance(given, dict) else {"": given}
    for key in values:
        if key not in known:
            raise InputError(
                f"{where} has the unknown key `{str(key)[:40]}`", remedy=f"use {', '.join(known)}"
            )
    texts = {key: values.get(key) for key in _TEXTS}
    for key, value in texts.items():
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise InputError(f"{where} has no `{key}`", remedy=f"say {', '.join(_TEXTS)}")
    address(str(values["issuer"]), f"`issuer` in {where}")
    if "*" in str(values["subject"])[:-1] or values["subject"] == "*":
        raise InputError(
            f"expected `subject` in {where} to have `*` only after its beginning",
            remedy="write it whole, or as in `repo:shop/config:*`",
        )
    return Workload(
        name=str(values["name"]),
        issuer=str(values["issuer"]),
        audience=str(values["audience"]),
        subject=str(values["subject"]),
        acts=_acts(values.get("acts"), where),
        claims=_claims(values.get("claims", {}), where),
        minutes=_minutes(values.get("minutes", 15), where),
        environment=_environment(values.get("environment", ""), where),
    )


def _environment(given: object, where: str) -> str:
    if given not in ("", *ENVIRONMENTS):
        raise InputError(
            f"expected `environment` in {where} out of {', '.join(ENVIRONMENTS)}",
            remedy="name one, or leave it out for all",
        )
    return str(given)


def _acts(given: object, where: str) -> frozenset[str]:
    names = given if isinstance(given, list) else []
    if not names or not all(isinstance(name, str) and name in ACTS for name in names):
        raise InputError(
            f"expected `acts` in {where} out of {', '.join(sorted(ACTS))}",
            remedy="name one or more: a workload administers and approves nothing",
        )
    return frozenset(names)


def _claims(given: object, where: str) -> Mapping[str, str]:
    claims = given if isinstance(given, dict) else {"": None}
    if not all(isinstance(value, str) for value in claims.values()):
        raise InputError(
            f"expected `claims` in {where} to be texts", remedy='write `ref = "refs/heads/main"`'
        )
    return dict(claims)


def _minutes(given: object, where: str) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= MOST_MINUTES:
        raise InputError(
            f"expected `minutes` in {where} from 1 to {MOST_MINUTES}", remedy="give fewer"
        )
    return given
