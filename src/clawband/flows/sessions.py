"""Sign-ins: opening one, knowing it again, listing and ending them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clawband.flows.kept import Kept, Kind
from clawband.flows.links import managed
from clawband.identity.assurance import LEVEL, Method, withheld
from clawband.identity.session import (
    LIFE,
    NOTED,
    SECRET_BYTES,
    Device,
    Seen,
    SignIn,
    same,
    stored,
)
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.person import SignedIn
from clawband.ports.registry import Registry
from clawband.ports.unit import Change, CloseSession, OpenSession, Unit

SESSION = Kind("session", SignIn)
DEVICE = Kind("device", Device)
OTHERWISE = (Method.OPENID, Method.TERMINAL, Method.MACHINE)
"""How those come in who may come by their provider only: what lets a terminal in began there."""
KNOWN_ADDRESSES = 20
"""Of one device; the oldest are forgotten."""
KNOWN_FOR = timedelta(days=90)
"""A device that was not used so long is new again."""
MAX_SEEN = 200
"""Characters kept of what a browser calls itself."""
_NOBODY = "you are not signed in"
_SIGN_IN = "sign in with `clawband login` or on the console"


@dataclass(frozen=True, slots=True)
class Own:
    """A sign-in as its owner sees it."""

    id: str
    sign_in: SignIn
    current: bool


@dataclass(frozen=True, slots=True)
class Vouched:
    """How strongly somebody signed in elsewhere, and when, if that is known."""

    level: int
    at: datetime | None
    until: datetime | None = None
    """What comes from it ends then at the latest."""


def enter(
    name: str,
    method: Method,
    seen: Seen,
    *,
    known: Registry,
    now: datetime,
    entropy: bytes,
    vouched: Vouched | None = None,
    by: str = "",
) -> tuple[str, Unit]:
    """A fresh bearer secret, and the unit that makes it valid.

    `vouched` is what a provider, or the sign-in that it comes from, says of it; `by` who opened
    it, where that was not the person. Raises `AuthenticationError` for an account that comes in
    by its provider only.
    """
    _refuse_other_ways(name, method, known)
    level, shown = (vouched.level, vouched.at) if vouched else (LEVEL[method], now)
    until = vouched.until if vouched else None
    device = DEVICE.find(_device(name, seen), known) if seen.device else None
    sign_in = SignIn(
        operator=name,
        opened=now,
        expires=min(now + LIFE, until or now + LIFE),
        used=now,
        proved=shown if level > 1 else None,
        method=method,
        address=seen.address[:MAX_SEEN],
        agent=seen.agent[:MAX_SEEN],
        new_device=not remembered(name, seen, known, now),
        new_address=device is None or seen.address[:MAX_SEEN] not in device.value.addresses,
        terminal=seen.terminal or method in (Method.TERMINAL, Method.MACHINE),
    )
    secret, changes = _opened(sign_in, level, entropy)
    changes += _noted(name, seen, device, now)
    detail: dict[str, Json] = {
        "method": str(method), "assurance": level, "terminal": sign_in.terminal,
        "new_device": sign_in.new_device, "new_address": sign_in.new_address,
    }  # fmt: skip
    event = happened(
        Tag.SESSION_OPEN, by or name, name, "open",
        now=now, entropy=entropy[2 * SECRET_BYTES :], detail=detail,
    )  # fmt: skip
    return secret, Unit([event], changes)


def _refuse_other_ways(name: str, method: Method, known: Registry) -> None:
    if method not in OTHERWISE and managed(name, known):
        raise AuthenticationError(
            "this account signs in with single sign-on only", remedy="use that button"
        )


def remembered(name: str, seen: Seen, known: Registry, now: datetime) -> bool:
    """Whether this person signed in with this browser before, and not too long ago."""
    found = DEVICE.find(_device(name, seen), known) if seen.device else None
    return found is not None and now - found.value.used < KNOWN_FOR


def renew(
    signed: SignedIn,
    method: Method,
    *,
    known: Registry,
    now: datetime,
    entropy: bytes,
    vouched: Vouched | None = None,
) -> tuple[str, Unit]:
    """The same sign-in under a fresh secret, after `method` was shown; the old one ends.

    Its life is not longer, and a password alone makes it no stronger. `vouched` as for `enter`.
    Raises `AuthenticationError`.
    """
    kept, session = SESSION.find(signed.session, known), known.session(signed.session)
    if kept is None or session is None:
        raise AuthenticationError(_NOBODY, remedy=_SIGN_IN)
    strength, shown = (vouched.level, vouched.at) if vouched else (LEVEL[method], now)
    level, was = max(session.assurance, strength), kept.value
    if strength > 1:
        was = replace(was, proved=shown, method=method)
    secret, changes = _opened(replace(was, used=now), level, entropy)
    event = happened(
        Tag.CREDENTIAL_USE, signed.name, signed.name, str(method),
        now=now, entropy=entropy[2 * SECRET_BYTES :],
    )  # fmt: skip
    return secret, Unit([event], [CloseSession(signed.session), *changes])


def who(secret: str, *, known: Registry, used: datetime | None, now: datetime) -> SignedIn:
    """The operator behind a bearer secret. Raises `AuthenticationError`.

    `used` is when the secret was used last, if that is known better than what is written down.
    """
    return again(stored(secret) if secret else "", known=known, used=used, now=now)


def again(token: str, *, known: Registry, used: datetime | None, now: datetime) -> SignedIn:
    """The same by the sign-in's id, for who has shown the secret before."""
    session = known.session(token) if token else None
    found = known.operator(session.operator) if session else None
    kept = SESSION.find(session.token, known) if session else None
    if session is None or found is None or now >= session.expires:
        raise AuthenticationError(_NOBODY, remedy=_SIGN_IN)
    if kept and kept.value.over(used or kept.value.used, now):
        raise AuthenticationError("you were away too long", remedy=_SIGN_IN)
    return SignedIn(
        operator=found[0],
        assurance=session.assurance,
        session=session.token,
        csrf=session.csrf,
        proved=kept.value.proved if kept else None,
        at=now,
    )


def by_machine(signed: SignedIn, known: Registry) -> bool:
    """Whether they came by the right of the machine, to which no second factor adds anything."""
    kept = SESSION.find(signed.session, known)
    return kept is not None and kept.value.method is Method.MACHINE


def in_browser(signed: SignedIn, known: Registry) -> bool:
    """Whether they came in by a browser, which is left after a while without use."""
    kept = SESSION.find(signed.session, known)
    return kept is not None and not kept.value.terminal


def held_back(signed: SignedIn) -> SignedIn:
    """The same person without privileged roles, their own and lent: what is left is enough to
    enrol a second factor."""
    left = replace(signed.operator, roles=withheld(signed.operator.roles))
    return replace(signed, operator=left, held_back=True)


def touch(session: str, *, known: Registry, now: datetime) -> Unit | None:
    """What writes the last use down, when that is due."""
    kept = SESSION.find(session, known)
    if kept is None or now - kept.value.used < NOTED:
        return None
    return Unit([], [SESSION.replace(kept, replace(kept.value, used=now))])


def own(signed: SignedIn, *, known: Registry, now: datetime) -> Sequence[Own]:
    """The sign-ins of this person that are good now, newest first."""
    kept = (SESSION.find(each.token, known) for each in known.sessions(signed.name))
    found = [
        Own(each.id, each.value, current=same(each.id, signed.session))
        for each in kept
        if each and now < each.value.expires
    ]
    return sorted(found, key=lambda each: each.sign_in.opened, reverse=True)


def revoke(signed: SignedIn, id: str, *, known: Registry, now: datetime, entropy: bytes) -> Unit:
    """End one sign-in of one's own; with an empty `id` all but this one.

    Raises `NotFoundError`, also for a sign-in of somebody else.
    """
    mine = own(signed, known=known, now=now)
    ended = [each.id for each in mine if (each.id == id if id else not each.current)]
    if id and not ended:
        raise NotFoundError(
            f"there is no sign-in `{id[:40]}` of yours", remedy="list them with `clawband sessions`"
        )
    detail: dict[str, Json] = {"ended": len(ended)}
    event = happened(
        Tag.SESSION_REVOKE, signed.name, signed.name, "ended",
        now=now, entropy=entropy, detail=detail,
    )  # fmt: skip
    return Unit([event], [CloseSession(each) for each in ended])


def swept(known: Registry, now: datetime) -> list[Change]:
    """What forgets sign-ins that are over and devices that are new again; each may conflict."""
    over: list[Change] = [
        SESSION.drop(each) for each in SESSION.all(known) if not _good(each, known, now)
    ]
    over += [
        DEVICE.drop(each)
        for each in DEVICE.all(known)
        if now - each.value.used >= KNOWN_FOR or known.operator(each.value.operator) is None
    ]
    return over


def happened(
    tag: Tag,
    by: str,
    name: str,
    outcome: str,
    *,
    now: datetime,
    entropy: bytes,
    detail: Mapping[str, Json] | None = None,
) -> Event:
    """Something that happened to an account."""
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=tag,
        who=by,
        resource=f"Operator::{name}" if name else "",
        outcome=outcome,
        detail=detail or {},
    )


def _opened(sign_in: SignIn, level: int, entropy: bytes) -> tuple[str, list[Change]]:
    secret = entropy[:SECRET_BYTES].hex()
    csrf = entropy[SECRET_BYTES : 2 * SECRET_BYTES].hex()
    token = stored(secret)
    opened = OpenSession(
        token, sign_in.operator, csrf, sign_in.opened, sign_in.expires, assurance=level
    )
    return secret, [opened, SESSION.new(token, sign_in)]


def _good(kept: Kept[SignIn], known: Registry, now: datetime) -> bool:
    return known.session(kept.id) is not None and now < kept.value.expires


def _device(name: str, seen: Seen) -> str:
    return f"{name} {stored(seen.device)}"


def _noted(name: str, seen: Seen, device: Kept[Device] | None, now: datetime) -> list[Change]:
    """Remember the browser with its address."""
    if not seen.device:
        return []
    address = seen.address[:MAX_SEEN]
    if device is None:
        fresh = Device(operator=name, addresses=(address,), used=now)
        return [DEVICE.new(_device(name, seen), fresh)]
    others = tuple(each for each in device.value.addresses if each != address)
    addresses = (*others, address)[-KNOWN_ADDRESSES:]
    return [DEVICE.replace(device, replace(device.value, addresses=addresses, used=now))]
