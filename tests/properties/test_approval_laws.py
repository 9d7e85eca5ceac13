"""Approvals as a machine: whatever people and agents do, in whatever order, an approval lifts
exactly one execution of exactly what was approved, by people who may, while it lives."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clawband.flows import approve
from clawband.model.access import Hold, Permit, Principal, Requester, Resource, ResourceKind, Trace
from clawband.model.approval import ApprovalState
from clawband.model.errors import AuthenticationError, ConflictError
from clawband.model.person import Operator, Role, SignedIn
from clawband.ports.unit import DeleteOperator, MoveApproval, OpenApproval, PutOperator
from tests.flows.deciding import Desk, message, request
from tests.policy.asking import MANIFEST, policy_set, replaced
from tests.simulators.clocks import START

TWO = policy_set(replaced(('role = "approver"', 'role = "approver"\npeople = 2')))
ONE = policy_set(MANIFEST)


def person(name, *roles, aliases=()):
    operator = Operator(name=name, roles=frozenset(roles), aliases=frozenset(aliases), added=START)
    return SignedIn(operator=operator, assurance=1, session="s")


PEOPLE = [
    person("olga", Role.APPROVER),
    person("pia", Role.APPROVER, Role.ADMIN),
    person("self", Role.APPROVER, aliases=["telegram:4242"]),
    person("vera", Role.VIEWER),
]
AMOUNTS = st.sampled_from([1, 2])


def pay(amount):
    return request("pay", arguments={"amount": amount})


def moves(unit):
    return [change for change in unit.changes if isinstance(change, MoveApproval)]


class Ledger:
    """What a store keeps of approvals, with its conflicts."""

    def __init__(self, memory):
        self.cards, self._memory = {}, memory
        self.person, self.documents = memory.person, memory.documents

    def approval(self, id):
        return self.cards.get(id)

    def approvals(self, states, limit=200):
        return [card for card in self.cards.values() if card.state in states]

    def commit(self, unit):
        """All or nothing."""
        for change in unit.changes:
            if isinstance(change, MoveApproval):
                card = self.cards[change.approval.id]
                if card.state is not change.was or len(card.grants) != change.grants:
                    raise ConflictError("changed meanwhile")
            if isinstance(change, OpenApproval):
                open_ones = self.approvals({ApprovalState.PENDING, ApprovalState.GRANTED})
                if change.approval.request in {card.request for card in open_ones}:
                    raise ConflictError("already open")
        for change in unit.changes:
            if isinstance(change, OpenApproval | MoveApproval):
                self.cards[change.approval.id] = change.approval
            self._memory.change(change)


class Approvals(RuleBasedStateMachine):
    active = ONE
    people = 1

    def __init__(self):
        super().__init__()
        self.desk = Desk(self.active)
        self.desk.run(message())
        for each in PEOPLE:
            self.desk.memory.change(PutOperator(each.operator, ""))
        self.ledger = Ledger(self.desk.memory)
        self.waiting = []
        self.permits = []

    @initialize(amount=AMOUNTS)
    def begin(self, amount):
        self.ask(amount)

    @rule(amount=AMOUNTS)
    def decide(self, amount):
        """An answer that is not yet durable: others may come between."""
        decided, now = self.desk.ask(pay(amount)), self.desk.clock.now()
        self.waiting.append((pay(amount).digest(), now, decided))
        if isinstance(decided.decision, Permit):
            spent = next(each.approval for each in moves(decided.unit))
            assert all(self.desk.memory.person(each.by) for each in spent.grants)

    @rule(amount=AMOUNTS)
    def ask(self, amount):
        """An answer that is durable at once; also what brings each run something to grant."""
        self.decide(amount)
        while self.waiting:
            self.commit()

    @precondition(lambda self: self.waiting)
    @rule()
    def commit(self):
        digest, at, decided = self.waiting.pop(0)
        try:
            self.ledger.commit(decided.unit)
        except ConflictError:
            return
        if isinstance(decided.decision, Permit):
            self.permits.append((digest, at, decided.decision.approval))

    @precondition(lambda self: self.ledger.cards)
    @rule(by=st.sampled_from(PEOPLE), pick=st.integers(-2, -1))
    def grant(self, by, pick):
        self._move(approve.grant, pick, by)

    @precondition(lambda self: self.ledger.cards)
    @rule(pick=st.integers(-2, -1))
    def refuse(self, pick):
        self._move(approve.refuse, pick, PEOPLE[0], "no")

    def _move(self, verb, pick, by, *more):
        cards = list(self.ledger.cards)
        now = self.desk.clock.now()
        try:
            _, unit = verb(
                cards[pick % len(cards)], by, *more, ledger=self.ledger, now=now,
                entropy=self.desk.entropy.bytes(96),
            )  # fmt: skip
            self.ledger.commit(unit)
        except (ConflictError, AuthenticationError):
            pass

    @rule(by=st.sampled_from(PEOPLE))
    def leave(self, by):
        self.desk.memory.change(DeleteOperator(by.name))

    @rule(by=st.sampled_from(PEOPLE))
    def come_back(self, by):
        self.desk.memory.change(PutOperator(by.operator, ""))

    @rule(hours=st.sampled_from([1, 8]))
    def time_goes_on(self, hours):
        self.desk.clock.forward(hours=hours)

    @rule()
    def expire(self):
        units = approve.expire(
            self.ledger, now=self.desk.clock.now(), entropy=self.desk.entropy.bytes(96)
        )
        for unit in units:
            self.ledger.commit(unit)

    @invariant()
    def each_permit_spent_its_own_approval(self):
        spent = [approval for _, _, approval in self.permits]
        assert len(spent) == len(set(spent))
        for digest, at, approval in self.permits:
            card = self.ledger.cards[approval]
            assert card.request == digest and card.state is ApprovalState.SPENT
            assert at < card.expires

    @invariant()
    def only_people_who_may_have_agreed(self):
        for card in self.ledger.cards.values():
            by = [grant.by for grant in card.grants]
            assert set(by) <= {"olga", "pia"} and len(by) == len(set(by))
            if card.state in (ApprovalState.GRANTED, ApprovalState.SPENT):
                assert len(by) >= self.people

    @invariant()
    def one_card_is_open_for_one_request(self):
        open_ones = self.ledger.approvals({ApprovalState.PENDING, ApprovalState.GRANTED})
        assert len({card.request for card in open_ones}) == len(open_ones)


class TwoPeople(Approvals):
    active = TWO
    people = 2


SETTINGS = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestOnePerson = Approvals.TestCase
TestOnePerson.settings = SETTINGS
TestTwoPeople = TwoPeople.TestCase
TestTwoPeople.settings = SETTINGS

ANOTHER = {
    "environment": {"environment": "staging"},
    "agent": {"principal": Principal("sample", "desk2")},
    "gateway": {"principal": Principal("sample2", "desk")},
    "requester": {"requester": Requester("telegram:1", "telegram")},
    "session": {"trace": Trace(session="t", run="r", call="c")},
    "no session": {"trace": Trace(run="r", call="c")},
    "resource": {"resource": Resource(ResourceKind.TOOL, "pay2")},
    "arguments": {"arguments": {"amount": 2}},
    "no arguments": {"arguments": {}},
}


@pytest.mark.parametrize("what", ANOTHER)
def test_an_approval_lifts_nothing_else(what):
    everywhere = replaced(
        ('agents = ["sample/desk"]', 'agents = ["desk", "desk2"]'),
        ("[tools.drop]", '[tools.pay2]\neffect = "pay"\n\n[tools.drop]'),
        ('writes = ["note", "pay"]', 'writes = ["note", "pay", "pay2"]'),
        ('[[approvals]]\ntool = "pay"',
         '[[approvals]]\ntool = "pay2"\nrole = "approver"\n\n[[approvals]]\ntool = "pay"'),
    )  # fmt: skip
    desk = Desk(policy_set(everywhere))
    desk.run(message())
    desk.run(message(trace=Trace(session="t", run="r")))
    desk.memory.change(PutOperator(PEOPLE[0].operator, ""))
    ledger = Ledger(desk.memory)
    held = desk.ask(pay(1))
    ledger.commit(held.unit)
    how = {"ledger": ledger, "now": desk.clock.now(), "entropy": bytes(10)}
    _, unit = approve.grant(held.decision.approval, PEOPLE[0], **how)
    ledger.commit(unit)
    other = desk.ask(replace(pay(1), **ANOTHER[what]))
    assert not isinstance(other.decision, Permit)
    if isinstance(other.decision, Hold):
        assert other.decision.approval != held.decision.approval
    assert isinstance(desk.ask(pay(1)).decision, Permit), "and it is still there for its own"
