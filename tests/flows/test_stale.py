"""Which secrets are unused, old, shared or nobody's, and when nothing can be said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clawband.flows import stale
from clawband.flows.stale import Looked, Why
from clawband.flows.use import Uses
from clawband.model.event import Event, Tag
from clawband.model.secret import Secret, State, Target, Version

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)
VALUE = Version(number=1, state=State.CURRENT, print="a" * 64, by="ana", made=LONG_AGO)
CRM = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders",
    added=LONG_AGO, gateways=("shop",), versions=(VALUE,),
)  # fmt: skip


def lent(days, **fields):
    fields = {"gateway": "shop", "resource": "Secret::crm/key", **fields}
    return Event(id="e", at=NOW - timedelta(days=days), tag=Tag.SECRET_LEND, **fields)


def found(*secrets, **around):
    return [(each.secret, each.why) for each in found_whole(*secrets, **around)]


def found_whole(*secrets, events=(), begun=300, complete=True, own=()):
    uses = Uses(complete=complete)
    uses.note(Event(id="0", at=NOW - timedelta(days=begun), tag=Tag.SERVER_START))
    for each in events:
        uses.note(each)
    looked = Looked(
        secrets=secrets, uses=uses, people=frozenset({"ana"}), own=frozenset(own), now=NOW
    )
    return stale.findings(looked)


def test_what_was_not_lent_for_long_is_unused():
    assert found(CRM) == [("crm/key", Why.UNUSED)]
    assert found(CRM, events=[lent(91)]) == [("crm/key", Why.UNUSED)]
    assert found(CRM, events=[lent(91), lent(1)]) == []


@pytest.mark.parametrize("more", [{"begun": 60}, {"complete": False}])
def test_a_log_that_does_not_reach_back_says_nothing_of_use(more):
    assert found(CRM, **more) == []


def test_what_is_young_or_used_by_clawband_itself_is_not_unused():
    assert found(replace(CRM, added=NOW - timedelta(days=10))) == []
    assert found(CRM, own=["crm/key"]) == []


def test_a_gateway_that_does_not_ask_is_told_alone():
    both = replace(CRM, gateways=("shop", "other"))
    agent = lent(1, agent="shop/desk", detail={"host": "a.example"})
    assert found(both, events=[agent]) == [("crm/key", Why.IDLE)]
    put_on = replace(CRM, gateways=(), targets=(Target(hosts=("a.example",)),))
    assert found(put_on, events=[agent]) == []


def test_nobody_is_given_it_or_it_has_no_value():
    assert found(replace(CRM, gateways=())) == [("crm/key", Why.NOBODY)]
    assert found(replace(CRM, versions=())) == [("crm/key", Why.EMPTY)]
    assert found(replace(CRM, versions=(), added=NOW)) == []


def test_one_value_in_two_environments_comes_first():
    twin = replace(CRM, name="a/key", environment="production", gateways=())
    assert found(CRM, twin, events=[lent(1)]) == [
        ("a/key", Why.SHARED), ("crm/key", Why.SHARED), ("a/key", Why.NOBODY),
    ]  # fmt: skip
    dead = replace(twin, versions=(replace(VALUE, state=State.DEAD),))
    assert ("crm/key", Why.SHARED) not in found(CRM, dead, events=[lent(1)])


def test_many_names_of_one_value_are_one_finding():
    more = [replace(CRM, name=name) for name in ("a/key", "z/key")]
    told = [each for each in found_whole(CRM, *more, events=[lent(1)]) if each.why is Why.SHARED]
    assert [(each.secret, each.says) for each in told] == [
        ("a/key", "its value is also kept as `crm/key`, `z/key`")
    ]


def test_a_value_that_was_replaced_and_not_seen_dead_lingers():
    fresh = replace(VALUE, number=2, print="b" * 64, made=NOW - timedelta(days=8))
    two = replace(CRM, versions=(replace(VALUE, state=State.PREVIOUS), fresh))
    assert found(two, events=[lent(1)]) == [("crm/key", Why.LINGERING)]
    dead = replace(CRM, versions=(replace(VALUE, state=State.DEAD), fresh))
    assert found(dead, events=[lent(1)]) == []


def test_what_is_old_and_what_is_nobodys():
    old = replace(CRM, versions=(replace(VALUE, made=NOW - timedelta(days=366)),), owner="bo")
    assert found(old, events=[lent(1)]) == [("crm/key", Why.OLD), ("crm/key", Why.ORPHAN)]
