"""The one path: never raises, one leaf per answer, fails closed at every step."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clawband.approvals import lifecycle
from clawband.audit.entry import encode
from clawband.model.access import Action, Deny, Facts, Hold, Permit, Resource, ResourceKind, Trace
from clawband.model.approval import ApprovalState, Grant
from clawband.model.control import Control, ControlKind
from clawband.model.label import Integrity
from clawband.model.person import Operator, Role
from clawband.ports.unit import JoinLabel, MoveApproval, OpenApproval, PutOperator
from tests.flows.deciding import Desk, message, request
from tests.policy.asking import policy_set
from tests.simulators.clocks import START


def leaves(decided):
    return [event for event in decided.unit.events if event.tag.startswith("decision:")]


def policies(decided):
    return [reason.policy for reason in decided.decision.reasons]


def employ(desk, name, *roles):
    person = Operator(name=name, roles=frozenset(roles), added=desk.clock.now())
    desk.memory.change(PutOperator(person, ""))


def granted(desk, decided):
    """Have Olga agree to what was held."""
    (opened,) = [change for change in decided.unit.changes if isinstance(change, OpenApproval)]
    employ(desk, "olga", Role.APPROVER)
    yes = Grant("olga", frozenset({"approver"}), 1, desk.clock.now())
    card = replace(opened.approval, grants=(yes,), state=ApprovalState.GRANTED)
    desk.memory.change(MoveApproval(card, ApprovalState.PENDING))
    return card


WILD: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)  # fmt: skip
REQUESTS = st.builds(
    lambda tool, action, kind, arguments, session, call, facts, **rest: request(
        tool, action=action, resource=Resource(kind, tool), arguments=arguments, facts=facts,
        trace=Trace(session=session, run="r", call=call), **rest,
    ),
    tool=st.sampled_from(["look", "note", "pay", "drop", "zap", "", "telegram", "' || true"]),
    action=st.sampled_from(Action), kind=st.sampled_from(ResourceKind),
    arguments=st.dictionaries(st.text(max_size=3) | st.just("text"), WILD, max_size=3),
    session=st.sampled_from(["", "s", "t"]), call=st.sampled_from(["", "c"]),
    facts=st.builds(
        Facts, amount=st.integers(), size=st.integers(), unsure=st.booleans(),
        hosts=st.frozensets(st.text(max_size=3), max_size=2),
        systems=st.frozensets(st.sampled_from(["crm", "billing"]), max_size=2),
    ),
    environment=st.sampled_from(["dev", "production", ""]),
    preview=st.booleans(), delivers=st.sampled_from(["", "sha256:x"]),
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(REQUESTS, min_size=1, max_size=4))
def test_whatever_is_asked_has_exactly_one_leaf_that_can_be_written(wanted):
    desk = Desk()
    for each in wanted:
        decided = desk.run(each)
        (leaf,) = leaves(decided)
        assert leaf.id == decided.id and leaf.outcome == decided.decision.verdict
        assert decided.decision.reasons
        for event in decided.unit.events:
            encode(event, 0)


class Broken:
    """A state that fails at one of its questions."""

    def __init__(self, memory, name):
        self._memory, self._name = memory, name

    def __getattr__(self, name):
        if name == self._name:
            raise RuntimeError("the state is broken")
        return getattr(self._memory, name)


@pytest.mark.parametrize("name", ["label", "calls", "controls", "approval_for", "permitted"])
def test_a_state_that_fails_denies(name):
    desk = Desk()
    kinds = [request(action=Action.RESULT)] + [request("pay")] * (name != "permitted")
    for wanted in kinds:
        decided = desk.ask(wanted, Broken(desk.memory, name))
        assert isinstance(decided.decision, Deny) and len(leaves(decided)) == 1


@pytest.mark.parametrize("bad", [{"a": 2**60}, {"a": float("nan")}, {"a": "\ud800"}])
def test_arguments_without_an_exact_form_are_refused_in_words(bad):
    decided = Desk().ask(request(arguments=bad))
    assert policies(decided) == ["clawband/input"] and decided.decision.remedy


def test_without_a_policy_set_nothing_is_permitted():
    desk = Desk(active=None)
    assert policies(desk.ask(request())) == ["clawband/no-policy"]
    assert policies(desk.ask(message())) == ["clawband/no-policy"]


def test_a_session_nobody_knows_is_untrusted():
    for trace in (Trace(), Trace(session="older than us")):
        decided = Desk().ask(request("look", trace=trace))
        assert leaves(decided)[0].detail["integrity"] == Integrity.OUTSIDE
    desk = Desk()
    desk.run(message())
    assert leaves(desk.ask(request("look")))[0].detail["integrity"] == Integrity.PERSON


def test_what_was_unknown_stays_unknown():
    desk = Desk()
    assert isinstance(desk.run(request("look")).decision, Permit)
    desk.run(message())
    assert leaves(desk.ask(request("look")))[0].detail["integrity"] == Integrity.OUTSIDE


def test_what_a_session_reads_stays_with_it():
    desk = Desk()
    desk.run(message())
    desk.run(request("look"))
    read = desk.run(request("look", action=Action.RESULT, facts=Facts(size=1)))
    assert isinstance(read.decision, Permit)
    assert any(isinstance(change, JoinLabel) for change in read.unit.changes)
    desk.run(message())
    assert desk.memory.label("sample/s").integrity is Integrity.OUTSIDE


def test_a_message_that_is_refused_is_not_read():
    desk = Desk()
    desk.run(message(principal=replace(message().principal, agent="nobody")))
    assert desk.memory.label("sample/s") is None


def test_a_result_without_a_permitted_call_is_refused():
    desk = Desk()
    desk.run(message())
    result = request("look", action=Action.RESULT, arguments={"text": "x"})
    assert policies(desk.run(result)) == ["clawband/unreported-call"]
    desk.run(request("look"))
    assert isinstance(desk.run(result).decision, Permit)
    other = replace(result, trace=replace(result.trace, run="r2"))
    assert policies(desk.run(other)) == ["clawband/unreported-call"]


FORBIDDEN = {
    "unknown-tool": (request("zap"), ()),
    "paused": (request("pay"), (Control(ControlKind.AGENT, "desk", "ana", START),)),
    "size": (request("pay", facts=Facts(size=2**21)), ()),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbid_that_no_approval_names_is_never_lifted(name):
    wanted, controls = FORBIDDEN[name]
    desk = Desk()
    desk.run(message())
    first = desk.run(request("pay", facts=replace(wanted.facts, size=0)))
    card = granted(desk, first)
    desk.memory.open[wanted.digest()] = replace(card, request=wanted.digest())
    for control in controls:
        desk.memory.paused[control.id] = control
    decided = desk.ask(wanted)
    assert isinstance(decided.decision, Deny) and f"baseline/{name}" in policies(decided)
    assert not any(isinstance(c, OpenApproval | MoveApproval) for c in decided.unit.changes)


@pytest.mark.parametrize(
    "control",
    [(ControlKind.AGENT, "desk"), (ControlKind.AGENT, "sample/desk"), (ControlKind.TOOL, "look"),
     (ControlKind.CHANNEL, "telegram"), (ControlKind.WORKFLOW, "desk"),
     (ControlKind.GATEWAY, "sample")],
)  # fmt: skip
def test_a_pause_stops_the_next_question_and_only_its_own(control):
    desk = Desk()
    desk.run(message())
    other = Control(control[0], "other", "ana", START)
    desk.memory.paused[other.id] = other
    assert isinstance(desk.ask(request("look")).decision, Permit)
    stop = Control(*control, "ana", START)
    desk.memory.paused[stop.id] = stop
    assert policies(desk.ask(request("look"))) == ["baseline/paused"]


def test_an_approval_is_spent_in_the_unit_that_permits_and_once():
    desk = Desk()
    desk.run(message())
    card = granted(desk, desk.run(request("pay")))
    decided = desk.ask(request("pay"))
    assert isinstance(decided.decision, Permit) and decided.decision.approval == card.id
    (moved,) = [change for change in decided.unit.changes if isinstance(change, MoveApproval)]
    assert (moved.was, moved.approval.state) == (ApprovalState.GRANTED, ApprovalState.SPENT)
    desk.apply(decided.unit)
    again = desk.run(request("pay"))
    assert isinstance(again.decision, Hold) and again.decision.approval != card.id


def test_an_approval_that_is_not_needed_is_not_used_up():
    desk = Desk(policy_set(extra='@id("x") @because("x") permit (principal, action, resource);'))
    desk.run(message())
    desk.memory.open[request("look").digest()] = replace(
        granted(Desk(), _held()), request=request("look").digest()
    )
    decided = desk.ask(request("look"))
    assert isinstance(decided.decision, Permit) and decided.decision.approval is None


def test_an_approval_is_worth_nothing_from_its_expiry_on():
    desk = Desk()
    desk.run(message())
    card = granted(desk, desk.run(request("pay")))
    desk.clock.forward(seconds=(card.expires - desk.clock.now()).total_seconds())
    decided = desk.ask(request("pay"))
    assert isinstance(decided.decision, Hold) and decided.decision.approval != card.id
    assert lifecycle.usable(card, card.request, now=desk.clock.now()) is None


def test_asking_again_makes_no_second_card():
    desk = Desk()
    desk.run(message())
    first = desk.run(request("pay"))
    desk.clock.forward(seconds=30)
    second = desk.run(request("pay"))
    assert second.decision.approval == first.decision.approval
    assert not any(isinstance(change, OpenApproval) for change in second.unit.changes)


def test_a_preview_neither_holds_nor_spends():
    desk = Desk()
    desk.run(message())
    first = desk.run(request("pay"))
    card = granted(desk, first)
    decided = desk.ask(request("pay", preview=True))
    assert policies(decided) == ["clawband/preview"]
    assert not any(isinstance(c, OpenApproval | MoveApproval) for c in decided.unit.changes)
    refused = desk.ask(request("zap", preview=True))
    assert isinstance(refused.decision, Deny), "only what would be held may pass"
    assert desk.memory.approval_for(card.request) == card


def test_calls_of_a_run_and_a_minute_are_limited():
    desk = Desk()
    desk.run(message())
    permitted = 0
    for number in range(100):
        trace = Trace(session="s", run="r", call=f"c{number}")
        permitted += isinstance(desk.run(request("look", trace=trace)).decision, Permit)
    assert permitted == 40
    desk.clock.forward(minutes=2)
    assert isinstance(desk.run(request(trace=Trace(session="s", run="r2"))).decision, Permit)


def _held():
    desk = Desk()
    desk.run(message())
    held = desk.run(request("pay"))
    assert isinstance(held.decision, Hold)
    return held


def test_a_call_id_belongs_to_one_tool_and_what_it_names():
    desk = Desk()
    desk.run(message())
    first = Trace(session="s", run="r", call="c1")
    assert isinstance(desk.run(request("look", trace=first)).decision, Permit)
    other = desk.run(request("note", trace=first))
    assert policies(other) == ["clawband/call-id"]
    elsewhere = desk.run(request("look", trace=first, facts=Facts(named=frozenset({"b.md"}))))
    assert policies(elsewhere) == ["clawband/call-id"]
    assert isinstance(desk.run(request("look", trace=first)).decision, Permit)
