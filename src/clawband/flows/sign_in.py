"""Operators: adding them, signing them in, knowing them again."""

import re
from dataclasses import replace
from datetime import datetime

from clawband.flows import credentials, mailbox, sessions
from clawband.flows.in_turn import in_turn
from clawband.flows.sessions import happened
from clawband.identity.assurance import Method
from clawband.identity.session import Seen
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    InputError,
    NotFoundError,
    SecondFactorNeededError,
)
from clawband.model.event import Tag
from clawband.model.person import Held, Operator, Role, SignedIn, held
from clawband.openclaw import validation
from clawband.ports.passwords import Passwords
from clawband.ports.registry import Registry
from clawband.ports.store import People
from clawband.ports.unit import CloseSession, DeleteOperator, PutOperator, SamePassword, Unit

MIN_PASSWORD = 12
MAX_PASSWORD = 256
MAX_CODE = 60
NAME = re.compile(r"[a-z][a-z0-9._-]{0,31}")


def add(
    name: str,
    roles: frozenset[Held],
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
    operator = account(name, roles, aliases, now)
    hashed = hashed_password(password, passwords)
    detail: dict[str, Json] = {"roles": _words(roles), "aliases": sorted(aliases)}
    event = happened(Tag.OPERATOR_ADD, by, name, "added", now=now, entropy=entropy, detail=detail)
    return operator, Unit([event], [PutOperator(operator, hashed)])


def account(name: str, roles: frozenset[Held], aliases: frozenset[str], now: datetime) -> Operator:
    """An account as it was asked for. Raises `InputError`."""
    if not NAME.fullmatch(name):
        raise InputError(
            f"expected a name of lower-case letters, digits, `.`, `_` and `-`, got `{name[:40]}`",
            remedy="choose a name such as `ana`",
        )
    if not roles:
        raise InputError("expected at least one role, got none", remedy="give a role")
    for role in roles:
        held(role)
    for alias in aliases:
        validation.name(alias, "an alias", required=True)
    return Operator(name=name, roles=roles, aliases=aliases, added=now)


def hashed_password(password: str, passwords: Passwords) -> str:
    """Slow on purpose. Raises `InputError` for one that is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InputError(
            f"expected a password of {MIN_PASSWORD} to {MAX_PASSWORD} characters, "
            f"got {len(password)}",
            remedy="choose another password",
        )
    return passwords.hash(password)


def refuse_clash(
    name: str, roles: frozenset[Held], aliases: frozenset[str], people: People
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


def remove(name: str, *, by: str, people: Registry, now: datetime, entropy: bytes) -> Unit:
    """Remove an operator and everything they sign in with. The last administrator stays.

    Raises `NotFoundError` and `ConflictError`.
    """
    turn = in_turn(people)
    if people.operator(name) is None:
        raise NotFoundError(
            f"there is no operator `{name[:40]}`", remedy="list them with `clawband operator list`"
        )
    _keep_an_admin(name, people)
    event = happened(Tag.OPERATOR_REMOVE, by, name, "removed", now=now, entropy=entropy)
    gone = [
        *credentials.forgotten(name, people),
        *credentials.uninvited(name, people),
        *mailbox.forgotten(name, people),
    ]
    return Unit([event], [DeleteOperator(name), *gone, turn])


def checked(
    name: str,
    password: str,
    code: str,
    seen: Seen,
    *,
    known: Registry,
    passwords: Passwords,
    now: datetime,
    entropy: bytes,
) -> tuple[str, Unit] | tuple[None, Unit]:
    """A bearer secret and the unit that makes it valid; None with the record of the refusal.

    Costs the same for an unknown name as for a wrong password. Raises `SecondFactorNeededError`
    when the password is right, `code` is empty and there is a second factor. The unit conflicts
    when the password was replaced while this one was checked, which takes a while.
    """
    found = known.operator(name)
    correct = passwords.verify(password, found[1] if found else "")
    if not (found and correct):
        return None, refused(name if found else "", "password", now=now, entropy=entropy)
    if not credentials.enrolled(name, known):
        secret, unit = sessions.enter(
            name, Method.PASSWORD, seen, known=known, now=now, entropy=entropy
        )
        unit.changes.append(SamePassword(name, found[1]))
        return secret, unit
    if not code:
        raise SecondFactorNeededError(
            "this account has a second factor",
            remedy="enter the code of your device or a recovery code, or use your passkey",
        )
    proof = credentials.prove(name, code[:MAX_CODE], known, now)
    if proof is None:
        return None, refused(name, "code", now=now, entropy=entropy)
    proof = replace(proof, changes=[*proof.changes, SamePassword(name, found[1])])
    return proved(name, proof, seen, known=known, now=now, entropy=entropy)


def change_password(
    signed: SignedIn,
    current: str,
    password: str,
    *,
    known: Registry,
    passwords: Passwords,
    now: datetime,
    entropy: bytes,
) -> tuple[str, Unit]:
    """A new password for oneself; the secret that takes the place of the one of this sign-in, and
    the unit that ends all others.

    Whoever has no second factor shows the `current` password. Raises `AuthenticationError`,
    `InputError` and `NotFoundError`.
    """
    turn = in_turn(known)
    found = known.operator(signed.name)
    if found is None:
        raise NotFoundError("this account is gone")
    if not signed.second_factor and not passwords.verify(current, found[1]):
        raise AuthenticationError("the current password is wrong", remedy="enter it again")
    put = PutOperator(found[0], hashed_password(password, passwords))
    secret, unit = sessions.renew(signed, Method.PASSWORD, known=known, now=now, entropy=entropy)
    name, more = signed.name, entropy[-ids.ENTROPY_BYTES :]
    event = happened(Tag.CREDENTIAL_ADD, name, name, "password", now=now, entropy=more)
    return secret, Unit([event], [put, *unit.changes, turn])


def proved(
    name: str,
    proof: credentials.Proof,
    seen: Seen,
    *,
    known: Registry,
    now: datetime,
    entropy: bytes,
) -> tuple[str, Unit]:
    """A bearer secret for who has shown two factors, and the unit that makes it valid."""
    secret, unit = sessions.enter(name, proof.method, seen, known=known, now=now, entropy=entropy)
    unit.changes += proof.changes
    return secret, unit


def refused(name: str, why: str, *, now: datetime, entropy: bytes) -> Unit:
    """The record of a sign-in that failed; `name` is empty where there is no such account."""
    detail: dict[str, Json] = {"why": why}
    return Unit([happened(
        Tag.SESSION_REFUSE, name, name, "refused", now=now, entropy=entropy, detail=detail
    )])  # fmt: skip


def sign_out(signed: SignedIn, *, now: datetime, entropy: bytes) -> Unit:
    event = happened(
        Tag.SESSION_CLOSE, signed.name, signed.name, "closed", now=now, entropy=entropy
    )
    return Unit([event], [CloseSession(signed.session)])


def _words(roles: frozenset[Held]) -> list[Json]:
    return [str(role) for role in sorted(roles)]
