"""Of two changes of accounts that were made from the same state, one happens."""

from dataclasses import replace

import pytest

from clawband.flows import sign_in
from clawband.flows.in_turn import in_turn
from clawband.model.errors import ConflictError
from clawband.model.person import Role
from clawband.ports.unit import PutOperator, Unit
from tests.flows.registered import Registered, account
from tests.simulators.clocks import START


def removal(known, name):
    return sign_in.remove(name, by="x", people=known, now=START, entropy=bytes(96))


def test_two_administrators_do_not_remove_each_other():
    known = Registered(account("ana"), account("bo"))
    first, second = removal(known, "ana"), removal(known, "bo")
    known.take(first)
    with pytest.raises(ConflictError):
        known.take(second)
    assert [each.name for each in known.operators()] == ["bo"]
    with pytest.raises(ConflictError, match="last administrator"):
        removal(known, "bo")


def test_what_is_changed_meanwhile_does_not_bring_an_account_back():
    bo = account("bo", Role.VIEWER)
    known = Registered(account("ana"), bo)
    turn = in_turn(known)
    changed = replace(bo, roles=frozenset({Role.BUILDER}))
    known.take(removal(known, "bo"))
    with pytest.raises(ConflictError):
        known.take(Unit([], [PutOperator(changed, ""), turn]))
    assert known.operator("bo") is None
    known.take(Unit([], [PutOperator(changed, ""), in_turn(known)]))
