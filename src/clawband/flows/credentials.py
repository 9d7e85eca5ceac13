"""What people prove themselves with, beside a password: added, used, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clawband.flows.kept import Kept, Kind
from clawband.flows.sessions import by_machine, happened, held_back
from clawband.identity import one_time, passkeys
from clawband.identity.assurance import LEVEL, Method, privileged
from clawband.identity.one_time import OneTime, Recovery
from clawband.identity.passkeys import Passkey, Registered
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.event import Tag
from clawband.model.people import Rules
from clawband.model.person import SignedIn
from clawband.ports.registry import Registry
from clawband.ports.store import Documents
from clawband.ports.unit import Change, Unit

PASSKEY = Kind("passkey", Passkey)
ONE_TIME = Kind("one-time", OneTime)
RECOVERY = Kind("recovery", Recovery)
INVITED = Kind("invited", bool)
"""Whose account came by a link: their privileged roles need a second factor. By name."""
MAX_PASSKEYS = 20
MAX_LABEL = 60


@dataclass(frozen=True, slots=True)
class Proof:
    """A second factor that was right: what kind, and what its use changes."""

    method: Method
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody has to prove themselves with, beside a password."""

    passkeys: Sequence[Kept[Passkey]]
    one_time: OneTime | None
    recovery: Recovery | None


def held(name: str, documents: Documents) -> Held:
    device, codes = ONE_TIME.find(name, documents), RECOVERY.find(name, documents)
    keys = [replace(each, id=each.id.removeprefix(f"{name} ")) for each in of(name, documents)]
    return Held(keys, device.value if device else None, codes.value if codes else None)


def of(name: str, documents: Documents) -> Sequence[Kept[Passkey]]:
    """Somebody's passkeys, oldest first."""
    return sorted(PASSKEY.under(f"{name} ", documents), key=lambda each: each.value.added)


def enrolled(name: str, documents: Documents) -> bool:
    """Whether they have a second factor. Recovery codes alone are none."""
    return ONE_TIME.find(name, documents) is not None or bool(of(name, documents))


def needed(name: str, documents: Documents, rules: Rules) -> bool:
    """Whether a sign-in must show a second factor to have privileged roles: those of this account,
    or of whom they stand in for."""
    invited = INVITED.find(name, documents) is not None
    return rules.required or invited or enrolled(name, documents)


def weighed(signed: SignedIn, known: Registry, rules: Rules) -> SignedIn:
    """Somebody signed in, with the roles that what they showed is good for."""
    if by_machine(signed, known):
        return signed
    if signed.assurance < LEVEL[Method.PASSKEY] and needed(signed.name, known, rules):
        signed = held_back(signed)
    # Who showed two factors has them, be it at a provider, also where another sign-in vouches.
    has = enrolled(signed.name, known) or signed.assurance > 1
    return replace(signed, second_factor=has)


def prove(name: str, code: str, documents: Documents, now: datetime) -> Proof | None:
    """Whether `code` is a one-time password or a recovery code of theirs, not used before."""
    device = ONE_TIME.find(name, documents)
    if device:
        step = one_time.step(device.value.secret, code, device.value.last, now)
        if step is not None:
            used = replace(device.value, last=step, used=now)
            return Proof(Method.CODE, [ONE_TIME.replace(device, used)])
    codes = RECOVERY.find(name, documents)
    left = one_time.without(codes.value, code) if codes else None
    if codes and left:
        return Proof(Method.RECOVERY, [RECOVERY.replace(codes, left)])
    return None


def recognise(
    credential: str, challenge: bytes, *, documents: Documents, rules: Rules, now: datetime
) -> tuple[str, Proof]:
    """Whose passkey answered. Raises `AuthenticationError`."""
    kept = _known(passkeys.named(credential), documents)
    if kept is None:
        raise AuthenticationError(
            "this console does not know that passkey",
            remedy="use another one, or your password",
        )
    count = passkeys.check(credential, challenge, kept.value, rules)
    used = replace(kept.value, count=count, used=now)
    return kept.value.operator, Proof(Method.PASSKEY, [PASSKEY.replace(kept, used)])


def add_passkey(
    name: str,
    made: Registered,
    label: str,
    *,
    documents: Documents,
    now: datetime,
    entropy: bytes,
) -> Unit:
    """Keep another passkey. Raises what `new_passkey` does."""
    put = new_passkey(name, made, label, documents=documents, now=now)
    detail: dict[str, Json] = {"synced": made.synced}
    event = happened(
        Tag.CREDENTIAL_ADD, name, name, "passkey", now=now, entropy=entropy, detail=detail
    )
    return Unit([event], [put])


def new_passkey(
    name: str, made: Registered, label: str, *, documents: Documents, now: datetime
) -> Change:
    """A passkey to keep. Raises `ConflictError` for one that is known, of anybody, or too many,
    and `InputError` for a label that cannot be shown."""
    if _known(made.credential, documents):
        raise ConflictError("this passkey is known already", remedy="use another one")
    if len(of(name, documents)) >= MAX_PASSKEYS:
        raise ConflictError(
            f"nobody has more than {MAX_PASSKEYS} passkeys", remedy="remove one first"
        )
    label = " ".join(label.split())[:MAX_LABEL] or "passkey"
    if not label.isprintable():
        raise InputError("expected a label of visible characters", remedy="choose another label")
    fresh = Passkey(
        operator=name, credential=made.credential, key=made.key, count=made.count,
        label=label, synced=made.synced, added=now,
    )  # fmt: skip
    return PASSKEY.new(f"{name} {passkeys.index(made.credential)}", fresh)


def add_one_time(
    name: str, secret: str, code: str, *, documents: Documents, now: datetime, entropy: bytes
) -> Unit:
    """Keep a device for one-time passwords that has shown its first code.

    Raises `AuthenticationError` and `ConflictError`.
    """
    if ONE_TIME.find(name, documents):
        raise ConflictError(
            "this account has a device for codes already", remedy="remove that one first"
        )
    step = one_time.step(secret, code, 0, now)
    if step is None:
        raise AuthenticationError(
            "the code is wrong", remedy="check the clock of your device and enter the next code"
        )
    fresh = OneTime(operator=name, secret=secret, last=step, added=now)
    event = happened(Tag.CREDENTIAL_ADD, name, name, "one-time", now=now, entropy=entropy)
    return Unit([event], [ONE_TIME.new(name, fresh)])


def renew_codes(
    name: str, codes: Sequence[str], *, documents: Documents, now: datetime, entropy: bytes
) -> Unit:
    """Keep new recovery codes; the old ones end. Raises `ConflictError` without a second factor
    that they could stand in for."""
    if not enrolled(name, documents):
        raise ConflictError(
            "there is no second factor that recovery codes could stand in for",
            remedy="add a passkey or a device for codes first",
        )
    fresh = Recovery(operator=name, codes=tuple(one_time.digest(each) for each in codes), added=now)
    had = RECOVERY.find(name, documents)
    event = happened(Tag.CREDENTIAL_ADD, name, name, "recovery", now=now, entropy=entropy)
    put = RECOVERY.replace(had, fresh) if had else RECOVERY.new(name, fresh)
    return Unit([event], [put])


def remove(name: str, id: str, *, known: Registry, now: datetime, entropy: bytes) -> Unit:
    """Take a passkey away, or `one-time` or `recovery`.

    Raises `NotFoundError` for what is not theirs, `ConflictError` for the last second factor of
    a privileged account and for the last way in.
    """
    drop, outcome = _dropped(name, id, known)
    left = len(of(name, known)) - (outcome == "passkey")
    factors = left + (ONE_TIME.find(name, known) is not None and outcome != "one-time")
    account = known.operator(name)
    bound = account is None or privileged(account[0].roles) or not account[1]
    if outcome != "recovery" and not factors and bound:
        raise ConflictError(
            "this is the last second factor of an account that needs one",
            remedy="add another passkey or device first",
        )
    event = happened(Tag.CREDENTIAL_REMOVE, name, name, outcome, now=now, entropy=entropy)
    return Unit([event], [drop])


def forgotten(name: str, documents: Documents) -> list[Change]:
    """What removes everything that somebody proves themselves with, but the password."""
    gone: list[Change] = [PASSKEY.drop(each) for each in of(name, documents)]
    device, codes = ONE_TIME.find(name, documents), RECOVERY.find(name, documents)
    gone += [ONE_TIME.drop(device)] if device else []
    return gone + ([RECOVERY.drop(codes)] if codes else [])


def lost(name: str, *, by: str, documents: Documents, now: datetime, entropy: bytes) -> Unit:
    """Somebody is let in anew by a password: what they proved themselves with is forgotten."""
    gone = [*forgotten(name, documents), *uninvited(name, documents)]
    event = happened(Tag.CREDENTIAL_REMOVE, by, name, "lost", now=now, entropy=entropy)
    return Unit([event] if gone else [], gone)


def uninvited(name: str, documents: Documents) -> list[Change]:
    """What forgets that the account came by a link."""
    invited = INVITED.find(name, documents)
    return [INVITED.drop(invited)] if invited else []


def _dropped(name: str, id: str, documents: Documents) -> tuple[Change, str]:
    if id == ONE_TIME.name and (device := ONE_TIME.find(name, documents)):
        return ONE_TIME.drop(device), id
    if id == RECOVERY.name and (codes := RECOVERY.find(name, documents)):
        return RECOVERY.drop(codes), id
    kept = PASSKEY.find(f"{name} {id}", documents)
    if kept is None:
        raise NotFoundError(
            f"there is no credential `{id[:40]}` of yours",
            remedy="list them with `clawband credential list`",
        )
    return PASSKEY.drop(kept), "passkey"


def _known(credential: str, documents: Documents) -> Kept[Passkey] | None:
    """The passkey with this credential id, whose ever it is."""
    ending = f" {passkeys.index(credential)}"
    found = (each.id for each in documents.documents(PASSKEY.name) if each.id.endswith(ending))
    place = next(found, "")
    return PASSKEY.find(place, documents) if place else None
