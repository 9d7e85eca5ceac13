"""Leaks of kept secrets: opened, carried on step by step, closed when the value is dead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept, Kind
from clawband.flows.secrets import SECRET, event
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.errors import ConflictError, InputError
from clawband.model.event import Event, Tag
from clawband.model.leak import BY_ITSELF, MOST_COPIES, TIMEBOX, Copy, Leak, Result, Step, Task
from clawband.model.secret import Secret, State
from clawband.openclaw import validation
from clawband.ports.store import Documents
from clawband.ports.unit import Unit

LEAK = Kind("leak", Leak)
LIST = "list them with `clawband leak list`"
MOST_MINUTES = 7 * 24 * 60
MOST_EVIDENCE = 50
_WORDS = 1_000


@dataclass(frozen=True, slots=True)
class Open:
    """The run that is open for a secret; its id is the secret's name."""

    id: str


OPEN = Kind("open leak", Open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody knows of a leak. Without `versions` it may be any that is alive."""

    how: str
    versions: tuple[int, ...] = ()
    folders: tuple[str, ...] = ()
    minutes: int = int(TIMEBOX.total_seconds() // 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of a step."""

    step: Step
    result: Result
    says: str
    evidence: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()


def open_(
    secret: Secret, asked: Asked, documents: Documents, doing: Doing, copies: tuple[Copy, ...] = ()
) -> tuple[str, Unit]:
    """Its id. Raises `InputError`, and `ConflictError` while one is open."""
    if known := OPEN.find(secret.name, documents):
        raise ConflictError(
            f"the leak `{known.value.id}` of `{secret.name}` is open", remedy="carry it on"
        )
    if not 1 <= asked.minutes <= MOST_MINUTES:
        raise InputError(
            f"expected 1 to {MOST_MINUTES} minutes, got {asked.minutes}", remedy="give an hour"
        )
    alive = tuple(each.number for each in secret.alive)
    versions = asked.versions or alive
    if not versions or not set(versions) <= {each.number for each in secret.versions}:
        raise InputError(
            f"`{secret.name}` has no value that could have leaked", remedy="look at its versions"
        )
    new = ids.new("lek", doing.now, doing.entropy[16:])
    leak = Leak(
        secret=secret.name, environment=secret.environment, versions=versions,
        how=_words(asked.how), by=doing.by, opened=doing.now, copies=copies,
        due=doing.now + timedelta(minutes=asked.minutes), folders=asked.folders,
        tasks=tuple(
            Task(step=each, owner="" if each in BY_ITSELF else secret.owner) for each in Step
        ),
    )  # fmt: skip
    told = _told(
        Tag.LEAK_OPEN, new, leak, "open", doing, owner=secret.owner, how=leak.how,
        versions=list(versions), due=leak.due.isoformat(), places=[each.where for each in copies],
    )  # fmt: skip
    return new, Unit([told], [LEAK.new(new, leak), OPEN.new(secret.name, Open(new))])


def came(kept: Kept[Leak], what: Sequence[Came], doing: Doing) -> tuple[Leak, Unit]:
    """After these steps. What was done before can be done again. Raises `ConflictError` for a run
    that is closed."""
    leak, events = _open(kept), list[Event]()
    for number, each in enumerate(what):
        before = leak.task(each.step)
        task = replace(
            before, result=each.result, says=_words(each.says), by=doing.by,
            evidence=each.evidence[:MOST_EVIDENCE], began=before.began or doing.now,
            ended=None if each.result is Result.OPEN else doing.now,
        )  # fmt: skip
        tasks = tuple(task if one.step is each.step else one for one in leak.tasks)
        leak = replace(leak, tasks=tasks, copies=_with(leak.copies, each.copies))
        entropy = doing.entropy[number * 10 :] + doing.entropy[: number * 10]
        events.append(
            _told(
                Tag.LEAK_STEP, kept.id, leak, each.result, replace(doing, entropy=entropy),
                action=f"leak:{each.step}", says=task.says,
                evidence=list(task.evidence[:8]),
                seconds=int((doing.now - leak.opened).total_seconds()),
            )
        )  # fmt: skip
    return leak, Unit(events, [LEAK.replace(kept, leak)])


def assigned(kept: Kept[Leak], step: Step, owner: str, doing: Doing) -> tuple[Leak, Unit]:
    """Somebody else answers for a step."""
    leak = _open(kept)
    validation.name(owner, "the owner", required=True)
    tasks = tuple(
        replace(each, owner=owner, began=each.began or doing.now) if each.step is step else each
        for each in leak.tasks
    )
    leak = replace(leak, tasks=tasks)
    told = _told(
        Tag.LEAK_STEP, kept.id, leak, "assigned", doing, action=f"leak:{step}", owner=owner
    )
    return leak, Unit([told], [LEAK.replace(kept, leak)])


def seen(kept: Kept[Leak], copy: Copy, doing: Doing) -> Unit | None:
    """One more place of it; None when it is known."""
    leak = _open(kept)
    copies = _with(leak.copies, (copy,))
    if len(copies) == len(leak.copies):
        return None
    leak = replace(leak, copies=copies)
    told = _told(
        Tag.LEAK_STEP, kept.id, leak, "seen", doing, action=f"leak:{Step.COPIES}",
        places=[copy.where], evidence=[copy.trail] if copy.trail else [],
    )  # fmt: skip
    return Unit([told], [LEAK.replace(kept, leak)])


def contain(leak: Leak, secret: Kept[Secret], doing: Doing) -> Unit:
    """From here on nobody is lent what leaked. What comes after a rotation is lent again."""
    return _lent(leak, secret, doing, leaked=True)


def closed(
    kept: Kept[Leak], accepted: str, documents: Documents, doing: Doing
) -> tuple[Leak, Unit]:
    """Raises `ConflictError` while a value that leaked was not seen dead and nobody says why that
    must do. What is accepted is lent again."""
    leak = _open(kept)
    secret = SECRET.find(leak.secret, documents)
    alive = [] if secret is None else living(leak, secret.value)
    reason = _words(accepted)
    if not reason and (alive or secret is None):
        what = ", ".join(f"version {each}" for each in alive) or "the value"
        raise ConflictError(
            f"{what} of `{leak.secret}` was not seen dead",
            remedy="rotate it, or say why it must do with `--accept`",
        )
    if not reason and (left := [each.step for each in leak.left]):
        raise ConflictError(
            f"not done yet: {', '.join(left)}", remedy="carry them on, or say why with `--accept`"
        )
    done = replace(leak, closed=doing.now, closed_by=doing.by, accepted=reason)
    outcome = "accepted" if reason else "proved dead"
    told = _told(
        Tag.LEAK_CLOSE, kept.id, done, outcome, doing, reason=reason, alive=list(alive),
        seconds=int((doing.now - leak.opened).total_seconds()),
    )  # fmt: skip
    unit = Unit([told], [LEAK.replace(kept, done)])
    if known := OPEN.find(leak.secret, documents):
        unit.changes.append(OPEN.drop(known))
    if secret and alive and any(each.leaked for each in secret.value.versions):
        freed = _lent(leak, secret, replace(doing, entropy=doing.entropy[16:]), leaked=False)
        unit.events += freed.events
        unit.changes += freed.changes
    return done, unit


def living(leak: Leak, secret: Secret) -> Sequence[int]:
    """The versions that leaked and were not seen dead."""
    dead = {each.number for each in secret.versions if each.state is State.DEAD}
    return [each for each in leak.versions if each not in dead]


def running(documents: Documents) -> Sequence[Kept[Leak]]:
    """Those that are not closed."""
    found = (LEAK.find(each.value.id, documents) for each in OPEN.all(documents))
    return [each for each in found if each]


def by_print(print: str, documents: Documents) -> tuple[Secret, int] | None:
    """The kept secret and the version whose value has a print that begins so."""
    for kept in SECRET.all(documents) if len(print) >= 16 else ():
        for each in kept.value.versions:
            if each.print.startswith(print):
                return kept.value, each.number
    return None


def _lent(leak: Leak, secret: Kept[Secret], doing: Doing, *, leaked: bool) -> Unit:
    versions = tuple(
        replace(each, leaked=leaked) if each.number in leak.versions else each
        for each in secret.value.versions
    )
    changed = replace(secret.value, versions=versions)
    outcome = "not lent any more" if leaked else "lent again"
    told = event(Tag.SECRET_CHANGE, changed, outcome, doing, versions=list(leak.versions))
    return Unit([told], [SECRET.replace(secret, changed)])


def _open(kept: Kept[Leak]) -> Leak:
    if kept.value.closed:
        raise ConflictError(f"the leak `{kept.id}` is closed", remedy="open another one")
    return kept.value


def _with(known: tuple[Copy, ...], more: Iterable[Copy]) -> tuple[Copy, ...]:
    places = {each.where: each for each in (*more, *known)}
    return tuple(sorted(places.values(), key=lambda each: each.seen))[:MOST_COPIES]


def _words(text: str) -> str:
    return validation.visible(text.strip())[:_WORDS]


def _told(
    tag: Tag, id: str, leak: Leak, outcome: str, doing: Doing, *, action: str = "", **detail: Json
) -> Event:
    return Event(
        id=ids.new("evt", doing.now, doing.entropy), at=doing.now, tag=tag, who=doing.by,
        action=action, resource=f"Secret::{leak.secret}", outcome=outcome,
        detail={"leak": id, "environment": leak.environment, **detail},
    )  # fmt: skip
