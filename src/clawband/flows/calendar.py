"""When each secret is to be rotated, and what is said when it was not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from clawband.flows.accounts import Doing
from clawband.flows.rotate import OF_SECRET, ROTATION
from clawband.flows.secrets import SECRET, event
from clawband.model.event import Tag
from clawband.model.rotation import BY_HAND, Planned, Rotation, Rotations, Stand
from clawband.model.secret import Secret
from clawband.ports.store import Documents
from clawband.ports.unit import Unit

GRACE = timedelta(days=1)
"""For a driver; what is replaced by hand is overdue when it is due."""
AGAIN = timedelta(hours=6)
"""After one that was rolled back, before the calendar begins another."""


def planned(secret: Secret, now: datetime, documents: Documents) -> Planned:
    """The line of one secret."""
    record = OF_SECRET.find(secret.name, documents)
    of = record.value if record else Rotations()
    running = ROTATION.find(of.running, documents) if of.running else None
    plan, current = secret.plan, secret.current
    last = current.made if current else None
    due = last + timedelta(days=plan.every_days) if plan and plan.every_days and last else None
    return Planned(
        secret=secret.name,
        environment=secret.environment,
        owner=secret.owner,
        driver=plan.driver if plan else "",
        every_days=plan.every_days if plan else 0,
        last=last,
        due=due,
        stand=_stand(due, now, by_hand=bool(plan and plan.driver == BY_HAND)),
        running=of.running,
        problem=running.value.problem if running else "",
    )


def listed(now: datetime, documents: Documents) -> Sequence[Planned]:
    """Every secret, what is due first at the top; those without a date last."""
    found = [planned(each.value, now, documents) for each in SECRET.all(documents)]
    return sorted(found, key=lambda each: (each.due is None, each.due or now, each.secret))


def to_begin(now: datetime, documents: Documents) -> Iterator[str]:
    """The secrets that the calendar rotates now."""
    for each in listed(now, documents):
        waits = each.stand in (Stand.DUE, Stand.OVERDUE) and not each.running
        if waits and each.driver != BY_HAND and not _just_failed(each.secret, now, documents):
            yield each.secret


def reminder(secret: str, because: str, documents: Documents, doing: Doing) -> Unit | None:
    """That it should have been rotated by now; said once for each date."""
    kept = SECRET.find(secret, documents)
    record = OF_SECRET.find(secret, documents)
    if kept is None:
        return None
    last = kept.value.current.made if kept.value.current else None
    said = record.value.told if record else None
    if said and last and said >= last:
        return None
    told = event(Tag.ROTATION_DUE, kept.value, "overdue", doing, owner=kept.value.owner,
                 since=str(last.date()) if last else "", why=because)  # fmt: skip
    now_is = replace(record.value if record else Rotations(), told=doing.now)
    put = OF_SECRET.replace(record, now_is) if record else OF_SECRET.new(secret, now_is)
    return Unit([told], [put])


def _stand(due: datetime | None, now: datetime, *, by_hand: bool) -> Stand:
    if due is None:
        return Stand.NEVER
    if now < due:
        return Stand.LATER
    return Stand.OVERDUE if by_hand or now >= due + GRACE else Stand.DUE


def _just_failed(secret: str, now: datetime, documents: Documents) -> bool:
    record = OF_SECRET.find(secret, documents)
    last = ROTATION.find(record.value.past[0], documents) if record and record.value.past else None
    return bool(last and _back(last.value, now))


def _back(last: Rotation, now: datetime) -> bool:
    return last.back and last.ended is not None and now - last.ended < AGAIN
