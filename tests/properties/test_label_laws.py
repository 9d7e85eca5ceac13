"""What a session carries only gets worse, whatever is asked in whatever order."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from clawband.labels.lattice import join
from clawband.model.access import Action, Authority, Facts, Requester, Trace
from clawband.model.deployment import Tool
from clawband.ports.unit import JoinLabel
from tests.flows.deciding import Desk, message, request

SESSIONS = st.sampled_from(["s", "t", ""])
TOOL = Tool(name="look", effect="tool:read", outside=False, confidentiality=2)
STRANGER = Requester("telegram:9", "telegram", Authority.UNKNOWN)


def trace(session, call="c"):
    return Trace(session=session, run="r", call=call)


STEPS = st.one_of(
    st.builds(lambda s: message(trace=trace(s)), SESSIONS),
    st.builds(lambda s: message(trace=trace(s), requester=STRANGER), SESSIONS),
    st.builds(lambda s: request("look", trace=trace(s)), SESSIONS),
    st.builds(
        lambda s, declared: replace(
            request(action=Action.RESULT, facts=Facts(size=1), trace=trace(s)), tool=declared
        ),
        SESSIONS, st.sampled_from([TOOL, None]),
    ),
    st.builds(lambda s: request("pay", trace=trace(s)), SESSIONS),
    st.builds(lambda s: request("zap", trace=trace(s)), SESSIONS),
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(st.tuples(STEPS, st.booleans()), max_size=12))
def test_no_label_falls_by_itself(steps):
    desk, durable = Desk(), {}
    for wanted, written in steps:
        before = dict(desk.memory.labels)
        decided = desk.ask(wanted)
        # A unit that cannot be written is foreseen, and then nothing of it becomes durable.
        desk.memory.foresee(decided.unit) if not written else desk.apply(decided.unit)
        for session, label in before.items():
            assert join(label, desk.memory.label(session)) == desk.memory.label(session)
        for change in decided.unit.changes if written else ():
            if isinstance(change, JoinLabel):
                was = durable.get(change.session, change.label)
                durable[change.session] = join(was, change.label)
        _what_was_read_is_durable(desk, decided, written, durable)


def _what_was_read_is_durable(desk, decided, written, durable):
    """The model saw it only after it was written; then a restart must not forget it."""
    session, leaf = decided.request.session, decided.unit.events[0]
    reads = decided.request.action in (Action.RECEIVE, Action.RESULT)
    if written and reads and session and decided.decision.verdict == "permit":
        assert durable[session].integrity <= leaf.detail["integrity"]
        assert durable[session].confidentiality >= leaf.detail["confidentiality"]


@given(st.lists(STEPS, max_size=6))
def test_without_a_session_everything_is_untrusted(steps):
    desk = Desk()
    for wanted in steps:
        desk.run(wanted)
    (leaf,) = desk.ask(request("look", trace=trace(""))).unit.events
    assert leaf.detail["integrity"] == 0
