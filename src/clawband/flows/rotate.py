"""A rotation from one durable step to the next.

Each function is what one step leaves behind, from the record as it was before the step: the next
record, the states of the versions and the events, in one unit. Two who go on with it at once
conflict, and so do two rotations of one secret. What is done between is `service/rotating.py`.

The old value is ended only after the new one was seen to work, became current and was taken by
every gateway: where the issuer accepts two, what is current is alive at every step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept, Kind
from clawband.flows.secrets import SECRET, event
from clawband.model import ids, rotation
from clawband.model.digest import Json
from clawband.model.errors import ConflictError, InputError
from clawband.model.event import Event, Tag
from clawband.model.rotation import Rotation, Rotations, Shape, Step, Took
from clawband.model.secret import Secret, State, Version
from clawband.ports.store import Documents
from clawband.ports.unit import Change, Unit

ROTATION = Kind("rotation", Rotation)
OF_SECRET = Kind("rotations of a secret", Rotations)
"""By the name of the secret."""
LIST = "list them with `clawband rotation list`"
PAST = 10
"""Rotations of a secret that are kept; the log keeps all."""
DEAD = 20
"""Dead versions that a secret remembers."""
PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
MILLISECOND = timedelta(milliseconds=1)
_WORDS = 300


def begin(
    kept: Kept[Secret], shape: Shape, *, rehearsal: bool, at_once: bool, documents: Documents,
    doing: Doing,
) -> tuple[str, Unit]:  # fmt: skip
    """Its id, and what makes it durable. Raises `InputError` without a plan or a value, and
    `ConflictError` while another one is under way."""
    secret, plan, current = kept.value, kept.value.plan, kept.value.current
    if plan is None or current is None:
        raise InputError(
            f"`{secret.name}` has no {'value' if plan else 'plan'}, so it cannot be rotated",
            remedy=f"set a value with `clawband secret set {secret.name}`"
            if plan
            else f"give it a driver with `clawband secret change {secret.name} --driver`",
        )
    if rehearsal and shape is not Shape.TWO:
        raise InputError(
            f"the issuer of `{secret.name}` accepts one value at a time, so a rehearsal would be "
            "the rotation itself",
            remedy=f"rotate a copy of it in `dev`, or `{secret.name}` itself",
        )
    others = OF_SECRET.find(secret.name, documents)
    if others and others.value.running:
        raise ConflictError(
            f"`{secret.name}` is being rotated already: `{others.value.running}`",
            remedy=f"look at it with `clawband rotation show {others.value.running}`",
        )
    named = ids.new("rot", doing.now, doing.entropy)
    alive = [each.number for each in secret.alive if each.number != current.number]
    begun = Rotation(
        secret=secret.name, environment=secret.environment, driver=plan.driver, shape=shape,
        by=doing.by, begun=doing.now, was=current.number, old=(*alive, current.number),
        rehearsal=rehearsal, at_once=at_once, at=doing.now,
        overlap_minutes=0 if at_once else plan.overlap_minutes,
        left=rotation.forth(shape, rehearsal=rehearsal),
    )  # fmt: skip
    told = _told(Tag.ROTATION_BEGIN, named, begun, "under way", _more(doing, 1), driver=plan.driver)
    record = (
        OF_SECRET.replace(others, replace(others.value, running=named))
        if others
        else OF_SECRET.new(secret.name, Rotations(running=named))
    )
    return named, Unit([told], [ROTATION.new(named, begun), record])


def made(
    kept: Kept[Rotation], number: int, *, print: str, issued: str, documents: Documents,
    doing: Doing,
) -> Unit:  # fmt: skip
    """The vault has the new value under `number`; from here on a crash loses nothing."""
    secret = _secret(kept, documents)
    fresh = Version(
        number=number, state=State.PENDING, print=print, by=doing.by or kept.value.by,
        made=doing.now, issued=issued,
    )  # fmt: skip
    versions = (*secret.value.versions, fresh)
    changed = SECRET.replace(secret, replace(secret.value, versions=versions))
    now_is = replace(kept.value, new=number)
    return _onward(kept, now_is, f"version {number}", Unit([], [changed]), documents, doing)


def passed(kept: Kept[Rotation], words: str, *, documents: Documents, doing: Doing) -> Unit:
    """A step that left nothing but itself."""
    return _onward(kept, kept.value, words, Unit(), documents, doing)


def switched(kept: Kept[Rotation], *, documents: Documents, doing: Doing) -> Unit:
    """The other version is the current one, for everybody, from here on.

    Raises `ConflictError` when somebody set another value meanwhile: theirs is newer.
    """
    secret, was = _secret(kept, documents), kept.value
    away, to = (was.new, was.was) if was.back else (was.was, was.new)
    current = secret.value.current
    if current is None or current.number != away:
        raise ConflictError(
            f"somebody set another value of `{was.secret}` meanwhile",
            remedy=f"end this rotation with `clawband rotation roll-back {kept.id}`",
        )
    states = {away: State.PENDING if was.back else State.PREVIOUS, to: State.CURRENT}
    now_is = _in_states(secret.value, states)
    set_ = event(
        Tag.SECRET_SET, now_is, "set", _more(doing, 2), version=to, rotation=kept.id,
        print=now_is.current.print[:16] if now_is.current else "",
    )  # fmt: skip
    return _onward(
        kept, replace(was, switched=not was.back), f"version {to} is current",
        Unit([set_], [SECRET.replace(secret, now_is)]), documents, doing,
    )  # fmt: skip


def buried(
    kept: Kept[Rotation], proofs: Mapping[int, str], *, documents: Documents, doing: Doing
) -> Unit:
    """The versions were tried and refused; `proofs` says by what, for each."""
    secret = _secret(kept, documents)
    dead = _in_states(secret.value, dict.fromkeys(proofs, State.DEAD))
    ended = tuple(
        replace(each, ended=doing.now) if each.number in proofs else each for each in dead.versions
    )
    now_is = replace(dead, versions=_without_the_oldest(ended))
    told = [
        event(
            Tag.SECRET_END, now_is, "dead", _more(doing, 10 + at), version=each.number,
            print=each.print[:16], proof=proofs[each.number][:_WORDS], rotation=kept.id,
        )
        for at, each in enumerate(ended)
        if each.number in proofs
    ]  # fmt: skip
    words = "; ".join(f"version {number}: {said}" for number, said in proofs.items())
    unit = Unit([*told], [SECRET.replace(secret, now_is)])
    return _onward(kept, kept.value, words, unit, documents, doing)


def failed(kept: Kept[Rotation], problem: str, doing: Doing) -> Unit:
    """The present step did not succeed, and is tried again later; each reason is told once."""
    was = kept.value
    pause = min(LONGEST_PAUSE, PAUSE * 2 ** min(was.tries, 10))
    now_is = replace(
        was, problem=problem[:_WORDS], tries=was.tries + 1, until=doing.now + pause
    )  # fmt: skip
    unit = Unit([], [ROTATION.replace(kept, now_is)])
    if now_is.problem != was.problem:
        step = str(was.step or "")
        unit.events.append(
            _told(
                Tag.ROTATION_FAIL, kept.id, now_is, "failed", doing, step=step, why=now_is.problem
            )
        )
    return unit


def resumed(kept: Kept[Rotation]) -> Unit:
    """Without waiting any longer for the next try. An overlap is not cut short by it."""
    _refuse_ended(kept)
    until = None if kept.value.problem else kept.value.until
    return Unit([], [ROTATION.replace(kept, replace(kept.value, until=until))])


def turned(kept: Kept[Rotation], because: str, *, documents: Documents, doing: Doing) -> Unit:
    """From here on it goes back. Raises `ConflictError` when the old value is ended already."""
    _refuse_ended(kept)
    was = kept.value
    if not was.returnable:
        why = "it does already" if was.back else "the old value is ended"
        raise ConflictError(
            f"`{kept.id}` cannot go back: {why}",
            remedy=f"let it go on with `clawband rotation resume {kept.id}`",
        )
    now_is = replace(
        was, back=True, left=rotation.back(was), at=doing.now, until=None, problem="", tries=0
    )
    told = _told(Tag.ROTATION_STEP, kept.id, now_is, "goes back", doing, why=because[:_WORDS])
    unit = Unit([told], [])
    _close_or_keep(kept, now_is, unit, documents, doing)
    return unit


def gone(kept: Kept[Rotation], *, documents: Documents, doing: Doing) -> Unit:
    """The secret was removed, and its values with it."""
    now_is = replace(kept.value, left=(), back=True, problem="the secret was removed")
    unit = Unit()
    _close_or_keep(kept, now_is, unit, documents, doing)
    return unit


def _onward(
    kept: Kept[Rotation], now_is: Rotation, words: str, unit: Unit, documents: Documents,
    doing: Doing,
) -> Unit:  # fmt: skip
    """The present step is done, as `unit` has it, and the next one begins or it ends."""
    step, began = now_is.left[0], now_is.at or now_is.begun
    took = Took(step=step, began=began, ended=doing.now, words=words[:_WORDS])
    left = now_is.left[1:]
    overlap = timedelta(minutes=now_is.overlap_minutes)
    now_is = replace(
        now_is, took=(*now_is.took, took), left=left, at=doing.now, problem="", tries=0,
        until=doing.now + overlap if left[:1] == (Step.OVERLAP,) else None,
    )  # fmt: skip
    told = _told(
        Tag.ROTATION_STEP, kept.id, now_is, "done", doing, step=str(step),
        milliseconds=(doing.now - began) // MILLISECOND,
    )  # fmt: skip
    unit.events.insert(0, told)
    _close_or_keep(kept, now_is, unit, documents, doing)
    return unit


def _close_or_keep(
    kept: Kept[Rotation], now_is: Rotation, unit: Unit, documents: Documents, doing: Doing
) -> None:
    if not now_is.left:
        outcome = "rehearsed" if now_is.rehearsal else "rotated"
        now_is = replace(now_is, ended=doing.now, outcome="rolled back" if now_is.back else outcome)
        took, other = (doing.now - now_is.begun) // MILLISECOND, _more(doing, 3)
        unit.events.append(
            _told(Tag.ROTATION_END, kept.id, now_is, now_is.outcome, other, milliseconds=took)
        )
        unit.changes += _past(kept.id, now_is, documents)
    unit.changes.append(ROTATION.replace(kept, now_is))


def _past(id: str, now_is: Rotation, documents: Documents) -> list[Change]:
    """It makes room for the next, and the oldest one is forgotten."""
    record = OF_SECRET.get(now_is.secret, documents)
    past = (id, *record.value.past)
    told = record.value.told if now_is.back or now_is.rehearsal else None
    changes: list[Change] = [
        OF_SECRET.replace(record, Rotations(running="", past=past[:PAST], told=told))
    ]
    for each in past[PAST:]:
        if found := ROTATION.find(each, documents):
            changes.append(ROTATION.drop(found))
    return changes


def _secret(kept: Kept[Rotation], documents: Documents) -> Kept[Secret]:
    return SECRET.get(kept.value.secret, documents)


def _refuse_ended(kept: Kept[Rotation]) -> None:
    if kept.value.ended:
        raise ConflictError(f"`{kept.id}` has ended: {kept.value.outcome}", remedy=LIST)


def _in_states(secret: Secret, states: Mapping[int, State]) -> Secret:
    versions = (
        replace(each, state=states.get(each.number, each.state)) for each in secret.versions
    )
    return replace(secret, versions=tuple(versions))


def _without_the_oldest(versions: Sequence[Version]) -> tuple[Version, ...]:
    dead = [each for each in versions if each.state is State.DEAD]
    forgotten = {each.number for each in dead[:-DEAD]}
    return tuple(each for each in versions if each.number not in forgotten)


def _told(tag: Tag, id: str, of: Rotation, outcome: str, doing: Doing, **detail: Json) -> Event:
    rehearsed: dict[str, Json] = {"rehearsal": True} if of.rehearsal else {}
    return Event(
        id=ids.new("evt", doing.now, doing.entropy),
        at=doing.now,
        tag=tag,
        who=doing.by,
        resource=f"Secret::{of.secret}",
        outcome=outcome,
        detail={"rotation": id, "environment": of.environment, **rehearsed, **detail},
    )


def _more(doing: Doing, number: int) -> Doing:
    """Other entropy, for another event of the same unit."""
    return replace(doing, entropy=sha256(doing.entropy + number.to_bytes(2, "big")).digest())
