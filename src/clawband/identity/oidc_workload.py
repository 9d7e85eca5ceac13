"""Which rule a workload's token fits, and what it gets for it (RFC 8693)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clawband.identity.oidc_claims import Claims, audience, text, timely
from clawband.model.errors import AuthenticationError, InputError
from clawband.model.workload import Workload

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
TAKEN = frozenset(
    {"urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token"}
)
"""The kinds of token that are traded (RFC 8693 §3)."""


class ScopeError(InputError):
    """More was asked for than the rule gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """A token that may be traded once."""

    rule: Workload
    subject: str
    id: str
    """`jti`; empty where the issuer gives none."""
    until: datetime
    """After it the token itself is over."""
    acts: frozenset[str]


def fit(claims: Claims, rules: Sequence[Workload], scope: str, *, now: datetime) -> Fitting:
    """Raises `AuthenticationError` when no rule fits, and `ScopeError` for a scope beyond it.

    The signature was checked with the keys of the issuer that `claims` names. `scope`: acts
    with spaces between them, out of those that the rule gives; empty for all of them.
    """
    until = timely(claims, now=now)
    subject = text(claims, "sub", needed=True)
    rule = next((each for each in rules if _fits(each, claims, subject)), None)
    if rule is None:
        raise AuthenticationError(
            "no rule fits this token",
            remedy="compare its issuer, audience, subject and claims with `[[workload]]`",
        )
    wanted = frozenset(scope.split()) or rule.acts
    if not wanted <= rule.acts:
        raise ScopeError(
            f"expected `scope` out of {', '.join(sorted(rule.acts))}", remedy="ask for less"
        )
    return Fitting(rule=rule, subject=subject, id=text(claims, "jti"), until=until, acts=wanted)


def _fits(rule: Workload, claims: Claims, subject: str) -> bool:
    begins = rule.subject.removesuffix("*")
    named = subject.startswith(begins) if begins != rule.subject else subject == begins
    return (
        named
        and claims.get("iss") == rule.issuer
        # A token that is for others too could come from them.
        and audience(claims) == [rule.audience]
        and all(claims.get(name) == value for name, value in rule.claims.items())
    )
