"""A leak run: what opens it, what each step leaves, and when it may be closed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.flows import leak
from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept
from clawband.flows.leak import LEAK, OPEN, Asked, Came, Open
from clawband.flows.secrets import SECRET
from clawband.model.document import Document
from clawband.model.errors import ConflictError, InputError
from clawband.model.leak import MOST_COPIES, Copy, Leak, Result, Step
from clawband.model.secret import Secret, State, Version
from clawband.ports.unit import PutDocument

AT = datetime(2026, 11, 22, tzinfo=UTC)
DOING = Doing(by="olga", now=AT, entropy=bytes(range(96)))
FIRST = Version(number=1, state=State.PREVIOUS, print="a" * 64, by="ana", made=AT)
SECOND = Version(number=2, state=State.CURRENT, print="b" * 64, by="ana", made=AT)
CRM = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders", added=AT,
    versions=(FIRST, SECOND),
)  # fmt: skip
HOW = Asked(how="it was in a chat")


class Desk:
    """Documents as a mapping."""

    def __init__(self, *changes):
        self.kept = {}
        self.take(changes)

    def take(self, changes):
        for each in changes:
            if isinstance(each, PutDocument):
                self.kept[each.document.kind, each.document.id] = each.document
            else:
                del self.kept[each.kind, each.id]

    def document(self, kind: str, id: str) -> Document | None:
        return self.kept.get((kind, id))

    def documents(self, kind: str, under: str = ""):
        return [each for key, each in sorted(self.kept.items()) if key[0] == kind]


def opened(secret=CRM, asked=HOW):
    desk = Desk(SECRET.new(secret.name, secret))
    name, unit = leak.open_(secret, asked, desk, DOING)
    desk.take(unit.changes)
    return desk, LEAK.get(name, desk), unit


def all_done(desk, kept):
    done = [Came(step=each, result=Result.DONE, says="seen") for each in Step]
    _, unit = leak.came(kept, done, DOING)
    desk.take(unit.changes)
    return LEAK.get(kept.id, desk)


def with_states(secret, *states):
    versions = zip(secret.versions, states, strict=True)
    return replace(secret, versions=tuple(replace(each, state=state) for each, state in versions))


def test_every_living_value_leaked_unless_somebody_knows_which():
    _, kept, unit = opened()
    assert kept.value.versions == (1, 2)
    assert kept.value.due == AT + timedelta(minutes=60)
    (told,) = unit.events
    assert (told.outcome, told.detail["owner"]) == ("open", "ana")
    _, kept, _ = opened(asked=replace(HOW, versions=(2,)))
    assert kept.value.versions == (2,)
    for wrong in (replace(HOW, versions=(3,)), replace(HOW, minutes=0)):
        with pytest.raises(InputError):
            opened(asked=wrong)
    with pytest.raises(InputError, match="no value"):
        opened(replace(CRM, versions=()))


states = st.lists(st.sampled_from(State), min_size=2, max_size=2)


@given(states, st.booleans(), st.sampled_from(["", " ", "it opens nothing"]))
def test_it_closes_only_with_the_value_dead_or_a_reason(states, finished, reason):
    desk, kept, _ = opened()
    desk.take([SECRET.new(CRM.name, with_states(CRM, *states))])
    kept = all_done(desk, kept) if finished else kept
    dead = all(each is State.DEAD for each in states)
    if reason.strip() or (dead and finished):
        done, unit = leak.closed(kept, reason, desk, DOING)
        assert bool(done.accepted) == bool(reason.strip())
        assert unit.events[0].outcome == ("accepted" if done.accepted else "proved dead")
        desk.take(unit.changes)
        assert OPEN.find(CRM.name, desk) is None and not leak.running(desk)
    else:
        with pytest.raises(ConflictError):
            leak.closed(kept, reason, desk, DOING)


def test_a_secret_that_is_not_kept_any_more_proves_nothing():
    desk, kept, _ = opened()
    kept = all_done(desk, kept)
    desk.take([SECRET.drop(SECRET.get(CRM.name, desk))])
    with pytest.raises(ConflictError, match="the value of `crm/key` was not seen dead"):
        leak.closed(kept, "", desk, DOING)
    assert leak.closed(kept, "its issuer is gone", desk, DOING)[0].closed


def test_what_leaked_is_held_back_until_that_is_accepted():
    desk, kept, _ = opened(asked=replace(HOW, versions=(2,)))
    unit = leak.contain(kept.value, SECRET.get(CRM.name, desk), DOING)
    desk.take(unit.changes)
    assert [each.leaked for each in SECRET.get(CRM.name, desk).value.versions] == [False, True]
    _, unit = leak.closed(kept, "a drill", desk, DOING)
    desk.take(unit.changes)
    assert not any(each.leaked for each in SECRET.get(CRM.name, desk).value.versions)


def test_each_step_has_its_time_its_result_and_its_own_event():
    desk, kept, _ = opened()
    late = replace(DOING, now=AT + timedelta(minutes=5))
    done = [
        Came(step=Step.REVIEW, result=Result.DONE, says="twice\u202e", evidence=("evt_1",)),
        Came(step=Step.ROTATE, result=Result.FAILED, says="it was refused"),
    ]
    now_is, unit = leak.came(kept, done, late)
    review, rotate = now_is.task(Step.REVIEW), now_is.task(Step.ROTATE)
    assert (review.ended, review.by) == (late.now, "olga") and "\u202e" not in review.says
    assert rotate.result is Result.FAILED and rotate in now_is.left and review not in now_is.left
    assert len({each.id for each in unit.events}) == 2
    assert [each.detail["seconds"] for each in unit.events] == [300, 300]
    desk.take(unit.changes)
    _, unit = leak.assigned(LEAK.get(kept.id, desk), Step.ROTATE, "cleo", late)
    assert unit.events[0].detail["owner"] == "cleo"
    with pytest.raises(InputError):
        leak.assigned(kept, Step.ROTATE, "", late)


def test_a_place_is_told_once_and_their_number_is_bounded():
    desk, kept, _ = opened()
    copy = Copy(where="/srv/.env:3", seen=AT)
    unit = leak.seen(kept, copy, DOING)
    desk.take(unit.changes)
    kept = LEAK.get(kept.id, desk)
    assert leak.seen(kept, replace(copy, seen=AT + timedelta(1)), DOING) is None
    many = tuple(Copy(where=f"/srv/{number}", seen=AT) for number in range(MOST_COPIES + 9))
    full, _ = leak.came(
        kept, [Came(step=Step.COPIES, result=Result.DONE, says="", copies=many)], DOING
    )
    assert len(full.copies) == MOST_COPIES


def test_a_print_is_matched_by_16_characters_or_more():
    desk, _, _ = opened()
    assert leak.by_print("b" * 16, desk) == (CRM, 2)
    assert leak.by_print("a" * 64, desk) == (CRM, 1)
    assert leak.by_print("b" * 15, desk) is None and leak.by_print("", desk) is None


def test_a_closed_run_is_not_carried_on():
    desk, kept, _ = opened()
    done, unit = leak.closed(kept, "a drill", desk, DOING)
    desk.take(unit.changes)
    assert isinstance(done, Leak)
    closed = Kept(kept.id, kept.version + 1, done)
    for act in (
        lambda: leak.came(closed, [], DOING),
        lambda: leak.seen(closed, Copy(where="x", seen=AT), DOING),
        lambda: leak.assigned(closed, Step.TRACE, "cleo", DOING),
        lambda: leak.closed(closed, "again", desk, DOING),
    ):
        with pytest.raises(ConflictError, match="is closed"):
            act()
    assert Open(kept.id).id == kept.id
