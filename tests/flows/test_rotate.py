"""What each step leaves behind: states, events, and a record that only one can move on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.flows import rotate, secrets
from clawband.flows.rotate import DEAD, OF_SECRET, PAST, ROTATION
from clawband.flows.secrets import SECRET
from clawband.model.errors import ConflictError, InputError
from clawband.model.rotation import Shape
from clawband.model.secret import State, Version
from clawband.ports.unit import Unit
from tests.flows.rotating import CRM, Desk
from tests.simulators.clocks import START


@pytest.mark.parametrize("shape", list(Shape))
def test_a_rotation_leaves_one_living_version(shape):
    desk = Desk()
    desk.begin(shape)
    desk.through()
    assert [each.state for each in desk.secret.versions] == [State.DEAD, State.CURRENT]
    assert desk.secret.current.issued == "k" and desk.secret.versions[0].ended == desk.now
    assert desk.rotation.value.outcome == "rotated"
    assert OF_SECRET.get("crm/key", desk.kept).value.running == ""
    assert len({each.id for each in desk.events}) == len(desk.events)


def test_an_overlap_is_waited_for():
    desk = Desk()
    desk.begin()
    desk.through(to="overlap")
    assert desk.rotation.value.until == desk.now + timedelta(minutes=5)


def test_who_saw_an_older_record_conflicts():
    desk = Desk()
    desk.begin()
    seen = desk.rotation
    desk.through(to="switch")
    with pytest.raises(ConflictError):
        desk.commit(rotate.made(seen, 9, print="p", issued="", documents=desk.kept,
                                doing=desk.doing()))  # fmt: skip
    with pytest.raises(ConflictError, match="is being rotated already"):
        desk.begin()


def test_the_record_of_a_failure_waits_longer_each_time_and_is_told_once():
    desk = Desk()
    desk.begin()
    waits = []
    for _ in range(12):
        unit = rotate.failed(desk.rotation, "the issuer is away", desk.doing())
        desk.commit(unit)
        until = desk.rotation.value.until
        assert until
        waits.append((until - desk.now).total_seconds())
    assert waits[:4] == [2, 4, 8, 16] and waits[-1] == 300
    assert [each.tag for each in desk.events].count("rotation:fail") == 1
    desk.commit(rotate.resumed(desk.rotation))
    assert desk.rotation.value.until is None
    desk.through(to="overlap")
    until = desk.rotation.value.until
    desk.commit(rotate.resumed(desk.rotation))
    assert desk.rotation.value.until == until


def test_what_ended_neither_goes_on_nor_back():
    desk = Desk()
    desk.begin()
    desk.commit(rotate.turned(desk.rotation, "no", documents=desk.kept, doing=desk.doing()))
    assert desk.rotation.value.outcome == "rolled back", "nothing was made yet"
    for again in (
        lambda: rotate.resumed(desk.rotation),
        lambda: rotate.turned(desk.rotation, "", documents=desk.kept, doing=desk.doing()),
    ):
        with pytest.raises(ConflictError, match="has ended"):
            again()


@pytest.mark.parametrize("step", ["revoke", "bury"])
def test_after_the_old_value_is_touched_there_is_no_way_back(step):
    desk = Desk()
    desk.begin()
    desk.through(to=step)
    with pytest.raises(ConflictError, match="the old value is ended"):
        rotate.turned(desk.rotation, "", documents=desk.kept, doing=desk.doing())


def test_another_value_meanwhile_is_newer():
    desk = Desk()
    desk.begin()
    desk.through(to="switch")
    _, unit = secrets.take(SECRET.get("crm/key", desk.kept), 7, "p7", desk.doing())
    desk.commit(unit)
    with pytest.raises(ConflictError, match="somebody set another value"):
        rotate.switched(desk.rotation, documents=desk.kept, doing=desk.doing())


def test_a_secret_that_is_gone_ends_it():
    desk = Desk()
    desk.begin()
    desk.commit(rotate.gone(desk.rotation, documents=desk.kept, doing=desk.doing()))
    assert desk.rotation.value.ended and "removed" in desk.rotation.value.problem


def test_old_rotations_and_dead_versions_are_forgotten():
    dead = tuple(
        Version(number=each + 100, state=State.DEAD, print="", by="ana", made=START)
        for each in range(DEAD + 5)
    )
    desk = Desk()
    kept = SECRET.get("crm/key", desk.kept)
    older = replace(kept.value, versions=(*dead, *kept.value.versions))
    desk.kept.commit(Unit([], [SECRET.replace(kept, older)]))
    for _ in range(PAST + 2):
        desk.begin(rehearsal=True)
        desk.through()
    assert len(ROTATION.all(desk.kept)) == PAST
    assert OF_SECRET.get("crm/key", desk.kept).value.past[0] == desk.named
    assert [each.state for each in desk.secret.versions].count(State.DEAD) == DEAD
    assert desk.secret.current.number == 1


@pytest.mark.parametrize(("secret", "says"), [
    (replace(CRM, plan=None), "has no plan"),
    (replace(CRM, versions=()), "has no value"),
])  # fmt: skip
def test_without_a_plan_or_a_value_nothing_is_rotated(secret, says):
    desk = Desk(replace(CRM, plan=secret.plan))
    kept = SECRET.get("crm/key", desk.kept)
    if secret.plan:
        desk.kept.commit(Unit([], [SECRET.replace(kept, secret)]))
    with pytest.raises(InputError, match=says):
        desk.begin()
