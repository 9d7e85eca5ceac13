"""Reports and refusals: everything is recorded, also what is wrong with it."""

from clawband.flows import observe
from clawband.model.deployment import Gateway
from clawband.model.errors import InputError
from tests.contracts.writing import permit
from tests.simulators.clocks import START
from tests.simulators.keepers import OnlyMemory

GATEWAY = Gateway(name="sample", environment="dev", credential="c", enrolled=START)
HOW = {"boot": "b", "now": START, "entropy": bytes(range(96))}


def call(call, **event):
    body = {"toolName": "look", "toolCallId": call, "runId": "r", **event}
    return {"seq": 1, "hook": "after_tool_call", "event": body, "ctx": {}}


def test_a_call_is_joined_to_the_decision_that_permitted_it():
    memory = OnlyMemory()
    decision = permit(run="r", call="c1")
    memory.apply(decision)
    unit = observe.observe([call("c1"), call("c2")], GATEWAY, state=memory, **HOW)
    assert [event.tag for event in unit.events] == [
        "call:finish", "call:unreported", "call:finish",
    ]  # fmt: skip
    assert unit.events[0].cause == decision.id and unit.events[1].call == "c2"


def test_a_call_that_failed_by_itself_is_no_finding():
    unit = observe.observe([call("c", error="blocked")], GATEWAY, state=OnlyMemory(), **HOW)
    assert [event.tag for event in unit.events] == ["call:finish"]


def test_what_is_wrong_stands_beside_what_is_right():
    reports = [call("c1"), {"hook": "x"}, None, call("a\u202eb"), call("c2")]
    unit = observe.observe(reports, GATEWAY, state=OnlyMemory(), **HOW)
    assert [event.tag for event in unit.events].count("request:refuse") == 3
    assert len({event.id for event in unit.events}) == len(unit.events)
    entries = [{"tool": "exec"}, {"tool": []}, {"tool": "exec"}]
    unit = observe.refusals(entries, GATEWAY, **HOW)
    assert [event.tag for event in unit.events] == [
        "enforcement:refuse", "request:refuse", "enforcement:refuse",
    ]  # fmt: skip


def test_what_was_wrong_is_told_visibly_and_shortly():
    error = InputError("got `\x1b[2J\u202e\ud800" + "x" * 1000)
    event = observe.malformed(GATEWAY, error, now=START, entropy=bytes(10))
    problem = str(event.detail["problem"])
    assert problem.startswith("got `\\u{1b}[2J\\u{202e}\\u{d800}x") and len(problem) < 400
    assert observe.malformed(None, error, now=START, entropy=bytes(10)).gateway == ""


def test_a_gap_and_a_silence():
    gap = observe.gap((3, 4, 9), GATEWAY, **HOW)
    assert gap.detail == {"boot": "b", "count": 3, "first": 3, "last": 9}
    assert observe.silent("sample", 15, now=START, entropy=bytes(10)).detail == {"seconds": 15}
