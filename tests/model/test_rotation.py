"""Which steps a rotation takes, there and back, and until when it can go back."""

from dataclasses import replace

import pytest

from clawband.model import rotation
from clawband.model.rotation import Rotation, Shape, Step
from tests.simulators.clocks import START

BEGUN = Rotation(
    secret="crm/key", environment="dev", driver="http", shape=Shape.TWO, by="ana", begun=START,
    was=3, old=(2, 3),
)  # fmt: skip
STEPS = [each for shape in Shape for each in rotation.forth(shape, rehearsal=False)]


def test_nothing_old_is_ended_before_the_new_one_works_and_is_current():
    for shape in Shape:
        steps = rotation.forth(shape, rehearsal=False)
        assert steps[0] is Step.CREATE and steps[-1] is Step.BURY
        assert steps.index(Step.SWITCH) < steps.index(Step.BURY)
        assert steps.index(Step.PROVE) < steps.index(Step.BURY)
    steps = rotation.forth(Shape.TWO, rehearsal=False)
    assert steps.index(Step.PROVE) < steps.index(Step.SWITCH) < steps.index(Step.REVOKE)
    assert steps.index(Step.TELL) < steps.index(Step.REVOKE)


def test_a_rehearsal_switches_nothing():
    steps = rotation.forth(Shape.TWO, rehearsal=True)
    assert not {Step.SWITCH, Step.TELL} & set(steps)


@pytest.mark.parametrize(("shape", "switched", "steps"), [
    (Shape.TWO, False, "revoke bury"),
    (Shape.TWO, True, "switch tell revoke bury"),
    (Shape.ONE, False, "place prove bury"),
    (Shape.ONE, True, "place prove switch tell bury"),
    (Shape.TAKES, False, "place prove bury"),
    (Shape.TAKES, True, "switch place prove tell bury"),
])  # fmt: skip
def test_the_way_back(shape, switched, steps):
    made = replace(BEGUN, shape=shape, new=4, switched=switched)
    assert " ".join(rotation.back(made)) == steps
    assert rotation.back(replace(made, new=0)) == ()


def test_what_is_to_live_and_what_is_to_die():
    there = replace(BEGUN, new=4, left=(Step.PROVE,))
    assert (there.placing, there.ending) == (4, (2, 3))
    back = replace(there, back=True)
    assert (back.placing, back.ending) == (3, (4,))
    rehearsed = replace(there, rehearsal=True)
    assert (rehearsed.placing, rehearsed.ending) == (4, (4,))
    assert replace(back, new=0).ending == ()


@pytest.mark.parametrize("step", list(dict.fromkeys(STEPS)))
def test_it_can_go_back_until_the_old_value_is_touched(step):
    at = replace(BEGUN, new=4, left=(step,))
    assert at.returnable is (step not in {Step.REVOKE, Step.BURY})
    assert replace(at, rehearsal=True).returnable
    assert not replace(at, back=True).returnable
    assert not replace(at, ended=START).returnable
