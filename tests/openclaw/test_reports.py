"""What is reported after the fact: ids and sizes, never content."""

import pytest

from clawband.audit.entry import encode
from clawband.model.deployment import Gateway
from clawband.model.errors import InputError
from clawband.model.event import Tag
from clawband.openclaw.reports import TAGS, observed, refused
from tests.simulators.clocks import START

GATEWAY = Gateway(name="sample", environment="dev", credential="c", enrolled=START)
SECRET = "4111-1111"


def told(hook="after_tool_call", event=None, **context):
    said = {"seq": 5, "hook": hook, "event": event or {}, "ctx": context}
    return observed(said, GATEWAY, boot="b", now=START, entropy=bytes(10))


@pytest.mark.parametrize("hook", TAGS)
def test_every_hook_has_its_tag_and_keeps_no_text(hook):
    event = {"content": SECRET, "result": SECRET, "error": SECRET, "text": SECRET}
    found = told(hook, event, agentId="support", sessionKey="s", runId="r")
    assert found.tag is TAGS[hook]
    assert SECRET.encode() not in encode(found, 0)
    assert found.detail["content_bytes"] == len(SECRET)
    assert (found.agent, found.session, found.run) == ("sample/support", "s", "r")


@pytest.mark.parametrize("bad", [{"hook": "x"}, {}, [], None, "x", {"hook": 1}])
def test_a_report_that_is_none_is_refused(bad):
    with pytest.raises(InputError):
        observed(bad, GATEWAY, boot="b", now=START, entropy=bytes(10))


@pytest.mark.parametrize(
    "event",
    [{"toolName": "a\u202eb"}, {"toolName": 1}, {"runId": {}}, {"to": "a\nb"}, {"metadata": []}],
)
def test_hidden_and_odd_names_are_refused(event):
    with pytest.raises(InputError):
        told(event=event)


def test_how_it_ended():
    assert told(event={"error": "x"}).outcome == "error"
    assert told(event={"success": False}).outcome == "error"
    assert told(event={"durationMs": 12.7}).detail["milliseconds"] == 12
    assert told().outcome == "ok"


def test_what_the_plugin_refused_alone():
    entry = {"seq": 7, "at": 9, "hook": "tool", "tool": "exec", "agent": "a", "why": "deadline"}
    found = refused(entry, GATEWAY, boot="b", now=START, entropy=bytes(10))
    assert (found.tag, found.outcome, found.resource) == (
        Tag.ENFORCEMENT_REFUSE, "deny", "Tool::exec",
    )  # fmt: skip
    assert found.detail == {"hook": "tool", "why": "deadline", "seq": 7, "happened": 9, "boot": "b"}
    odd = refused({"seq": True, "at": "x"}, GATEWAY, boot="b", now=START, entropy=bytes(10))
    assert (odd.detail["seq"], odd.detail["happened"]) == (0, 0)
    for bad in (None, [], {"tool": {}}, {"why": "x" * 300}):
        if bad is not None:
            with pytest.raises(InputError):
                refused(bad, GATEWAY, boot="b", now=START, entropy=bytes(10))
