"""A terminal that waits: its codes, and what it is told when."""

from datetime import UTC, datetime, timedelta

import pytest

from clawband.identity import terminal
from clawband.identity.session import Seen
from clawband.identity.terminal import DeniedError, PendingError, SlowDownError, Waiting
from clawband.model.person import Operator, SignedIn

T0 = datetime(2026, 11, 22, 9, tzinfo=UTC)
ADA = SignedIn(
    operator=Operator(name="ada", roles=frozenset(), aliases=frozenset(), added=T0),
    assurance=2,
    session="session",
    csrf="csrf",
)


def waiting():
    return Waiting(code="BCDFGHJK", name="", seen=Seen(), asked=T0)


def test_codes_are_easily_typed_and_hard_to_guess():
    codes = {terminal.code(bytes([each]) * 16) for each in range(200)}
    assert len(codes) == 200
    assert all(len(each) == 8 and set(each) <= set(terminal.LETTERS) for each in codes)
    assert terminal.shown("BCDFGHJK") == "BCDF-GHJK"
    for text in ("BCDF-GHJK", " bcdf ghjk\n", "b.c.d.f-g.h.j.k"):
        assert terminal.typed(text) == "BCDFGHJK"
    assert terminal.typed("0é'; --") == ""


def test_it_waits_until_somebody_decides():
    asked = waiting()
    with pytest.raises(PendingError):
        asked.poll(T0)
    asked.by = ADA
    assert asked.poll(T0 + timedelta(seconds=1)) is ADA
    assert not asked.open


def test_who_asks_too_often_waits_longer():
    asked, now = waiting(), T0
    with pytest.raises(PendingError):
        asked.poll(now)
    for expected in (6, 11):
        with pytest.raises(SlowDownError):
            asked.poll(now)
        assert asked.interval == timedelta(seconds=expected)
    with pytest.raises(PendingError) as raised:
        asked.poll(now + timedelta(seconds=11))
    assert not isinstance(raised.value, SlowDownError)


def test_a_refusal_is_final():
    asked = waiting()
    asked.refused = True
    with pytest.raises(DeniedError):
        asked.poll(T0)
    assert not asked.open


def test_it_is_over_after_ten_minutes():
    assert not waiting().over(T0 + timedelta(minutes=9, seconds=59))
    assert waiting().over(T0 + timedelta(minutes=10))
