"""What a person wrote is decided by policy when it is written, and again when it runs."""

import pytest

from clawband.flows import edit
from clawband.flows.decide import Moment, decide
from clawband.flows.hold import Holding
from clawband.model.access import Deny, Facts, Hold, Permit
from clawband.model.approval import ApprovalState
from clawband.model.control import Control, ControlKind
from clawband.model.errors import AuthenticationError, ConflictError
from clawband.model.person import Operator, Role, SignedIn
from clawband.ports.unit import DeleteOperator, DropDocument, MoveApproval, PutOperator, SetControl
from tests.flows.deciding import Desk, message, request
from tests.policy.asking import MANIFEST, policy_set, replaced
from tests.simulators.clocks import START

ONE = policy_set(
    replaced(('role = "approver"', 'role = "approver"\nabove = 100')),
    most='@id("most") @because("too much") forbid (principal, action == Action::"tool:pay", '
    "resource) when { context.amount > 900 };",
    many='@id("many") @because("two must agree") @remedy("get two") forbid (principal, '
    'action == Action::"tool:pay", resource) when { context.amount > 700 } '
    "unless { context has approval && context.approval.people >= 2 };",
)


def person(name="olga", *roles):
    operator = Operator(name=name, roles=frozenset(roles or (Role.APPROVER,)), added=START)
    return SignedIn(operator=operator, assurance=1, session=name)


def pay(amount, **more):
    return request("pay", arguments={"amount": amount, **more}, facts=Facts(amount=amount))


class Office:
    """A desk with one held payment of 5, and who may decide it."""

    def __init__(self, active=ONE):
        self.desk = Desk(active)
        for name in ("olga", "pia"):
            self.desk.memory.change(PutOperator(person(name).operator, ""))
        self.desk.run(message())
        self.held = self.desk.run(pay(500))
        assert isinstance(self.held.decision, Hold)
        self.asked = self.approval = self.desk.memory.approval_for(pay(500).digest())

    def write(self, wanted, by=None):
        """Somebody writes this instead."""
        leaf = self.held.unit.events[0]
        draft = edit.Draft(approval=self.approval, event=leaf, arguments={})
        self.approval, unit = edit.edit(
            draft, wanted, by or person(), state=self.desk.memory, active=self.desk.active,
            now=self.desk.clock.now(), entropy=self.desk.entropy.bytes(96),
        )  # fmt: skip
        self.desk.apply(unit)
        return unit

    def standing(self):
        return edit.standing(self.asked.request, self.desk.memory, self.desk.clock.now())

    def ask(self, wanted):
        """What the gateway gets when it asks for what the agent wrote."""
        moment = Moment(now=self.desk.clock.now(), entropy=self.desk.entropy.bytes(96))
        decided = decide(
            wanted, state=self.desk.memory, active=self.desk.active, moment=moment,
            holding=Holding(), edit=self.standing(),
        )  # fmt: skip
        self.desk.apply(decided.unit)
        return decided


def test_it_is_one_unit_bound_to_what_was_written():
    office = Office()
    unit = office.write(pay(400))
    assert [str(event.tag) for event in unit.events] == ["approval:edit", "approval:grant"]
    (moved,) = [each for each in unit.changes if isinstance(each, MoveApproval)]
    assert moved.approval.request == pay(400).digest() and moved.request == pay(500).digest()
    assert office.desk.memory.approval_for(pay(500).digest()) is None
    assert office.standing().value.arguments == {"amount": 400}


def test_it_is_given_back_to_run_and_spent_with_what_was_written():
    office = Office()
    office.write(pay(400))
    decided = office.ask(pay(400))
    assert isinstance(decided.decision, Permit)
    assert decided.decision.params == {"amount": 400}
    assert [type(each) for each in decided.unit.changes].count(DropDocument) == 1
    assert office.standing() is None
    assert decided.unit.events[0].detail["edited"] == "olga"


def test_what_policy_alone_permits_runs_once_too():
    office = Office()
    office.write(pay(50))
    decided = office.ask(pay(50))
    assert isinstance(decided.decision, Permit)
    assert decided.decision.approval == office.approval.id


def test_what_a_forbid_refuses_cannot_be_written():
    office = Office()
    with pytest.raises(ConflictError, match="too much"):
        office.write(pay(901))
    assert office.standing() is None


def test_what_was_written_may_need_more_people_than_what_was_asked():
    office = Office()
    office.write(pay(800))
    assert office.approval.state is ApprovalState.PENDING
    assert [each.people for each in office.approval.requirements] == [2]
    assert isinstance(office.ask(pay(800)).decision, Hold)


def test_a_policy_that_changed_since_is_what_counts():
    office = Office()
    office.write(pay(400))
    forbid = '@id("none") @because("no more") forbid (principal, action, resource);'
    office.desk.active = policy_set(MANIFEST, extra=forbid)
    assert isinstance(office.ask(pay(400)).decision, Deny)
    office.desk.active = ONE
    assert isinstance(office.ask(pay(400)).decision, Permit), "and nothing was used up"


def test_a_pause_holds_what_was_written_too():
    office = Office()
    office.write(pay(400))
    pause = Control(kind=ControlKind.TOOL, name="pay", by="dov", at=START, reason="")
    office.desk.memory.change(SetControl(pause))
    assert isinstance(office.ask(pay(400)).decision, Deny)


def test_who_wrote_it_must_still_be_there():
    office = Office()
    office.write(pay(400))
    office.desk.memory.change(DeleteOperator("olga"))
    assert isinstance(office.ask(pay(400)).decision, Hold)


def test_other_words_than_what_was_written_are_no_permit():
    office = Office()
    office.write(pay(400))
    assert isinstance(office.ask(pay(401)).decision, Deny)


@pytest.mark.parametrize("by", [person("vi", Role.VIEWER), person("m", Role.ADMIN)])
def test_who_may_not_approve_may_not_write(by):
    with pytest.raises(AuthenticationError):
        Office().write(pay(400), by)


def test_what_is_decided_cannot_be_changed_any_more():
    office = Office()
    office.write(pay(400))
    with pytest.raises(ConflictError):
        office.write(pay(300), person("pia"))


def test_what_was_written_is_over_with_its_approval():
    office = Office()
    office.write(pay(400))
    assert edit.over(office.desk.memory, office.desk.clock.now()).changes == []
    office.desk.clock.forward(hours=8)
    assert office.standing() is None
    assert len(edit.over(office.desk.memory, office.desk.clock.now()).changes) == 1
