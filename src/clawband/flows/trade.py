"""Trade a workload's token for a credential of ours (RFC 8693), and know that one again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.flows.kept import Kept, Kind
from clawband.flows.once import once
from clawband.identity.oidc_workload import Fitting
from clawband.identity.session import SECRET_BYTES, stored
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.person import Operator, SignedIn
from clawband.model.workload import Workload
from clawband.ports.store import Documents
from clawband.ports.unit import Change, Unit

PREFIX = "cbw_"
"""So that a scanner for secrets knows one that was left lying about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """A credential that lives for minutes; its id is the SHA-256 of its secret."""

    workload: str
    issuer: str
    subject: str
    acts: frozenset[str]
    made: datetime
    expires: datetime


TRADED = Kind("workload-credential", Traded)


def trade(
    fitting: Fitting, digest: str, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[str, Traded, Unit]:
    """The secret, what it is worth, and the unit that makes it valid and uses the token up.

    `digest` is that of the signed token, which stands in where the issuer gives no id. Raises
    `AuthenticationError` for a token that was traded before.
    """
    rule = fitting.rule
    used = once(
        "workload", rule.issuer, fitting.id or digest, until=fitting.until, documents=documents
    )
    secret = PREFIX + entropy[:SECRET_BYTES].hex()
    made = Traded(
        workload=rule.name,
        issuer=rule.issuer,
        subject=fitting.subject,
        acts=fitting.acts,
        made=now,
        expires=now + timedelta(minutes=rule.minutes),
    )
    detail: dict[str, Json] = {
        "issuer": made.issuer,
        "subject": made.subject,
        "acts": sorted(made.acts),
        "minutes": rule.minutes,
    }
    event = _event(Tag.WORKLOAD_TRADE, rule.name, "traded", now, entropy, detail)
    return secret, made, Unit([event], [used, TRADED.new(stored(secret), made)])


def refused(issuer: str, why: str, *, now: datetime, entropy: bytes) -> Unit:
    """The record of a token of a known issuer that was not traded."""
    detail: dict[str, Json] = {"issuer": issuer, "why": why}
    return Unit([_event(Tag.WORKLOAD_REFUSE, "", "refused", now, entropy, detail)])


def is_credential(secret: str) -> bool:
    return secret.startswith(PREFIX)


def known(
    secret: str, *, documents: Documents, rules: Sequence[Workload], now: datetime
) -> SignedIn:
    """Who shows this secret, with what its rule still gives.

    Raises `AuthenticationError` when it is over or its rule is gone.
    """
    found = TRADED.find(stored(secret), documents)
    rule = next((each for each in rules if found and each.name == found.value.workload), None)
    if (
        found is None
        or rule is None
        or rule.issuer != found.value.issuer
        or not found.value.made <= now < found.value.expires
    ):
        raise AuthenticationError(
            "this credential of a workload is over", remedy="trade a fresh token for another one"
        )
    made = found.value
    return SignedIn(
        operator=Operator(name=who(made.workload), roles=frozenset(), added=made.made),
        assurance=1,
        session=found.id,
        at=now,
        service=True,
        scope=made.acts & rule.acts,
        environment=rule.environment,
    )


def lent(documents: Documents, now: datetime) -> Sequence[Kept[Traded]]:
    """The credentials that open something now, oldest first."""
    found = [each for each in TRADED.all(documents) if now < each.value.expires]
    return sorted(found, key=lambda each: each.value.made)


def revoke(which: str, *, by: str, documents: Documents, now: datetime, entropy: bytes) -> Unit:
    """End one credential by its id, or all of a workload by its name; the issuer's next token is
    still traded. Raises `NotFoundError`."""
    over = [each for each in lent(documents, now) if which in (each.id, each.value.workload)]
    if not over:
        raise NotFoundError(
            f"nothing is lent to `{which[:60]}`", remedy="list it with `clawband workload list`"
        )
    name = over[0].value.workload
    event = Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.KEY_REVOKE,
        who=by,
        resource=f"Workload::{name}",
        outcome="revoked",
        detail={"ended": len(over)},
    )
    return Unit([event], [TRADED.drop(each) for each in over])


def who(workload: str) -> str:
    """Its name among operators, which no person can have."""
    return f"workload:{workload}"


def swept(documents: Documents, now: datetime) -> list[Change]:
    """What forgets the credentials that are over."""
    return [TRADED.drop(each) for each in TRADED.all(documents) if each.value.expires <= now]


def _event(
    tag: Tag, name: str, outcome: str, now: datetime, entropy: bytes, detail: dict[str, Json]
) -> Event:
    return Event(
        id=ids.new("evt", now, entropy[SECRET_BYTES:]),
        at=now,
        tag=tag,
        who=who(name) if name else "",
        resource=f"Workload::{name}" if name else "",
        outcome=outcome,
        detail=detail,
    )
