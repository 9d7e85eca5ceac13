"""Certificates: shown, given to gateways, renewed in time, revoked, and warned of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept, Kind
from clawband.model import ids
from clawband.model.certificate import Certificate, Facts, Use
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, InputError
from clawband.model.event import Event, Tag
from clawband.ports.store import Documents
from clawband.ports.unit import Change, Unit

CERTIFICATE = Kind("certificate", Certificate)
LIST = "list them with `clawband certificate list`"
SOON = timedelta(days=21)
JITTER = 0.05
"""Of a life: certificates that were made together are not renewed together."""
SERVER_LIFE = timedelta(days=30)
GATEWAY_DAYS = 90
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Warned:
    """Of which certificate somebody was warned, and how."""

    serial: str
    outcome: str


WARNED = Kind("certificate warning", Warned)


def key(certificate: Certificate) -> str:
    """Under which it is kept. A door shows one at a time, a gateway may have several."""
    alone = certificate.name if certificate.use is Use.SERVER else certificate.facts.serial
    return f"{certificate.use}/{alone}"


def renewal(facts: Facts) -> datetime:
    """When two thirds of its life are over, or a little earlier."""
    share = 2 / 3 - JITTER * sha256(facts.serial.encode()).digest()[0] / 255
    return facts.made + (facts.until - facts.made) * share


def soon(facts: Facts) -> datetime:
    """From when on somebody is to be told that it ends."""
    return facts.until - min(SOON, (facts.until - facts.made) / 4)


def shown(certificate: Certificate, doing: Doing, documents: Documents) -> Unit:
    """What a door shows from now on."""
    kept = CERTIFICATE.find(key(certificate), documents)
    change = (
        CERTIFICATE.replace(kept, certificate)
        if kept
        else CERTIFICATE.new(key(certificate), certificate)
    )
    return Unit([_event(Tag.CERTIFICATE_ISSUE, certificate, "issued", doing)], [change])


def given(certificate: Certificate, doing: Doing, was: Kept[Certificate] | None = None) -> Unit:
    """One more for a gateway. `was`: with which it took this one; the commit conflicts when that
    was revoked meanwhile."""
    told = _event(Tag.CERTIFICATE_ISSUE, certificate, "issued", doing)
    seen = [CERTIFICATE.replace(was, was.value)] if was else []
    return Unit([told], [CERTIFICATE.new(key(certificate), certificate), *seen])


def days(asked: int) -> timedelta:
    """Raises `InputError`."""
    if 1 <= asked <= MOST_DAYS:
        return timedelta(days=asked)
    raise InputError(
        f"expected 1 to {MOST_DAYS} days, got {asked}", remedy="a gateway renews its own in time"
    )


def revoke(kept: Kept[Certificate], why: str, doing: Doing, documents: Documents) -> Unit:
    """From here on it opens nothing, nor does what its holder took with it: nobody knows who that
    was. Raises `InputError` for one that is over anyway."""
    was = kept.value
    if was.revoked or not why.strip():
        raise InputError(
            f"the certificate `{was.facts.serial}` was revoked before"
            if was.revoked
            else "a certificate is revoked for a reason",
            remedy=LIST if was.revoked else "give it with `--because`",
        )
    unit = Unit([], [])
    for each in (kept, *_taken(was.facts.serial, documents)):
        over = replace(each.value, revoked=doing.now, why=why.strip()[:200])
        told = _event(Tag.CERTIFICATE_REVOKE, over, "revoked", doing, because=over.why)
        unit.events.append(told)
        unit.changes.append(CERTIFICATE.replace(each, over))
    return unit


def _taken(serial: str, documents: Documents) -> list[Kept[Certificate]]:
    """Those that a gateway took with this one, and with those again, as far as they still count."""
    left = [
        each for each in CERTIFICATE.under(f"{Use.GATEWAY}/", documents) if not each.value.revoked
    ]
    found: list[Kept[Certificate]] = []
    serials = [serial]
    for one in serials:
        more = [each for each in left if each.value.after == one]
        found += more
        serials += [each.value.facts.serial for each in more]
    return found


def over(documents: Documents, now: datetime) -> Unit:
    """Those of gateways that have ended are forgotten; the log has them."""
    ended: list[Change] = [
        CERTIFICATE.drop(each)
        for each in CERTIFICATE.under(f"{Use.GATEWAY}/", documents)
        if each.value.facts.until <= now
    ]
    return Unit([], ended)


def bound(serial: str, name: str, documents: Documents, now: datetime) -> Certificate:
    """What a gateway shows, if it is that gateway's and still counts.

    Raises `AuthenticationError`.
    """
    kept = CERTIFICATE.find(f"{Use.GATEWAY}/{serial}", documents)
    if kept is None or kept.value.facts.until <= now:
        because = "is none of ours, or its time is over"
    elif kept.value.revoked:
        because = "was revoked"
    elif kept.value.name != name:
        because = f"is that of the gateway `{kept.value.name}`, not of `{name}`"
    else:
        return kept.value
    raise AuthenticationError(
        f"the certificate `{serial}` {because}",
        remedy="issue another one with `clawband certificate issue`",
    )


def warnings(found: Sequence[Certificate], documents: Documents, doing: Doing) -> Unit:
    """Each that ends soon or has ended is told of once."""
    unit = Unit([], [])
    for each in found:
        if each.revoked or doing.now < soon(each.facts):
            continue
        outcome = "ended" if each.facts.until <= doing.now else "ends soon"
        about = f"{each.use}/{each.name}"
        kept, told = WARNED.find(about, documents), Warned(each.facts.serial, outcome)
        if kept and kept.value == told:
            continue
        until = each.facts.until.isoformat()
        unit.events.append(_event(Tag.CERTIFICATE_DUE, each, outcome, doing, until=until))
        unit.changes.append(WARNED.replace(kept, told) if kept else WARNED.new(about, told))
    return unit


def _event(tag: Tag, certificate: Certificate, outcome: str, doing: Doing, **detail: Json) -> Event:
    about = f"{key(certificate)} {certificate.facts.serial} {outcome}"
    salt = sha256(doing.entropy + about.encode()).digest()
    return Event(
        id=ids.new("evt", doing.now, salt),
        at=doing.now,
        tag=tag,
        who=doing.by,
        gateway=certificate.name if certificate.use is Use.GATEWAY else "",
        resource=f"Certificate::{certificate.use}/{certificate.name}",
        outcome=outcome,
        detail={
            "serial": certificate.facts.serial,
            "issuer": certificate.issuer,
            "names": list(certificate.facts.names),
            "until": certificate.facts.until.isoformat(),
            **detail,
        },
    )
