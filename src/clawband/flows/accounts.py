"""Service accounts and their keys: added, rotated, revoked, and known again at every request."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from clawband.flows.kept import Kept, Kind
from clawband.identity import keys
from clawband.identity.keys import Account, Key, Use
from clawband.identity.roles import Act
from clawband.model import ids
from clawband.model.access import Permit
from clawband.model.digest import Json
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.person import Operator, SignedIn
from clawband.openclaw import validation
from clawband.policy import console
from clawband.ports.store import Documents, People
from clawband.ports.unit import Unit

ACCOUNT = Kind("service account", Account)
KEY = Kind("key", Key)
USE = Kind("use of a key", Use)
NAME = re.compile(r"[a-z][a-z0-9.-]{0,31}")
MOST_KEYS = 10
_LIST = "list them with `clawband account list`"


class Store(People, Documents, Protocol):
    """What this flow reads."""


@dataclass(frozen=True, slots=True)
class Held:
    """A key with when it was last used."""

    id: str
    key: Key
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A service account with its keys. Without an owner none of them opens anything."""

    account: Account
    keys: tuple[Held, ...]
    owned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who does it, when, with which entropy (96 bytes)."""

    by: str
    now: datetime
    entropy: bytes


@dataclass(frozen=True, slots=True)
class Fresh:
    """A key that was just made; `secret` is told once and never again."""

    id: str
    secret: str
    key: Key
    unit: Unit


def grantable(where: str = "") -> tuple[Act, ...]:
    """The acts that a key can name: those that policy does not keep for people, nor, for a key of
    one environment, for who has the right everywhere."""
    key = console.Standing(roles=frozenset(), service=True, scope=True, environment=where)
    return tuple(each for each in Act if isinstance(console.answer(each, key, where), Permit))


def add(name: str, owner: str, purpose: str, *, store: Store, doing: Doing) -> tuple[Account, Unit]:
    """Raises `InputError`, `NotFoundError` for the owner, and the commit `ConflictError`."""
    if not NAME.fullmatch(name):
        raise InputError(
            f"expected a name of lower-case letters, digits, `.` and `-`, got `{name[:40]}`",
            remedy="choose a name such as `ci-deploy`",
        )
    _known(owner, store)
    purpose = validation.name(purpose.strip(), "a purpose", required=True)
    if ACCOUNT.find(name, store):
        raise ConflictError(
            f"there is a service account `{name}` already", remedy="choose another name"
        )
    account = Account(name=name, owner=owner, purpose=purpose, by=doing.by, added=doing.now)
    told = _event(Tag.ACCOUNT_ADD, f"Account::{name}", "added", doing, owner=owner, purpose=purpose)
    return account, Unit([told], [ACCOUNT.new(name, account)])


def give(name: str, owner: str, *, store: Store, doing: Doing) -> tuple[Account, Unit]:
    """Another person answers for it from now on."""
    kept = ACCOUNT.get(name, store, _LIST)
    _known(owner, store)
    account = replace(kept.value, owner=owner)
    told = _event(
        Tag.ACCOUNT_ADD, f"Account::{name}", "given", doing, owner=owner, was=kept.value.owner
    )
    return account, Unit([told], [ACCOUNT.replace(kept, account)])


def remove(name: str, *, store: Documents, doing: Doing) -> Unit:
    """The account and every key of it, at once."""
    kept = ACCOUNT.get(name, store, _LIST)
    gone = keys_of(name, store)
    told = _event(
        Tag.ACCOUNT_REMOVE, f"Account::{name}", "removed", doing, keys=[each.id for each in gone]
    )
    unit = Unit([told], [ACCOUNT.drop(kept)])
    for each in gone:
        _drop(each, store, unit)
    return unit


def add_key(
    account: str, acts: Sequence[str], days: int, environment: str = "", *,
    store: Documents, doing: Doing,
) -> Fresh:  # fmt: skip
    """A key for these acts, in one environment or in all. Raises `InputError`, `NotFoundError`,
    `ConflictError`."""
    ACCOUNT.get(account, store, _LIST)
    wanted = _acts(acts, environment)
    if not 1 <= days <= keys.MAX_LIFE_DAYS:
        raise InputError(
            f"expected a life of 1 to {keys.MAX_LIFE_DAYS} days, got {days}",
            remedy=f"use {keys.LIFE_DAYS} unless there is a reason",
        )
    alive = [each for each in keys_of(account, store) if each.value.alive(doing.now)]
    if len(alive) >= MOST_KEYS:
        raise ConflictError(
            f"`{account}` has {len(alive)} keys already", remedy="revoke one that is not used"
        )
    return _fresh(account, wanted, environment, timedelta(days=days), doing)


def rotate(id: str, hours: float, *, store: Documents, doing: Doing) -> Fresh:
    """A new key for the same acts and as long a life; the old one opens for `hours` more.

    Raises `InputError`, `NotFoundError`, and `ConflictError` for one that is over or replaced.
    """
    kept = found(id, store)
    if not 0 <= hours <= keys.MAX_OVERLAP_HOURS:
        raise InputError(
            f"expected an overlap of 0 to {keys.MAX_OVERLAP_HOURS} hours, got {hours}",
            remedy=f"use {keys.OVERLAP_HOURS}, the time to put the new key in place",
        )
    old = kept.value
    if old.replaced or not old.alive(doing.now):
        over = "was replaced" if old.replaced else "has expired"
        raise ConflictError(f"this key {over} already", remedy="add a key with `clawband key add`")
    fresh = _fresh(
        old.account, old.acts, old.environment, old.expires - old.made, doing, replaces=kept.id
    )
    until = min(old.expires, doing.now + timedelta(hours=hours))
    fresh.unit.changes.append(KEY.replace(kept, replace(old, expires=until, replaced=fresh.id)))
    return fresh


def revoke(id: str, *, store: Documents, doing: Doing) -> Unit:
    """The key opens nothing from now on. Raises `NotFoundError`."""
    kept = found(id, store)
    told = _event(Tag.KEY_REVOKE, f"Key::{kept.id}", "revoked", doing, account=kept.value.account)
    unit = Unit([told], [])
    _drop(kept, store, unit)
    return unit


def who(secret: str, *, store: Store, now: datetime) -> SignedIn:
    """The service account behind a key. Raises `AuthenticationError`, the same for every key that
    is not known here; who holds the secret of one is told why it opens nothing."""
    named = keys.id_of(secret)
    kept = KEY.find(named, store) if named else None
    if kept is None or not keys.opens(kept.value, secret):
        raise AuthenticationError(
            "this key is not known here",
            remedy="have an administrator add one with `clawband key add`",
        )
    key = kept.value
    account = ACCOUNT.get(key.account, store).value
    if not key.alive(now):
        raise AuthenticationError(
            "this key has expired", remedy="have an administrator add one with `clawband key add`"
        )
    if store.operator(account.owner) is None:
        raise AuthenticationError(
            f"nobody answers for `{account.name}` any more",
            remedy=f"have an administrator run `clawband account give {account.name} OWNER`",
        )
    return SignedIn(
        operator=Operator(name=account.principal, roles=frozenset(), added=account.added),
        assurance=1,
        session=kept.id,
        at=now,
        service=True,
        scope=frozenset(map(str, key.acts)),
        environment=key.environment,
    )


def use(id: str, *, documents: Documents, now: datetime) -> Unit | None:
    """What keeps that the key was used now; None when that is known well enough."""
    known = USE.find(id, documents)
    if known and now - known.value.at < keys.USED:
        return None
    fresh = Use(now)
    return Unit([], [USE.replace(known, fresh) if known else USE.new(id, fresh)])


def found(id: str, documents: Documents) -> Kept[Key]:
    return KEY.get(id, documents, _LIST)


def keys_of(account: str, documents: Documents) -> Sequence[Kept[Key]]:
    """Oldest first: ids begin with the time."""
    return [each for each in KEY.all(documents) if each.value.account == account]


def listed(store: Store) -> Sequence[Listed]:
    """Every service account, by name."""
    used = {each.id: each.value.at for each in USE.all(store)}
    mine: dict[str, list[Held]] = {}
    for kept in KEY.all(store):
        held = Held(kept.id, kept.value, used.get(kept.id))
        mine.setdefault(kept.value.account, []).append(held)
    return [
        Listed(
            kept.value,
            tuple(mine.get(kept.value.name, ())),
            owned=store.operator(kept.value.owner) is not None,
        )
        for kept in ACCOUNT.all(store)
    ]


def _fresh(
    account: str, acts: frozenset[Act], environment: str, life: timedelta, doing: Doing,
    replaces: str = "",
) -> Fresh:  # fmt: skip
    named = ids.ulid(doing.now, doing.entropy)
    secret = keys.written(named, doing.entropy[ids.ENTROPY_BYTES :])
    key = Key(
        account=account, acts=acts, digest=keys.digest(secret), by=doing.by,
        made=doing.now, expires=doing.now + life, environment=environment,
    )  # fmt: skip
    told = _event(
        Tag.KEY_ADD, f"Key::{named}", "rotated" if replaces else "added", doing,
        account=account, acts=sorted(acts), expires=key.expires.isoformat(), replaces=replaces,
        environment=environment,
    )  # fmt: skip
    return Fresh(named, secret, key, Unit([told], [KEY.new(named, key)]))


def _acts(acts: Sequence[str], environment: str) -> frozenset[Act]:
    if environment not in ("", *ENVIRONMENTS):
        raise InputError(
            f"expected one of {', '.join(ENVIRONMENTS)}, got `{environment[:40]}`",
            remedy="name the environment of the key, or none for all of them",
        )
    can = grantable(environment)
    if not acts or not set(acts) <= set(can):
        raise InputError(
            f"expected acts out of {', '.join(can)}, got `{', '.join(acts)[:80] or 'none'}`",
            remedy="name what the key is for; everything else is kept for people",
        )
    return frozenset(map(Act, acts))


def _known(owner: str, people: People) -> None:
    if people.operator(owner) is None:
        raise NotFoundError(
            f"there is no operator `{owner[:40]}`",
            remedy="name a person who answers for it; `clawband operator list` has them",
        )


def _drop(kept: Kept[Key], documents: Documents, unit: Unit) -> None:
    unit.changes.append(KEY.drop(kept))
    if used := USE.find(kept.id, documents):
        unit.changes.append(USE.drop(used))


def _event(tag: Tag, resource: str, outcome: str, doing: Doing, **detail: Json) -> Event:
    """The end of the entropy is the event's; ids and secrets are made of its beginning."""
    return Event(
        id=ids.new("evt", doing.now, doing.entropy[-ids.ENTROPY_BYTES :]),
        at=doing.now,
        tag=tag,
        who=doing.by,
        resource=resource,
        outcome=outcome,
        detail={name: value for name, value in detail.items() if value},
    )
