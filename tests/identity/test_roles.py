"""Deny by default: every act is listed."""

from clawband.identity.roles import MATRIX, Act


def test_every_act_is_listed():
    assert set(MATRIX) == set(Act)
