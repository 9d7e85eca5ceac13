"""Operators: adding them, signing them in, knowing them again."""

import re
from datetime import datetime

from clawband.identity.session import LIFE, SECRET_BYTES, stored
from clawband.model import ids
from clawband.model.errors import AuthenticationError, InputError
from clawband.model.event import Event, Tag
from clawband.model.person import Operator, Role, SignedIn
from clawband.ports.passwords import Passwords
from clawband.ports.store import (
    CloseSession,
    DeleteOperator,
    OpenSession,
    People,
    PutOperator,
    Unit,
)

MIN_PASSWORD = 12
MAX_PASSWORD = 256
NAME = re.compile(r"[a-z][a-z0-9._-]{0,31}")


def add(
    name: str,
    roles: frozenset[Role],
    aliases: frozenset[str],
    password: str,
    *,
    by: str,
    passwords: Passwords,
    now: datetime,
    entropy: bytes,
) -> tuple[Operator, Unit]:
    """Add an operator, or replace roles and password of one. Raises `InputError`."""
    if not NAME.fullmatch(name):
        raise InputError(
            f"expected a name of lower-case letters, digits, `.`, `_` and `-`, got `{name[:40]}`",
            remedy="choose a name such as `ana`",
        )
    if not roles:
        raise InputError("expected at least one role, got none", remedy="give a role")
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InputError(
            f"expected a password of {MIN_PASSWORD} to {MAX_PASSWORD} characters, "
            f"got {len(password)}",
            remedy="choose another password",
        )
    operator = Operator(name=name, roles=roles, aliases=aliases, added=now)
    detail = {"roles": sorted(str(role) for role in roles), "aliases": sorted(aliases)}
    event = _event(Tag.OPERATOR_ADD, by, name, "added", now=now, entropy=entropy, detail=detail)
    return operator, Unit([event], [PutOperator(operator, passwords.hash(password))])


def remove(name: str, *, by: str, now: datetime, entropy: bytes) -> Unit:
    """Remove an operator and everything they are signed in with."""
    event = _event(Tag.OPERATOR_REMOVE, by, name, "removed", now=now, entropy=entropy)
    return Unit([event], [DeleteOperator(name)])


def sign_in(
    name: str,
    password: str,
    *,
    people: People,
    passwords: Passwords,
    now: datetime,
    entropy: bytes,
) -> tuple[str, Unit] | tuple[None, Unit]:
    """A bearer secret and the unit that makes it valid; None with the record of the refusal.

    Costs the same for an unknown name as for a wrong password.
    """
    found = people.operator(name)
    correct = passwords.verify(password, found[1] if found else "")
    known = name if found else ""
    if not (found and correct):
        event = _event(Tag.SESSION_REFUSE, known, known, "refused", now=now, entropy=entropy)
        return None, Unit([event])
    secret = entropy[:SECRET_BYTES].hex()
    csrf = entropy[SECRET_BYTES : 2 * SECRET_BYTES].hex()
    event = _event(
        Tag.SESSION_OPEN, name, name, "open", now=now, entropy=entropy[2 * SECRET_BYTES :]
    )
    return secret, Unit(
        [event], [OpenSession(stored(secret), name, csrf, now, now + LIFE, assurance=1)]
    )


def who(secret: str, *, people: People, now: datetime) -> SignedIn:
    """The operator behind a bearer secret. Raises `AuthenticationError`."""
    session = people.session(stored(secret)) if secret else None
    found = people.operator(session.operator) if session else None
    if session is None or found is None or now >= session.expires:
        raise AuthenticationError(
            "you are not signed in", remedy="sign in with `clawband login` or on the console"
        )
    return SignedIn(
        operator=found[0],
        assurance=session.assurance,
        session=session.token,
        csrf=session.csrf,
    )


def sign_out(signed: SignedIn, *, now: datetime, entropy: bytes) -> Unit:
    event = _event(Tag.SESSION_CLOSE, signed.name, signed.name, "closed", now=now, entropy=entropy)
    return Unit([event], [CloseSession(signed.session)])


def _event(
    tag: Tag,
    by: str,
    name: str,
    outcome: str,
    *,
    now: datetime,
    entropy: bytes,
    detail: dict[str, list[str]] | None = None,
) -> Event:
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=tag,
        who=by,
        resource=f"Operator::{name}" if name else "",
        outcome=outcome,
        detail=detail or {},
    )
