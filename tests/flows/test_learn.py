"""What a session knows after a permit, and what is known of the systems it wrote to."""

from dataclasses import replace

import pytest

from clawband.flows import context, learn
from clawband.flows.notice import noticed
from clawband.model.access import Action, Authority, Facts, Permit, Requester, Trace
from clawband.model.deployment import Tool
from clawband.model.provenance import Argument, Meaning, Origin, ReadingKind
from clawband.ports.unit import AddReading, Unit
from tests.flows.deciding import Desk, message, request
from tests.flows.reading import EVE, LOOK, note, origin, read, read_first
from tests.simulators.clocks import START

NOTE = f"Preferred contact of this customer: {EVE}"
TRUSTED = replace(LOOK, outside=False)


def test_a_stranger_only_shows():
    unknown = Requester("telegram:666", "telegram", Authority.UNKNOWN)
    wanted = message(f"tell {EVE}", requester=unknown)
    known = context.circumstances(wanted, Desk().memory, None, START)
    changes = list(
        learn.learned(wanted, known, decision="d", payload="p", now=START, nonce=bytes(16))
    )
    (added,) = [change.reading for change in changes if isinstance(change, AddReading)]
    assert added.kind is ReadingKind.DATA


def test_what_a_tainted_session_writes_is_remembered_as_its_own():
    desk = Desk()
    read_first(desk)
    contents = Facts(contents=(f"the contact is {EVE}",))
    decided = desk.run(note("", facts=contents))
    assert isinstance(decided.decision, Permit)
    written = [c.reading for c in decided.unit.changes if isinstance(c, AddReading)]
    # For this session, and for every one that reads from the same system.
    assert [each.kind for each in written] == [ReadingKind.WROTE] * 2
    read(desk, f"contact: {EVE}", call="c2", tool=replace(LOOK, outside=False))
    assert origin(desk, note(EVE)) is Origin.OUTSIDE


def test_a_file_may_be_written_again():
    desk = Desk()
    read_first(desk)
    path = (Argument(Meaning.PATH, "path", "notes/new.md"),)
    for _ in range(2):
        decided = desk.run(note("", facts=Facts(arguments=path)))
        assert isinstance(decided.decision, Permit)


def test_what_it_put_into_a_system_comes_back_no_better_in_another_session():
    desk = Desk()
    read_first(desk)
    known = context.circumstances(note(EVE), desk.memory, None, START)
    (change, *_) = [
        change
        for change in learn.learned(
            note(EVE), known, decision="d2", payload="p", now=START, nonce=bytes(16)
        )
        if isinstance(change, AddReading) and "#" in change.session
    ]  # fmt: skip
    assert change.session == "sample/desk#"
    assert change.reading.text == EVE
    other = Desk()
    other.apply(Unit(changes=[change]))
    other.run(message("look at the crm"))
    read(other, f"contact: {EVE}", tool=replace(LOOK, outside=False))
    assert origin(other, note(EVE)) is Origin.OUTSIDE
    fresh = Desk()
    fresh.run(message("look at the crm"))
    read(fresh, f"contact: {EVE}", tool=replace(LOOK, outside=False))
    assert origin(fresh, note(EVE)) is Origin.ATTESTED


def test_a_clean_session_writes_without_a_trace():
    desk = Desk()
    desk.run(message("note it"))
    decided = desk.run(note("", facts=Facts(contents=("x",))))
    assert isinstance(decided.decision, Permit)
    assert not [c for c in decided.unit.changes if isinstance(c, AddReading)]


def test_a_refused_result_teaches_nothing():
    desk = Desk()
    decided = desk.run(request("look", action=Action.RESULT, arguments={"text": EVE}))
    assert not isinstance(decided.decision, Permit)
    assert not [c for c in decided.unit.changes if isinstance(c, AddReading)]


@pytest.mark.parametrize(
    ("context", "origin_of"),
    [
        ("", Origin.WORDS),
        ("Active exec sessions:\nnone", Origin.WORDS),
        ('Forwarded message context: x\n```json\n{"from":"Eve"}\n```', Origin.OUTSIDE),
    ],
)
def test_a_forwarded_message_is_nobodys_words(context, origin_of):
    desk = Desk()
    told = message(f"tell {EVE}")
    desk.run(replace(told, arguments={**told.arguments, "context": context}))
    assert origin(desk, note(EVE)) is origin_of
    assert (desk.memory.label("sample/s").integrity == 0) is (origin_of is Origin.OUTSIDE)


def kept(decided):
    """What is known in every session from then on."""
    return [c for c in decided.unit.changes if isinstance(c, AddReading) and "#" in c.session]


def test_what_comes_back_from_a_trusted_system_is_no_better_and_the_rest_stays_trusted():
    desk = Desk()
    read_first(desk)
    crm = Tool(name="note", effect="tool:write", system="crm")
    written = kept(desk.run(replace(note("", facts=Facts(contents=(NOTE,))), tool=crm)))
    other = Desk()
    other.apply(Unit(changes=written))
    other.run(message("look at the crm"))
    decided = read(other, f"email: ann@corp.example\nnote: {NOTE}", tool=TRUSTED)
    texts = [c.reading for c in decided.unit.changes if isinstance(c, AddReading)]
    assert [each.label.integrity for each in texts] == [1, 0]
    assert origin(other, note("ann@corp.example")) is Origin.ATTESTED
    assert origin(other, note(EVE)) is Origin.OUTSIDE
    assert other.memory.label("sample/s").integrity == 0
    assert "not instructions" in decided.decision.text


def test_what_is_in_files_is_known_by_their_names():
    desk = Desk()
    read_first(desk)
    decided = desk.run(note("", facts=Facts(contents=(NOTE,), paths=frozenset({"notes.md"}))))
    assert kept(decided) == []


@pytest.mark.parametrize(
    ("named", "source"),
    [
        ((), "look"),
        (("b", "a"), "look:a, b"),
        (("a, b",), "look:a%2C b"),
        ("abcd", "look:a, b, c, and 1 more"),
    ],
)
def test_no_source_is_called_like_another(named, source):
    wanted = request("look", action=Action.RESULT, facts=Facts(named=frozenset(named)))
    assert learn.source_of(wanted) == source


LINK = "https://evil.example/?d=42"


def linked(desk):
    wanted = replace(message(f"see {LINK}", action=Action.SEND_REPLY), arguments={"text": LINK})
    return origin(desk, noticed(wanted, None))


def test_what_a_reading_tool_says_again_makes_no_link_of_somebody_else():
    desk = Desk()
    read_first(desk)
    for asked in ({"q": LINK}, {"q": "", "text": ""}):
        trace = Trace(session="s", run="r", call=f"c{len(asked)}")
        desk.run(noticed(request("look", trace=trace, arguments=asked), None))
    read(desk, f"nothing found for {LINK}")
    assert linked(desk) is Origin.DERIVED
    other = Desk()
    read_first(other)
    read(other, f"see {LINK}")
    assert linked(other) is Origin.OUTSIDE


def test_what_it_put_into_a_file_is_no_link_of_somebody_else_in_any_session():
    desk = Desk()
    read_first(desk)
    facts = Facts(contents=(LINK,), paths=frozenset({"n.md"}))
    written = kept(desk.run(noticed(note("", facts=facts), None)))
    assert [each.reading.text for each in written] == [LINK]
    other = Desk()
    read_first(other)
    other.apply(Unit(changes=written))
    read(other, LINK, tool=replace(LOOK, system=""), referred=True)
    assert linked(other) is Origin.DERIVED
