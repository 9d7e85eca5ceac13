"""Attacks that know the defence: what each one gets, the known limits among them."""

import pytest

from benchmarks.adaptive.attacks import Case, attacks, honest
from benchmarks.adaptive.replaying import outcome


def named(case: Case) -> str:
    return f"{case.kind}: {case.story}"


@pytest.mark.parametrize("case", attacks(), ids=named)
def test_an_attack_gets_what_is_known_of_it(case):
    assert outcome(case) == case.gets


@pytest.mark.parametrize("case", tuple(honest()), ids=named)
def test_an_honest_act_is_left_alone(case):
    assert outcome(case) == "passes"


def test_what_gets_through_is_explained():
    assert all(case.why for case in attacks() if case.gets == "passes")
