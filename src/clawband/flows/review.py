"""Access reviews: opened for everybody, decided one by one, revoked at once, closed when done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clawband.flows import accounts, sign_in
from clawband.flows.accounts import Doing
from clawband.flows.in_turn import in_turn
from clawband.flows.kept import Kept, Kind
from clawband.flows.last_use import LastUse
from clawband.identity.keys import Key
from clawband.identity.review import (
    EVERY,
    KEPT,
    MAX_LIFE_DAYS,
    Item,
    Review,
    Subject,
    Verdict,
)
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, ConflictError, InputError
from clawband.model.event import Event, Tag
from clawband.openclaw import validation
from clawband.ports.registry import Registry
from clawband.ports.unit import PutOperator, Unit

REVIEW = Kind("review", Review)
_OWN = 16
"""Bytes of entropy for the event of a review itself; what it revokes uses the rest."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as it stands now."""

    item: Item
    gone: bool
    """Nobody has this access any more, so there is nothing to decide."""

    @property
    def open(self) -> bool:
        return self.item.verdict is None and not self.gone


def items(id: str) -> Kind[Item]:
    """The documents of one review."""
    return Kind(f"item of {id}", Item)


def open_(days: int, *, store: Registry, last: LastUse, doing: Doing) -> tuple[Kept[Review], Unit]:
    """A review of all access there is, due in `days`. Raises `InputError`, and `ConflictError`
    while another one is open."""
    if not 1 <= days <= MAX_LIFE_DAYS:
        raise InputError(
            f"expected 1 to {MAX_LIFE_DAYS} days, got {days}", remedy="give people two weeks"
        )
    known = REVIEW.all(store)
    for each in known:
        if each.value.closed is None:
            raise ConflictError(f"the review `{each.id}` is open", remedy="decide and close it")
    id_ = ids.new("rev", doing.now, doing.entropy[_OWN:])
    found = [*_people(store, last), *_programs(store)]
    review = Review(
        opened=doing.now,
        by=doing.by,
        due=doing.now + timedelta(days=days),
        items=len(found),
    )
    told = _event(Tag.REVIEW_OPEN, id_, "open", doing, items=len(found), due=str(review.due))
    unit = Unit([told], [REVIEW.new(id_, review), *(items(id_).new(one.id, one) for one in found)])
    for each in known:
        if each.value.closed and doing.now - each.value.closed >= KEPT:
            unit.changes += [items(each.id).drop(one) for one in items(each.id).all(store)]
            unit.changes.append(REVIEW.drop(each))
    return Kept(id_, 1, review), unit


def shown(id: str, store: Registry) -> tuple[Kept[Review], Sequence[Shown]]:
    """The review with its items. Raises `NotFoundError`."""
    review = REVIEW.get(id, store, "list them with `clawband review list`")
    there = _there(store)
    return review, [Shown(each.value, each.id not in there) for each in items(id).all(store)]


def decide(
    id: str, item: str, verdict: Verdict, note: str, *, store: Registry, doing: Doing
) -> tuple[Item, Unit]:
    """Keep or revoke one access, recorded in the same unit as what becomes of it.

    Raises `NotFoundError`; `AuthenticationError` for one's own; `ConflictError` for what is
    decided, closed, or the last administrator.
    """
    review = REVIEW.get(id, store).value
    kept = items(id).get(item, store)
    was = kept.value
    if doing.by in _whose(was, store):
        raise AuthenticationError(
            "nobody reviews their own access", remedy="have somebody else decide this one"
        )
    if review.closed or not was.becomes(verdict):
        state = "the review is closed" if review.closed else f"`{was.by}` decided {was.verdict}"
        raise ConflictError(f"{state} already", remedy="look at the review again")
    note = validation.name(note.strip(), "a note")
    told = _event(Tag.REVIEW_DECIDE, id, verdict, doing, item=was.id, note=note, person=was.of)
    now_is = replace(was, verdict=verdict, by=doing.by, at=doing.now, note=note, event=told.id)
    unit = Unit([told], [items(id).replace(kept, now_is)])
    if verdict is Verdict.REVOKE and was.id in _there(store):
        act = _revoked(was, store, replace(doing, entropy=doing.entropy[_OWN:]))
        unit.events += [replace(each, cause=told.id) for each in act.events]
        unit.changes += act.changes
    return now_is, unit


def close(id: str, *, store: Registry, doing: Doing) -> Unit:
    """Raises `NotFoundError`, and `ConflictError` while anything is undecided."""
    review, all_ = shown(id, store)
    if review.value.closed:
        raise ConflictError("this review is closed already")
    undecided = sum(each.open for each in all_)
    if undecided:
        raise ConflictError(
            f"{undecided} of {len(all_)} are not decided", remedy="keep or revoke each of them"
        )
    told = _event(Tag.REVIEW_CLOSE, id, "closed", doing, **counts(all_))
    closed = replace(review.value, closed=doing.now, closed_by=doing.by)
    return Unit([told], [REVIEW.replace(review, closed)])


def remind(*, store: Registry, doing: Doing) -> Unit | None:
    """What is to be said of the open review now: that it is nearly due, or overdue."""
    for each in REVIEW.all(store):
        if not each.value.to_remind(doing.now):
            continue
        undecided = sum(one.open for one in shown(each.id, store)[1])
        late = each.value.overdue(doing.now)
        tag = Tag.REVIEW_OVERDUE if late else Tag.REVIEW_REMIND
        told = _event(tag, each.id, "overdue" if late else "due soon", doing, undecided=undecided)
        return Unit([told], [REVIEW.replace(each, replace(each.value, told=doing.now))])
    return None


def due(store: Registry, now: datetime) -> bool:
    """Whether it is time for the next one: a month after the last, or after the first operator."""
    known = [each.value for each in REVIEW.all(store)]
    if any(each.closed is None for each in known):
        return False
    begun = [each.opened for each in known] or [each.added for each in store.operators()][:1]
    return bool(begun) and now - max(begun) >= EVERY


def counts(all_: Sequence[Shown]) -> Mapping[str, int]:
    """How many were kept, revoked, and gone before anybody decided."""
    verdicts = [each.item.verdict for each in all_]
    return {
        "kept": verdicts.count(Verdict.KEEP),
        "revoked": verdicts.count(Verdict.REVOKE),
        "gone": sum(each.gone and each.item.verdict is None for each in all_),
    }


def _people(store: Registry, last: LastUse) -> Iterator[Item]:
    for each in store.operators():
        roles = sorted(each.roles)
        yield Item(
            kind=Subject.PERSON, name=each.name, of=each.name, about=", ".join(roles),
            since=each.added, used=last(each, None),
        )  # fmt: skip
        for role in roles:
            yield Item(
                kind=Subject.ROLE, name=each.name, role=role, of=each.name, since=each.added,
                used=last(each, role),
            )  # fmt: skip


def _programs(store: Registry) -> Iterator[Item]:
    for listed in accounts.listed(store):
        account = listed.account
        uses = [held.used for held in listed.keys if held.used]
        yield Item(
            kind=Subject.ACCOUNT, name=account.name, of=account.owner, about=account.purpose,
            since=account.added, used=max(uses, default=None),
        )  # fmt: skip
        for held in listed.keys:
            yield Item(
                kind=Subject.KEY, name=held.id, of=account.owner, since=held.key.made,
                about=f"{account.name}: {_acts(held.key)}", used=held.used,
            )  # fmt: skip


def _acts(key: Key) -> str:
    where = f" in {key.environment}" if key.environment else ""
    return ", ".join(sorted(key.acts)) + where


def _whose(item: Item, store: Registry) -> frozenset[str]:
    """Whose access it was when the review was opened, and whose it is."""
    named = item.name if item.kind is Subject.ACCOUNT else ""
    if item.kind is Subject.KEY and (key := accounts.KEY.find(item.name, store)):
        named = key.value.account
    account = accounts.ACCOUNT.find(named, store)
    return frozenset({item.of, account.value.owner if account else item.of})


def _there(store: Registry) -> frozenset[str]:
    """The ids of all access that somebody has now."""
    found = [f"{Subject.ACCOUNT}:{each.id}" for each in accounts.ACCOUNT.all(store)]
    found += [f"{Subject.KEY}:{each.id}" for each in accounts.KEY.all(store)]
    for each in store.operators():
        found.append(f"{Subject.PERSON}:{each.name}")
        found += [f"{Subject.ROLE}:{each.name}:{role}" for role in each.roles]
    return frozenset(found)


def _revoked(item: Item, store: Registry, doing: Doing) -> Unit:
    match item.kind:
        case Subject.ACCOUNT:
            return accounts.remove(item.name, store=store, doing=doing)
        case Subject.KEY:
            return accounts.revoke(item.name, store=store, doing=doing)
        case Subject.ROLE:
            return _less(item, store, doing)
    return sign_in.remove(
        item.name, by=doing.by, people=store, now=doing.now, entropy=doing.entropy
    )


def _less(item: Item, store: Registry, doing: Doing) -> Unit:
    """The operator without the role, and without the sign-ins that had it."""
    turn = in_turn(store)
    found = store.operator(item.name)
    if found is None:
        raise ConflictError(f"`{item.name}` is gone", remedy="look at the review again")
    operator, password = found
    rest = operator.roles - {item.role}
    if not rest:
        raise ConflictError(
            f"`{item.role}` is the only role of `{item.name}`",
            remedy="revoke the person, or give them another role first",
        )
    sign_in.refuse_clash(item.name, rest, operator.aliases, store)
    told = Event(
        id=ids.new("evt", doing.now, doing.entropy),
        at=doing.now,
        tag=Tag.OPERATOR_CHANGE,
        who=doing.by,
        resource=f"Operator::{item.name}",
        outcome="changed",
        detail={"roles": sorted(rest), "was": sorted(operator.roles)},
    )
    return Unit([told], [PutOperator(replace(operator, roles=rest), password), turn])


def _event(tag: Tag, id: str, outcome: str, doing: Doing, **detail: Json) -> Event:
    return Event(
        id=ids.new("evt", doing.now, doing.entropy),
        at=doing.now,
        tag=tag,
        who=doing.by,
        resource=f"Review::{id}",
        outcome=outcome,
        detail={name: value for name, value in detail.items() if value != ""},
    )
