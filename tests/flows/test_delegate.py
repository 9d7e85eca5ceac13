"""Who stands in decides with the say of who is away, and never for who asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.approvals.delegation import Delegation
from clawband.flows import approve, delegate, elevate
from clawband.flows.authority import may
from clawband.identity.elevation import Elevation, Stage
from clawband.identity.roles import Act
from clawband.model.access import Requirement
from clawband.model.approval import ApprovalState, Grant
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.person import Operator, Role, SignedIn
from clawband.ports.unit import DeleteOperator, PutOperator
from tests.contracts.writing import approval
from tests.simulators.clocks import START
from tests.simulators.keepers import OnlyMemory

DAY = timedelta(days=1)
CARD = approval()
TWO = replace(CARD, requirements=(Requirement("approver", people=2),))


class Staff(OnlyMemory):
    """Ana approves, Bo operates, Cy looks; what is granted and kept stays in memory."""

    def __init__(self, *cards):
        super().__init__()
        self.cards = {card.id: card for card in cards or (CARD,)}
        self.employ("ana", Role.APPROVER)
        self.employ("bo", Role.OPERATOR)
        self.employ("cy", Role.VIEWER)

    def employ(self, name, *roles, aliases=(), added=START):
        person = Operator(
            name=name, roles=frozenset(roles), aliases=frozenset(aliases), added=added
        )
        self.change(PutOperator(person, ""))

    def signed(self, name, **more):
        return SignedIn(operator=self.person(name), assurance=1, session=name, **more)

    def approval(self, id):
        return self.cards.get(id)

    def approvals(self, states, limit=200):
        return [card for card in self.cards.values() if card.state in states]

    def do(self, unit):
        for change in unit.changes:
            self.change(change)
        return unit

    def away(self, giver="ana", to="bo", days=1, now=START):
        wanted = Delegation(
            giver="", to=to, start=now, until=now + days * DAY, purpose="holiday", added=now
        )
        return self.do(
            delegate.add(wanted, self.signed(giver), people=self, now=now, entropy=bytes(10))
        )

    def grant(self, name, card=CARD, now=START):
        granted, unit = approve.grant(
            card.id, self.signed(name), ledger=self, now=now, entropy=bytes(10)
        )
        self.cards[card.id] = granted
        return granted, unit


def test_who_stands_in_decides_and_the_record_names_both():
    staff = Staff()
    (told,) = staff.away().events
    assert (told.tag, told.who, told.detail["to"]) == ("delegation:add", "ana", "bo")
    assert may(delegate.acting(staff.signed("bo"), staff, START), Act.DECIDE_APPROVAL)
    granted, unit = staff.grant("bo")
    assert granted.state is ApprovalState.GRANTED
    assert (granted.grants[0].by, granted.grants[0].instead_of) == ("bo", "ana")
    assert unit.events[0].who == "bo" and unit.events[0].detail["instead_of"] == ["ana"]


@pytest.mark.parametrize("now", [START - timedelta(seconds=1), START + DAY])
def test_only_while_it_holds(now):
    staff = Staff(replace(CARD, expires=START + 2 * DAY))
    staff.away()
    with pytest.raises(AuthenticationError):
        staff.grant("bo", now=now)
    assert not may(delegate.acting(staff.signed("bo"), staff, now), Act.DECIDE_APPROVAL)


def test_it_never_comes_back_to_who_asked():
    staff = Staff(CARD, replace(CARD, id="apr_2", asker="ana"))
    staff.employ("ana", Role.APPROVER, aliases=[CARD.asker])
    staff.away()
    for card in staff.cards.values():
        with pytest.raises(AuthenticationError):
            staff.grant("bo", card)
    staff.employ("ana", Role.APPROVER)
    staff.employ("bo", Role.OPERATOR, aliases=[CARD.asker])
    with pytest.raises(AuthenticationError, match="never approve"):
        staff.grant("bo")


@pytest.mark.parametrize(("first", "second"), [("ana", "bo"), ("bo", "ana")])
def test_who_is_away_and_who_stands_in_are_one_person(first, second):
    staff = Staff(TWO)
    staff.away()
    assert staff.grant(first, TWO)[0].state is ApprovalState.PENDING
    with pytest.raises((ConflictError, AuthenticationError)):
        staff.grant(second, TWO)
    staff.employ("eva", Role.APPROVER)
    assert staff.grant("eva", TWO)[0].state is ApprovalState.GRANTED


def test_standing_in_for_two_is_still_one_person():
    staff = Staff(TWO)
    staff.employ("eva", Role.APPROVER)
    staff.away("ana")
    staff.away("eva")
    staff.grant("bo", TWO)
    with pytest.raises(ConflictError, match="already agreed"):
        staff.grant("bo", TWO)


def test_it_is_not_handed_on():
    staff = Staff()
    staff.employ("cy", Role.AUDITOR)
    staff.away("ana", "bo")
    with pytest.raises(AuthenticationError):
        staff.away("bo", "cy")
    staff.employ("bo", Role.APPROVER)
    staff.away("bo", "cy")
    staff.employ("bo", Role.OPERATOR)
    with pytest.raises(AuthenticationError):
        staff.grant("cy")


def test_the_say_goes_with_the_role_of_who_is_away():
    staff = Staff()
    staff.away()
    yes = Grant("bo", frozenset({"approver"}), 1, START, "ana")
    assert delegate.roles(yes, staff, START, chat=False) == {"approver"}
    staff.employ("ana", Role.VIEWER)
    assert delegate.roles(yes, staff, START, chat=False) == {"viewer"}
    with pytest.raises(AuthenticationError):
        staff.grant("bo")
    staff.change(DeleteOperator("ana"))
    assert delegate.roles(yes, staff, START, chat=False) == frozenset()


def lent(name, role):
    """A role for the next hour."""
    held = Elevation(
        id="elv_1", name=name, names=frozenset({name}), role=role, purpose="p", minutes=60,
        asked=START, stage=Stage.GRANTED, granted=START, granted_by="root",
    )  # fmt: skip
    return elevate.KIND.new(name, held)


def test_a_role_for_a_while_counts_while_it_lasts_and_is_not_handed_over():
    staff = Staff()
    staff.change(lent("bo", Role.APPROVER))
    yes = Grant("bo", frozenset({"approver"}), 1, START)
    assert "approver" in delegate.roles(yes, staff, START, chat=False)
    assert "approver" not in delegate.roles(yes, staff, START + timedelta(hours=1), chat=False)
    staff.employ("cy", Role.AUDITOR)
    by = elevate.lifted(staff.signed("bo"), staff, START)
    assert may(by, Act.DECIDE_APPROVAL)
    wanted = Delegation(
        giver="bo", to="cy", start=START, until=START + DAY, purpose="holiday", added=START
    )
    with pytest.raises(AuthenticationError):
        delegate.add(wanted, by, people=staff, now=START, entropy=bytes(10))


def test_an_account_that_was_made_anew_gave_nothing():
    staff = Staff()
    staff.away()
    staff.employ("ana", Role.APPROVER, added=START + timedelta(hours=1))
    with pytest.raises(AuthenticationError):
        staff.grant("bo", now=START + timedelta(hours=2))


def test_who_stands_in_must_be_able_to_read_what_is_decided():
    staff = Staff()
    with pytest.raises(AuthenticationError, match="may not read"):
        staff.away(to="cy")
    with pytest.raises(InputError):
        staff.away(to="nobody")
    with pytest.raises(AuthenticationError):
        staff.away(giver="bo", to="ana")
    assert delegate.KIND.all(staff) == []


def test_a_service_account_stands_in_for_nobody():
    staff = Staff()
    staff.away()
    machine = staff.signed("bo", service=True)
    assert not may(delegate.acting(machine, staff, START), Act.DECIDE_APPROVAL)
    with pytest.raises(AuthenticationError):
        approve.agreed(CARD, machine, staff, START)


def test_the_newest_counts_and_its_end_is_recorded():
    staff = Staff()
    staff.employ("eva", Role.OPERATOR)
    staff.away(to="bo")
    staff.away(to="eva")
    assert [each.value.to for each in delegate.KIND.all(staff)] == ["eva"]
    assert delegate.over(staff, now=START, entropy=bytes(10)) == []
    (unit,) = delegate.over(staff, now=START + DAY, entropy=bytes(10))
    (told,) = staff.do(unit).events
    assert (told.tag, told.outcome, told.detail["giver"]) == ("delegation:end", "over", "ana")
    assert delegate.KIND.all(staff) == []


def test_who_may_end_it():
    staff = Staff()
    staff.employ("root", Role.ADMIN)

    def ended(name):
        by = staff.signed(name)
        return staff.do(delegate.end("ana", by, people=staff, now=START, entropy=bytes(10)))

    staff.away()
    with pytest.raises(AuthenticationError):
        ended("cy")
    for name in ("ana", "bo", "root"):
        staff.away()
        assert ended(name).events[0].outcome == "ended"
    with pytest.raises(NotFoundError):
        ended("ana")
