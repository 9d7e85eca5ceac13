"""Levels and what they are for."""

from clawband.identity.assurance import LEVEL, Method, withheld
from clawband.model.person import Role


def test_every_method_has_a_level_and_none_is_the_third():
    assert set(LEVEL) == set(Method)
    assert set(LEVEL.values()) == {1, 2}
    assert LEVEL[Method.PASSWORD] == LEVEL[Method.MACHINE] == 1
    assert LEVEL[Method.PASSKEY] == LEVEL[Method.CODE] == LEVEL[Method.RECOVERY] == 2


def test_only_looking_is_left_without_a_second_factor():
    assert withheld(frozenset(Role)) == {Role.AUDITOR, Role.VIEWER}
    assert withheld(frozenset({Role.ADMIN})) == frozenset()
