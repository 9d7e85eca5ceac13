"""In no stretch of time counts more than the window knows of."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from clawband.model.window import PARTS, Window
from tests.simulators.clocks import START

DAY = 86_400
USES = st.lists(st.tuples(st.integers(0, 3 * DAY), st.integers(1, 100)), max_size=60)


def later(seconds):
    return START + timedelta(seconds=seconds)


@given(USES, st.sampled_from([60, 3_600, DAY]), st.integers(0, 4 * DAY))
def test_it_never_knows_of_less_than_was_used(uses, seconds, look):
    window, said = Window(), sorted(uses)
    for at, amount in said:
        window = window.plus(amount, later(at), seconds)
    look = max(look, said[-1][0] if said else 0)
    really = sum(amount for at, amount in said if at > look - seconds)
    known = window.used(later(look), seconds)
    slack = seconds // PARTS + 1
    assert really <= known <= sum(each for at, each in said if at > look - seconds - slack)
    assert len(window.parts) <= PARTS + 2


def test_all_of_it_is_free_again_after_the_stretch_and_nothing_at_midnight():
    window = Window().plus(7, START, DAY)
    assert window.used(later(DAY - 1), DAY) == 7
    assert window.used(later(DAY), DAY) == 0
    assert not window.over(later(DAY - 1), DAY) and window.over(later(DAY), DAY)


def test_a_clock_that_steps_back_frees_nothing():
    window = Window().plus(7, later(DAY), DAY)
    assert window.used(START, DAY) == 7
    assert window.plus(1, START, DAY).used(later(2 * DAY - 1), DAY) == 8


def test_it_says_when_so_much_fits():
    window = Window().plus(6, START, DAY).plus(3, later(7_200), DAY)
    assert window.free(1, 10, later(7_300), DAY) == later(7_300), "it fits now"
    assert window.free(5, 10, later(7_300), DAY) == later(DAY)
    assert window.free(10, 10, later(7_300), DAY) == later(7_200 + DAY)
    assert window.free(11, 10, later(7_300), DAY) is None
