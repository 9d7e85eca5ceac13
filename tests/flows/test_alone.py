"""Nobody does alone what takes two here, except who broke the glass: that took two."""

from datetime import timedelta

import pytest

from clawband.flows import alone, break_glass
from clawband.identity.glass import LASTS
from clawband.model.errors import ConflictError
from clawband.model.person import Role
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

ENTROPY = CountedEntropy()


def refuse(office, act, *controlled, now=START):
    alone.refuse(
        act, "publish", office.signed("ana"), controlled=controlled, documents=office, now=now
    )


@pytest.fixture
def office():
    found = Registry()
    found.employ("ana", Role.ADMIN)
    found.employ("bo", Role.APPROVER)
    return found


@pytest.mark.parametrize("act", ["publish", "widen", "administer", "switch-off"])
def test_only_where_it_takes_two(office, act):
    refuse(office, act)
    with pytest.raises(ConflictError, match="two people") as refused:
        refuse(office, act, act)
    assert "clawband propose publish" in refused.value.remedy


def test_nobody_alone_opens_the_account_of_somebody_else_among_administrators(office):
    def takeover():
        alone.refuse_takeover(
            "bo", office.signed("ana"), people=office, documents=office, now=START
        )

    takeover()
    office.employ("cleo", Role.ADMIN)
    with pytest.raises(ConflictError, match="nobody alone") as refused:
        takeover()
    assert "clawband propose recover bo" in refused.value.remedy


@pytest.mark.parametrize("name", ["ana", "bo"])
def test_a_lent_role_takes_over_no_account_not_even_that_of_the_only_administrator(office, name):
    lent = office.signed("bo", Role.ADMIN)
    with pytest.raises(ConflictError, match="nobody alone"):
        alone.refuse_takeover(name, lent, people=office, documents=office, now=START)


def test_who_broke_the_glass_had_a_second_person_until_it_is_over(office):
    def moment():
        return {"documents": office, "now": START, "entropy": ENTROPY.bytes(96)}

    ana, bo = office.signed("ana"), office.signed("bo")
    (one, two), unit = break_glass.seal(2, ana, **moment())
    office.commit(unit)
    begun, unit = break_glass.begin(one, "it mails customers", ana, **moment())
    office.commit(unit)
    with pytest.raises(ConflictError):
        refuse(office, "publish", "publish")
    office.commit(break_glass.second(begun.id, two, bo, **moment())[1])
    refuse(office, "publish", "publish", now=START + LASTS - timedelta(seconds=1))
    with pytest.raises(ConflictError):
        refuse(office, "publish", "publish", now=START + LASTS)
