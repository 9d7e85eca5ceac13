"""An account that came by a provider comes in by it only; a connected one may choose."""

from dataclasses import replace
from datetime import timedelta

from clawband.flows.links import LINK, Link, managed
from clawband.model.person import Role
from clawband.ports.unit import Unit
from tests.flows.people import Registry
from tests.simulators.clocks import START

ANA = Link(issuer="https://login.example", subject="u-1", name="ana", account=START, managed=True)


def linked(link):
    registry = Registry()
    registry.employ("ana", Role.VIEWER)
    registry.commit(Unit([], [LINK.new("1", link)]))
    return registry


def test_only_the_account_that_came_by_it_and_only_as_long_as_it_is_the_same():
    assert managed("ana", linked(ANA))
    assert not managed("ana", linked(replace(ANA, managed=False)))
    assert not managed("ana", linked(replace(ANA, name="bo")))
    assert not managed("bo", linked(replace(ANA, name="bo"))), "there is no such account"
    again = linked(ANA)
    again.renew("ana", START + timedelta(days=1))
    assert not managed("ana", again)
