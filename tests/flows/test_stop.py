"""Pause and resume, and whose turns a pause ends."""

import pytest

from clawband.flows import stop
from clawband.model.control import Control, ControlKind
from clawband.model.errors import InputError, NotFoundError
from clawband.ports.unit import ClearControl, SetControl
from tests.flows.test_approve import person
from tests.simulators.clocks import START
from tests.simulators.keepers import OnlyMemory

HOW = {"now": START, "entropy": bytes(10)}
RUNNING = [
    ("shop/lead", "agent:lead:telegram:direct:1"),
    ("shop/support", "agent:support:slack:direct:2"),
    ("care/support", "agent:support:telegram:direct:3"),
]


def test_a_pause_names_who_what_and_why():
    control, unit = stop.pause("tool", "exec", person(), "odd\u202e", **HOW)
    assert control == Control(ControlKind.TOOL, "exec", "ana", START, "odd\\u{202e}")
    assert unit.changes == [SetControl(control)]
    (event,) = unit.events
    assert (event.tag, event.who, event.resource) == ("control:pause", "ana", "tool:exec")


@pytest.mark.parametrize(
    ("kind", "name"), [("planet", "x"), ("", "x"), ("tool", ""), ("tool", "x" * 257),
                       ("tool", "a\nb"), ("tool", "a\u200bb")],
)  # fmt: skip
def test_a_pause_of_nothing_is_refused(kind, name):
    with pytest.raises(InputError):
        stop.pause(kind, name, person(), "", **HOW)


def test_only_what_is_paused_is_resumed():
    memory = OnlyMemory()
    with pytest.raises(NotFoundError):
        stop.resume("tool", "exec", person(), state=memory, **HOW)
    control, unit = stop.pause("tool", "exec", person(), "", **HOW)
    memory.change(unit.changes[0])
    _, unit = stop.resume("tool", "exec", person(), state=memory, **HOW)
    assert unit.changes == [ClearControl(control.id)]


@pytest.mark.parametrize(
    ("kind", "name", "ended"),
    [("gateway", "shop", [0, 1]), ("agent", "support", [1, 2]), ("agent", "care/support", [2]),
     ("channel", "telegram", [0, 2]), ("channel", "tele", []), ("gateway", "sho", [])],
)  # fmt: skip
def test_whose_turns_end(kind, name, ended):
    control = Control(ControlKind(kind), name, "ana", START)
    assert list(stop.touched(control, RUNNING)) == [RUNNING[n][1] for n in ended]
