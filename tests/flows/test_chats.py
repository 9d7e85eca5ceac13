"""Making a chat one's own: codes, claims, confirmations, and who speaks there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.flows import chats
from clawband.flows.links import LINK, Link
from clawband.identity.chats import MOST
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError, ConflictError, NotFoundError
from clawband.model.people import Rules
from clawband.model.person import Role
from clawband.openclaw.commands import Command
from clawband.ports.unit import Unit
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

GATEWAY = Gateway(name="main", environment="dev", credential="x", enrolled=START)
SOON = START + timedelta(minutes=1)
MORE = CountedEntropy()


def typed(sender="7001"):
    return Command(gateway=GATEWAY, channel="telegram", sender=sender, session="s", text="")


def begun(staff, by, now=START):
    code, unit = chats.begin(by, documents=staff, now=now, entropy=MORE.bytes(96))
    staff.commit(unit)
    return code


def claimed(staff, code, said, now=SOON):
    name, unit = chats.claim(code, said, known=staff, now=now, entropy=MORE.bytes(96))
    staff.commit(unit)
    return name, unit


@pytest.fixture
def staff():
    registry = Registry()
    registry.employ("ana", Role.APPROVER)
    registry.employ("bo", Role.APPROVER, aliases=("telegram:4242",))
    return registry


def test_the_newest_code_is_the_only_one(staff):
    first, second = (begun(staff, staff.signed("ana")) for _ in range(2))
    with pytest.raises(NotFoundError, match="not good"):
        claimed(staff, first, typed())
    name, unit = claimed(staff, second, typed())
    assert name == "ana"
    assert [each.outcome for each in unit.events] == ["claimed"]
    assert second not in str(unit)


def test_a_code_is_good_for_ten_minutes(staff):
    code = begun(staff, staff.signed("ana"))
    with pytest.raises(NotFoundError, match="not good"):
        claimed(staff, code, typed(), START + timedelta(minutes=10))


def test_a_code_of_an_account_that_was_made_anew_is_good_no_longer(staff):
    code = begun(staff, staff.signed("ana"))
    staff.renew("ana", SOON)
    with pytest.raises(NotFoundError, match="not good"):
        claimed(staff, code, typed())


def test_an_alias_of_somebody_else_is_not_claimed(staff):
    code = begun(staff, staff.signed("ana"))
    with pytest.raises(ConflictError, match="already belongs to `bo`"):
        claimed(staff, code, typed("4242"))


def test_a_claim_nobody_confirmed_gives_way_to_another(staff):
    claimed(staff, begun(staff, staff.signed("ana")), typed())
    assert claimed(staff, begun(staff, staff.signed("bo")), typed())[0] == "bo"


def test_nobody_speaks_in_a_chat_that_was_not_confirmed(staff):
    claimed(staff, begun(staff, staff.signed("ana")), typed())
    with pytest.raises(AuthenticationError, match="telegram:7001, is linked to nobody"):
        chats.speaker(typed(), staff, Rules(), SOON)


def test_a_service_account_has_no_chat(staff):
    with pytest.raises(AuthenticationError, match="service account"):
        begun(staff, staff.signed("ana", service=True))


def test_nobody_has_more_chats_than_ten(staff):
    for number in range(MOST):
        claimed(staff, begun(staff, staff.signed("ana")), typed(f"700{number}"))
    with pytest.raises(ConflictError, match="more than 10 chats"):
        begun(staff, staff.signed("ana"))


def test_only_the_owner_unlinks(staff):
    claimed(staff, begun(staff, staff.signed("ana")), typed())
    for chat, who in (("main:telegram:7001", "bo"), ("main:telegram:1", "ana")):
        with pytest.raises(NotFoundError, match="no chat"):
            chats.unlink(chat, staff.signed(who), known=staff, now=SOON, entropy=MORE.bytes(96))
    unit = chats.unlink(
        "main:telegram:7001", staff.signed("ana"), known=staff, now=SOON, entropy=MORE.bytes(96)
    )
    staff.commit(unit)
    assert chats.of("ana", staff) == []


def test_a_chat_speaks_for_the_account_that_confirmed_it_and_no_other(staff):
    claimed(staff, begun(staff, staff.signed("ana")), typed())
    (kept,) = chats.of("ana", staff)
    ana, bo = staff.accounts["ana"], staff.accounts["bo"]
    assert not chats.holds(kept.id, ana, staff)
    staff.kept["chat", kept.id] = chats.CHAT.replace(
        kept, replace(kept.value, linked=SOON)
    ).document
    assert chats.holds(kept.id, ana, staff) and not chats.holds(kept.id, bo, staff)
    assert not chats.holds(kept.id, replace(ana, added=SOON + timedelta(minutes=1)), staff)
    speaks = chats.speaker(typed(), staff, Rules(), SOON)
    assert (speaks.name, speaks.assurance, speaks.chat) == ("ana", 1, kept.id)
    assert speaks.operator.roles == {"approver"}
    required = Rules(second_factor="required")
    lacks = chats.speaker(typed(), staff, required, SOON)
    assert lacks.operator.roles == set() and lacks.held_back, "nor of whom they stand in for"


def test_an_account_that_a_provider_brought_has_no_chat(staff):
    """Who has left there would go on with the roles of their last sign-in."""
    ana = staff.signed("ana")
    claimed(staff, begun(staff, ana), typed())
    (kept,) = chats.of("ana", staff)
    by_now = {"known": staff, "now": SOON, "entropy": MORE.bytes(96)}
    link = Link(issuer="i", subject="u-1", name="ana", account=START, managed=True)
    staff.commit(Unit([], [LINK.new("i u-1", link)]))
    with pytest.raises(AuthenticationError, match="single sign-on only"):
        begun(staff, ana)
    with pytest.raises(AuthenticationError, match="single sign-on only"):
        chats.confirm(kept.id, ana, **by_now)
    staff.commit(Unit([], [chats.CHAT.replace(kept, replace(kept.value, linked=SOON))]))
    with pytest.raises(AuthenticationError, match="single sign-on only"):
        chats.speaker(typed(), staff, Rules(), SOON)
    assert not chats.holds(kept.id, ana.operator, staff), "nor does a yes from before count"
    assert begun(staff, staff.signed("bo"))


def test_what_is_over_is_forgotten(staff):
    begun(staff, staff.signed("bo"))
    claimed(staff, begun(staff, staff.signed("ana")), typed())
    assert chats.lapsed(staff, SOON) == []
    assert len(chats.lapsed(staff, SOON + timedelta(minutes=10))) == 2
    staff.renew("ana", SOON + timedelta(seconds=1))
    assert len(chats.lapsed(staff, SOON)) == 1
