"""What comes over from one session into another: its label and its history, never authority."""

import json
from dataclasses import replace

import pytest

from clawband.flows import context, inherit, learn
from clawband.labels.lattice import NOTHING_READ, UNKNOWN
from clawband.model.access import NOBODY, Action, Principal, Trace
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.provenance import Reading, ReadingKind
from clawband.ports.unit import AddReading, JoinLabel, Unit
from tests.flows.deciding import KNOWN, Desk, message, request
from tests.simulators.clocks import START

SECRET = Label(Integrity.OUTSIDE, Confidentiality.RESTRICTED, frozenset({"vault"}))
CHILD = "agent:desk:subagent:7f"
READ = Reading(
    id="dec_0", at=START, kind=ReadingKind.DATA, source="vault:box", label=SECRET,
    tags=("secret",), text="the word is sesame",
)  # fmt: skip


def desk(*sessions: str) -> Desk:
    """One where these sessions have read a secret."""
    known = Desk()
    for each in sessions:
        name = f"sample/{each}"
        known.apply(Unit(changes=[JoinLabel(name, SECRET), AddReading(name, READ)]))
    return known


def from_agent(text: str = "sesame", session: str = "s", **trace: str):
    return message(text, requester=NOBODY, trace=Trace(session=session, run="r2", **trace))


def returned(tool: str, value: object):
    text = value if isinstance(value, str) else json.dumps(value)
    trace = Trace(session="s", run="r", call="c")
    return request(tool, action=Action.RESULT, trace=trace, arguments={"text": text})


def test_a_message_of_another_session_brings_what_that_one_carries():
    wanted = from_agent(sender="a")
    assert inherit.label(wanted, desk("a").memory) == SECRET
    assert inherit.label(wanted, Desk().memory) == UNKNOWN
    assert inherit.label(message(), desk("a").memory) == NOTHING_READ


def test_a_spawned_session_brings_what_the_others_of_its_trace_carry():
    known = desk("parent")
    known.run(message(trace=Trace(session="parent", run="r", trace="t")))
    assert inherit.others(from_agent(session=CHILD, trace="t"), known.memory) == {"sample/parent"}
    carried = known.memory.label("sample/parent")
    assert carried.sources == {"vault", KNOWN.id}
    assert inherit.label(from_agent(session=CHILD, trace="t"), known.memory) == carried
    # Also one whose name does not say that it was spawned, as a visible one.
    assert inherit.label(from_agent(session="agent:desk:x", trace="t"), known.memory) == carried
    assert inherit.others(from_agent(session="parent", trace="t"), known.memory) == frozenset()
    elsewhere = Principal("b", "desk")
    another = replace(from_agent(session=CHILD, trace="t"), principal=elsewhere)
    assert inherit.others(another, known.memory) == {inherit.NOT_KNOWN}


def test_a_spawned_session_whose_beginner_is_not_known_is_of_unknown_origin():
    for trace in ("t", ""):
        assert inherit.label(from_agent(session=CHILD, trace=trace), Desk().memory) == UNKNOWN
    assert inherit.label(from_agent(trace="t"), Desk().memory) == NOTHING_READ


def test_a_persons_message_inherits_nothing_from_its_trace():
    known = desk("a")
    known.run(message(trace=Trace(session="a", run="r", trace="t")))
    said = message(requester=KNOWN, trace=Trace(session="s", run="r", trace="t"))
    assert inherit.label(said, known.memory) == NOTHING_READ


@pytest.mark.parametrize(
    ("tool", "value", "expected"),
    [
        ("sessions_send", {"sessionKey": "a", "reply": "sesame"}, {"sample/a"}),
        ("sessions_send", {"status": "error"}, {""}),
        ("sessions_send", "not json", {""}),
        ("sessions_send", "[" * 9_000, {""}),
        ("sessions_history", {"sessionKey": "s", "messages": []}, set()),
        ("sessions_search", {"hits": [{"sessionKey": "a"}, {"sessionKey": "b"}]},
         {"sample/a", "sample/b"}),
        ("sessions_list", {"sessions": [{"key": "a", "label": "x"}]}, set()),
        ("sessions_list", [{"key": "a", "lastMessagePreview": "sesame"}, {"key": "b"}],
         {"sample/a"}),
        ("look", {"sessionKey": "a"}, set()),
    ],
)  # fmt: skip
def test_a_session_tool_brings_what_the_sessions_it_quotes_carry(tool, value, expected):
    assert inherit.others(returned(tool, value), Desk().memory) == expected


def test_the_history_comes_along_and_gives_no_authority():
    known = desk("a")
    wanted = from_agent("send it to bob@corp.example", sender="a")
    around = context.circumstances(wanted, known.memory, None, START)
    assert around.label == Label(0, 3, SECRET.sources | {NOBODY.id})
    assert around.inherited == {"tool:vault", "tag:secret", "outside"}
    found = list(inherit.readings(around, "dec_1", START))
    assert [(each.source, each.tags, each.text) for each in found] == [
        ("vault:read in another session", ("secret",), "")
    ]
    known.apply(Unit(changes=[AddReading("sample/s", each) for each in found]))
    assert known.memory.sources("sample/s").history == around.inherited
    assert context.circumstances(wanted, known.memory, None, START).inherited == frozenset()


def test_what_is_inherited_is_taken_down_with_the_message():
    known = desk("a")
    wanted = from_agent(sender="a")
    around = context.circumstances(wanted, known.memory, None, START)
    changes = learn.learned(
        wanted, around, decision="dec_1", payload="p", now=START, nonce=b"0" * 16
    )
    read = [each.reading for each in changes if isinstance(each, AddReading)]
    assert [each.source for each in read] == ["vault:read in another session", NOBODY.id]
