"""A wall clock that steps: time goes on, never back, and the step is told once."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from clawband.adapters.machine import MachineClock
from tests.simulators.clocks import START, ScriptedWall


def clock_on(script):
    return MachineClock(script.wall, script.uptime)


def test_a_step_back_is_held_and_time_goes_on():
    script = ScriptedWall()
    clock = clock_on(script)
    assert clock.now() == START
    script.pass_(10)
    script.step(-3600)
    first = clock.now()
    assert first >= START
    script.pass_(20)
    assert clock.now() - first == timedelta(seconds=20), "silence and expiry go on being noticed"


def test_a_step_is_told_once():
    script = ScriptedWall()
    clock = clock_on(script)
    script.step(-60)
    clock.now()
    assert clock.take_step() == timedelta(seconds=60)
    for _ in range(5):
        script.pass_(10)
        clock.now()
        assert clock.take_step() == timedelta()
    script.step(-30)
    clock.now()
    assert clock.take_step() == timedelta(seconds=30)


def test_the_wall_is_followed_again_once_it_caught_up():
    script = ScriptedWall()
    clock = clock_on(script)
    script.step(-60)
    clock.now()
    script.step(3600)
    assert clock.now() == script.now
    script.step(-5)
    clock.now()
    assert clock.take_step() >= timedelta(seconds=5)


def test_a_time_service_at_work_is_no_news():
    script = ScriptedWall()
    clock = clock_on(script)
    script.step(-0.02)
    clock.now()
    assert clock.take_step() == timedelta()


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(-10_000, 10_000)), min_size=1, max_size=50))
def test_time_never_steps_back_whatever_the_wall_does(moves):
    script = ScriptedWall()
    clock = clock_on(script)
    last = clock.now()
    for seconds, step in moves:
        script.pass_(seconds)
        script.step(step)
        now = clock.now()
        assert now >= last
        last = now
