"""Seal, break, end and review the glass. Each returns the unit to be committed.

Who broke it is told to everybody: each step is an event, and the console says so on every page.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from clawband.audit.entry import stamp
from clawband.flows import elevate
from clawband.flows.authority import require
from clawband.flows.kept import Kept, Kind
from clawband.identity import glass
from clawband.identity.glass import CODES, Glass, Seal, Stage
from clawband.identity.roles import Act
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, InputError
from clawband.model.event import Event, Tag
from clawband.model.person import Held, Operator, SignedIn
from clawband.openclaw import validation
from clawband.ports.store import Documents
from clawband.ports.unit import Change, Unit

KIND = Kind("glass", Glass)
SEAL = Kind("glass-seal", Seal)
ONLY = "seal"


def lent(operator: Operator, documents: Documents, now: datetime) -> frozenset[Held]:
    """What broken glass lends this account at `now`. One that was made anew has nothing of it."""
    for each in KIND.all(documents):
        held = each.value
        if held.name == operator.name and held.holds(now) and operator.added <= held.begun:
            return frozenset({glass.LENT})
    return frozenset()


def lifted(signed: SignedIn, documents: Documents, now: datetime) -> SignedIn:
    """With every role they have for a while: by elevation and by broken glass."""
    signed = elevate.lifted(signed, documents, now)
    more = frozenset() if signed.service else lent(signed.operator, documents, now)
    if more <= signed.operator.roles:
        return signed
    return replace(signed, operator=replace(signed.operator, roles=signed.operator.roles | more))


def open_(documents: Documents) -> Sequence[Glass]:
    """Those that hold or wait for a review, oldest first."""
    found = [each.value for each in KIND.all(documents)]
    return [each for each in found if each.stage is not Stage.HALF]


def seal(
    count: int, by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[tuple[str, ...], Unit]:
    """Codes for as many envelopes; earlier ones are worth nothing. `entropy`: 15 bytes for each,
    and 10."""
    require(by, Act.ADMINISTER)
    if count not in CODES:
        raise InputError(
            f"expected {CODES[0]} to {CODES[-1]} codes, got {count}",
            remedy="two different people need one each",
        )
    size = glass.CODE_BYTES
    codes = tuple(glass.code(entropy[at * size :]) for at in range(count))
    fresh = Seal(codes=tuple(glass.digest(each) for each in codes), by=by.name, at=now)
    was = SEAL.find(ONLY, documents)
    change = SEAL.replace(was, fresh) if was else SEAL.new(ONLY, fresh)
    event = Event(
        id=ids.new("evt", now, entropy[count * size :]),
        at=now,
        tag=Tag.CREDENTIAL_ADD,
        who=by.name,
        resource="Glass::seal",
        outcome="sealed",
        detail={"codes": count},
    )
    return codes, Unit([event], [change])


def begin(
    typed: str, purpose: str, by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[Glass, Unit]:
    """Raises `InputError` and `AuthenticationError`; the caller records a wrong code."""
    named, purpose = ids.new("gls", now, entropy), validation.visible(purpose.strip())
    begun = glass.begin(named, typed, purpose, by, _sealed(documents), now=now)
    event = _event(Tag.GLASS_BREAK, begun, by.name, purpose, now=now, entropy=entropy)
    return begun, Unit([event], [KIND.new(named, begun)])


def second(
    id: str, typed: str, by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[Glass, Unit]:
    """The seal is used up in the same unit. Raises what `begin` raises, and `ConflictError`."""
    was = _get(id, documents)
    sealed = SEAL.find(ONLY, documents)
    broken = glass.second(was.value, typed, by, sealed.value if sealed else None, now=now)
    event = _event(Tag.GLASS_BREAK, broken, by.name, broken.purpose, now=now, entropy=entropy)
    used: list[Change] = [SEAL.drop(sealed)] if sealed else []
    return broken, Unit([event], [KIND.replace(was, broken), *used])


def refused(by: SignedIn, problem: AuthenticationError, *, now: datetime, entropy: bytes) -> Unit:
    """The record of a code that was wrong, or of somebody who may not."""
    return Unit([
        Event(
            id=ids.new("evt", now, entropy),
            at=now,
            tag=Tag.GLASS_BREAK,
            who=by.name,
            resource="Glass::seal",
            outcome="refused",
            detail={"problem": validation.visible(problem.message)},
        )
    ])  # fmt: skip


def end(
    id: str, by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[Glass, Unit]:
    """By one of the two, or by an administrator."""
    was = _get(id, documents)
    if by.name not in (was.value.name, was.value.second):
        require(by, Act.ADMINISTER)
    ended = glass.end(was.value, now=now)
    event = _event(Tag.GLASS_BREAK, ended, by.name, "", now=now, entropy=entropy)
    return ended, Unit([event], [KIND.replace(was, ended)])


def review(
    id: str, findings: str, by: SignedIn, *, documents: Documents, now: datetime, entropy: bytes
) -> tuple[Glass, Unit]:
    """By a third person. What was found stays in the log, and the banner goes."""
    require(by, Act.REVIEW)
    was = _get(id, documents)
    glass.refuse_reviewer(was.value, by)
    findings = validation.visible(findings.strip())
    if not 0 < len(findings) <= glass.MAX_TEXT:
        raise InputError(
            f"expected findings of 1 to {glass.MAX_TEXT} characters, got {len(findings)}",
            remedy="say whether what was done was needed, and what follows",
        )
    event = _event(Tag.GLASS_REVIEW, was.value, by.name, findings, now=now, entropy=entropy)
    return was.value, Unit([event], [KIND.drop(was)])


def over(
    documents: Documents, *, now: datetime, entropy: bytes, last: datetime | None = None
) -> Unit:
    """What time does: nobody came, the hour is over, a review is overdue. `last` as for
    `elevate.over`."""
    unit, back = Unit(), elevate.set_back(documents, now, last)
    for number, was in enumerate(KIND.all(documents)):
        salt = number.to_bytes(2, "big") + entropy
        held = was.value
        if held.stage is Stage.HALF and not held.begun <= now < held.until:
            said = "nobody came with a second code"
            unit.events.append(_event(Tag.GLASS_BREAK, held, "", said, now=now, entropy=salt))
            unit.changes.append(KIND.drop(was))
        elif held.stage is Stage.BROKEN and (back or not held.holds(now)):
            ended = glass.end(held, now=now)
            said = "the clock was set back" if back else "its time is over"
            unit.events.append(_event(Tag.GLASS_BREAK, ended, "", said, now=now, entropy=salt))
            unit.changes.append(KIND.replace(was, ended))
        elif held.stage is Stage.OVER and now >= held.due and not held.overdue:
            unit.events.append(_event(Tag.REVIEW_OVERDUE, held, "", "", now=now, entropy=salt))
            unit.changes.append(KIND.replace(was, glass.alerted(held)))
    return unit


def _sealed(documents: Documents) -> Seal | None:
    found = SEAL.find(ONLY, documents)
    return found.value if found else None


def _get(id: str, documents: Documents) -> Kept[Glass]:
    return KIND.get(id, documents, "list it with `clawband break-glass list`")


def _event(tag: Tag, told: Glass, who: str, reason: str, *, now: datetime, entropy: bytes) -> Event:
    detail: dict[str, Json] = {
        "person": told.name,
        "second": told.second,
        "role": str(glass.LENT),
        "until": stamp(told.until),
        "due": stamp(told.due),
    }
    if reason:
        detail["reason"] = reason
    return Event(
        id=ids.new("evt", now, entropy[ids.ENTROPY_BYTES :]),
        at=now,
        tag=tag,
        who=who,
        resource=f"Glass::{told.id}",
        outcome="reviewed" if tag is Tag.GLASS_REVIEW else str(told.stage),
        detail=detail,
    )
