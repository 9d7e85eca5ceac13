"""What is true around a request."""

from dataclasses import replace

import pytest

from clawband.flows import context
from clawband.labels.lattice import NOTHING_READ, UNKNOWN
from clawband.model.access import Action, Authority, Requester, Trace
from clawband.model.control import Control, ControlKind
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.ports.unit import JoinLabel, Unit
from tests.flows.deciding import Desk, message, request
from tests.simulators.clocks import START

SECRET = Label(Integrity.SYSTEM, Confidentiality.RESTRICTED, frozenset({"vault"}))


def label(desk, wanted):
    return context.circumstances(wanted, desk.memory, None, START).label


def test_only_a_message_begins_a_session():
    desk = Desk()
    assert label(desk, message()).integrity is Integrity.PERSON
    assert label(desk, request()) == UNKNOWN
    assert label(desk, message(trace=Trace())).integrity is Integrity.OUTSIDE


def test_a_strangers_message_is_only_data():
    stranger = Requester("telegram:9", "telegram", Authority.UNKNOWN)
    assert label(Desk(), message(requester=stranger)).integrity is Integrity.OUTSIDE


def test_a_call_brings_nothing_and_a_result_what_its_tool_returns():
    assert context.brought(request(), None) == NOTHING_READ
    assert context.brought(request(action=Action.RESULT), None) == UNKNOWN


def test_a_message_of_another_session_brings_what_that_one_carries():
    desk = Desk()
    desk.apply(Unit(changes=[JoinLabel("sample/a", SECRET)]))
    unknown = Requester("webchat:owner", "webchat", Authority.UNKNOWN)
    heard = message(requester=unknown, trace=Trace(session="s", run="r", sender="a"))
    carried = label(desk, heard)
    assert carried.confidentiality is Confidentiality.RESTRICTED
    assert carried.sources == {"vault", "webchat:owner"}
    unheard = replace(heard, trace=replace(heard.trace, sender="never seen"))
    assert label(desk, unheard).integrity is Integrity.OUTSIDE


@pytest.mark.parametrize("kind", ControlKind)
def test_a_control_applies_only_to_what_it_names(kind):
    desk = Desk()
    named = {"agent": "desk", "tool": "look", "channel": "telegram", "skill": "x",
             "workflow": "desk", "gateway": "sample"}  # fmt: skip
    for name in (named[kind], "other"):
        stop = Control(kind, name, "ana", START)
        desk.memory.paused = {stop.id: stop}
        found = context.circumstances(request(), desk.memory, None, START).paused
        assert found == ({stop.id} if name != "other" and kind != "skill" else frozenset())


def test_a_paused_channel_stops_also_what_was_permitted_for_it():
    desk = Desk()
    sent = message(action=Action.SEND_REPLY, delivers="sha256:x")
    for stop in ("channel:telegram", "gateway:sample"):
        assert context.guard(sent, desk.memory, frozenset({stop})) is None
