"""Operators: adding them, signing them in, knowing them again."""

import re
from datetime import datetime

from clawband.identity.session import LIFE, SECRET_BYTES, stored
from clawband.model import ids
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.person import Operator, Role, SignedIn
from clawband.openclaw import validation
from clawband.ports.passwords import Passwords
from clawband.ports.store import People
from clawband.ports.unit import CloseSession, DeleteOperator, OpenSession, PutOperator, Unit

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
    """Add an operator, or replace roles and password of one, which ends their sign-ins.

    Raises `InputError`. The caller asks `refuse_clash` first.
    """
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
    for alias in aliases:
        validation.name(alias, "an alias", required=True)
    operator = Operator(name=name, roles=roles, aliases=aliases, added=now)
    detail = {"roles": sorted(str(role) for role in roles), "aliases": sorted(aliases)}
    event = _event(Tag.OPERATOR_ADD, by, name, "added", now=now, entropy=entropy, detail=detail)
    return operator, Unit([event], [PutOperator(operator, passwords.hash(password))])


def refuse_clash(
    name: str, roles: frozenset[Role], aliases: frozenset[str], people: People
) -> None:
    """Raises `ConflictError` when an account of this name would take the last administrator away,
    or give one person's alias to two accounts: two approvals must be two people."""
    others = [other for other in people.operators() if other.name != name]
    for other in others:
        shared = sorted(aliases & (other.aliases | {other.name}))
        shared += [name] if name in other.aliases else []
        if shared:
            raise ConflictError(
                f"`{shared[0]}` already belongs to `{other.name}`",
                remedy="give each alias to one account: people are told apart by them",
            )
    if Role.ADMIN not in roles:
        _keep_an_admin(name, people)


def _keep_an_admin(name: str, people: People) -> None:
    admins = [each.name for each in people.operators() if Role.ADMIN in each.roles]
    if admins == [name]:
        raise ConflictError(
            f"`{name}` is the last administrator", remedy="add another administrator first"
        )


def remove(name: str, *, by: str, people: People, now: datetime, entropy: bytes) -> Unit:
    """Remove an operator and everything they are signed in with. The last administrator stays.

    Raises `NotFoundError` and `ConflictError`.
    """
    if people.operator(name) is None:
        raise NotFoundError(
            f"there is no operator `{name[:40]}`", remedy="list them with `clawband operator list`"
        )
    _keep_an_admin(name, people)
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
