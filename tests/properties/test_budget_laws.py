"""Budgets as a machine: however calls, a slow writer, units that fail, restarts and time are mixed,
in no stretch of time does more become durable than the budget has."""

from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from clawband.flows import spend
from clawband.model.access import Authority, Facts, Permit, Requester, Trace
from clawband.ports.unit import DropDocument, PutDocument, Unit
from tests.flows.deciding import Desk, message, request
from tests.policy.asking import policy_set, replaced
from tests.simulators.keepers import OnlyMemory

MOST, CALLS, HOUR = 1_000, 6, 3_600
ACTIVE = policy_set(
    replaced(
        ('[[approvals]]\ntool = "pay"\nrole = "approver"\n', ""),
    )
    + f"""
[[budgets]]
name = "money"
most = "{MOST // 100}"
currency = "EUR"
every = "hour"
per = "requester"

[[budgets]]
name = "calls"
most = {CALLS}
every = "hour"
"""
)
PEOPLE = [Requester(f"telegram:{number}", "telegram", Authority.KNOWN) for number in (1, 2)]


class Budgets(RuleBasedStateMachine):
    """The writer of a store, as slow as it likes, beside the real memory."""

    def __init__(self):
        super().__init__()
        self.desk = Desk(ACTIVE)
        self.calls, self.durable, self.permitted = 0, {}, []
        self.queue = deque()
        self.start()

    def start(self):
        self.desk.memory = OnlyMemory()
        for document in self.durable.values():
            self.desk.memory.change(PutDocument(document))
        for person in PEOPLE:
            self.desk.run(message(requester=person))

    @rule(by=st.sampled_from(PEOPLE), fails=st.sampled_from([False, False, False, True]),
          amounts=st.lists(st.sampled_from([0, 1, 400, 600, 1_001]), max_size=4))  # fmt: skip
    def ask_all(self, by, amounts, fails):
        for amount in amounts:
            self.ask(by, amount, fails)

    def ask(self, by, amount, fails):
        """Decided and passed on in one go, as `service.decisions` does; `fails` stands for
        whatever else in the unit meets another state than it expected."""
        self.calls += 1
        trace = Trace(session="s", run=f"r{self.calls}", call=f"c{self.calls}")
        decided = self.desk.ask(
            request("pay", requester=by, facts=Facts(amount=amount), trace=trace)
        )
        self.desk.memory.foresee(decided.unit)
        spent = amount if isinstance(decided.decision, Permit) else None
        self.queue.append((decided.unit, fails, (self.desk.clock.now(), by.id, spent)))

    @rule()
    def forget(self):
        for change in spend.forgotten(self.desk.memory, self.desk.clock.now()):
            self.queue.append((Unit([], [change]), False, (self.desk.clock.now(), "", None)))

    @precondition(lambda self: self.queue)
    @rule(count=st.integers(1, 5))
    def write(self, count):
        """One batch: first memory is told what is durable, then what is lost."""
        batch = [self.queue.popleft() for _ in range(min(count, len(self.queue)))]
        kept = [(unit, said) for unit, fails, said in batch if not fails and self._apply(unit)]
        for unit, (at, by, spent) in kept:
            for change in unit.changes:
                self.desk.memory.change(change)
            if spent is not None:
                self.permitted.append((at, by, spent))
        done = [unit for unit, _ in kept]
        for unit, _, _ in batch:
            if not any(unit is each for each in done):
                self.desk.memory.give_up(unit)

    def _apply(self, unit):
        """All or nothing, by the version that is there."""
        after = dict(self.durable)
        for change in unit.changes:
            if isinstance(change, PutDocument):
                key = (change.document.kind, change.document.id)
                here = after.get(key)
                if change.document.version != (here.version if here else 0) + 1:
                    return False
                after[key] = change.document
            elif isinstance(change, DropDocument):
                here = after.pop((change.kind, change.id), None)
                if here is None or here.version != change.version:
                    return False
        self.durable = after
        return True

    @rule(written=st.integers(0, 5))
    def restart(self, written):
        """Some of what was on its way arrives, and nobody is told."""
        if self.queue and written:
            self.write(written)
        self.queue.clear()
        self.start()

    @rule(minutes=st.sampled_from([1, 10, 30, 59, 60]))
    def time_goes_on(self, minutes):
        self.desk.clock.forward(minutes=minutes)

    @invariant()
    def no_stretch_has_more_than_the_budget(self):
        for end, _, _ in self.permitted:
            recent = [
                each for each in self.permitted if 0 <= (end - each[0]).total_seconds() < HOUR
            ]
            assert len(recent) <= CALLS
            for person in PEOPLE:
                assert sum(spent for _, by, spent in recent if by == person.id) <= MOST


Budgets.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestBudgets = Budgets.TestCase


def test_the_machine_spends_all_of_it_and_no_more():
    machine = Budgets()
    for by, amount in ((0, 400), (1, 1_000), (0, 600), (0, 1), (1, 1)):
        machine.ask(by=PEOPLE[by], amount=amount, fails=False)
    machine.write(count=5)
    assert [spent for _, _, spent in machine.permitted] == [400, 1_000, 600]
