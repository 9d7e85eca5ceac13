"""Guessing gets slower; the owner is never locked out."""

from clawband.edges.console.throttle import FORGET, FREE, LONGEST, PATIENCE, REMEMBERED, Throttle


def attempt(throttle, now, name="ana", address="10.0.0.1"):
    """One wrong attempt; the seconds it had to wait."""
    wait = throttle.turn(name, address, now)
    throttle.failed(name, address, now + wait)
    return wait


def test_a_few_mistakes_cost_nothing():
    throttle = Throttle()
    assert [attempt(throttle, 0.0) for _ in range(FREE)] == [0.0] * FREE


def test_then_each_waits_longer_up_to_a_limit():
    throttle, now, waits = Throttle(), 0.0, []
    for _ in range(12):
        waits.append(attempt(throttle, now))
        now += waits[-1]
    assert waits[:FREE] == [0.0] * FREE
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST


def test_many_at_once_take_turns():
    throttle = Throttle()
    for _ in range(10):
        attempt(throttle, 0.0)
    waits = [throttle.turn("ana", "10.0.0.1", 100.0) for _ in range(20)]
    checked = [wait for wait in waits if wait <= PATIENCE]
    assert len(checked) <= PATIENCE / LONGEST + 1
    assert waits == sorted(waits)


def test_neither_another_address_nor_another_name_is_slowed():
    throttle = Throttle()
    for _ in range(50):
        attempt(throttle, 0.0)
    assert throttle.turn("ana", "10.0.0.2", 0.0) == 0.0
    assert throttle.turn("bo", "10.0.0.1", 0.0) == 0.0


def test_success_and_time_forgive():
    throttle = Throttle()
    for _ in range(6):
        attempt(throttle, 0.0)
    assert throttle.turn("ana", "10.0.0.1", FORGET * 2) == 0.0
    for _ in range(6):
        attempt(throttle, FORGET * 2)
    throttle.passed("ana", "10.0.0.1")
    assert throttle.turn("ana", "10.0.0.1", FORGET * 2) == 0.0


def test_it_remembers_a_bounded_number():
    throttle = Throttle()
    for number in range(REMEMBERED + 100):
        attempt(throttle, 0.0, address=f"10.{number}")
    assert len(throttle._tries) == REMEMBERED
