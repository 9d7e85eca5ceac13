"""Hook payloads as requests: what is not said stays empty, and empty widens nothing."""

import pytest

from clawband.model.access import NOBODY, Action, Authority, ResourceKind
from clawband.model.deployment import Gateway
from clawband.model.errors import InputError
from clawband.openclaw import hooks, tools
from tests.simulators.clocks import START

GATEWAY = Gateway(name="sample", environment="dev", credential="c", enrolled=START)
SESSION = "agent:support:telegram:direct:4242"
CONTEXT = {"agentId": "support", "sessionKey": SESSION, "runId": "r1"}


def asked(hook, event, **context):
    return hooks.asked(hook, event, {**CONTEXT, **context})


def request(hook, event, called="", requester=NOBODY, **context):
    setting = hooks.Setting(
        gateway=GATEWAY, workflow=None, catalogue=tools.catalogue(), requester=requester,
        called=called,
    )  # fmt: skip
    return hooks.request(asked(hook, event, **context), setting)


def test_the_agent_is_named_or_is_in_the_session_key():
    assert asked("tool", {}).agent == "support"
    assert hooks.asked("tool", {}, {"sessionKey": SESSION}).agent == "support"
    for key in ("", "support", "agent:support", "session:support:x"):
        assert hooks.asked("tool", {}, {"sessionKey": key}).agent == ""


@pytest.mark.parametrize("hook", ["", "exec", "TOOL", None, 1, {}])
def test_an_unknown_hook_is_refused(hook):
    with pytest.raises(InputError, match="expected a hook out of"):
        asked(hook, {})


def test_ids_join_what_belongs_together():
    event = {"runId": "r2", "toolCallId": "tool_search_code:c1:crm:0", "messageId": 17}
    trace = asked("tool", event, trace={"traceId": "t"}).trace
    assert (trace.session, trace.run, trace.message, trace.trace) == (SESSION, "r2", "17", "t")
    assert trace.parent_call == "c1"
    assert hooks.asked("tool", {}, {}).trace.session == ""


@pytest.mark.parametrize("bad", [{}, [], {"a": 1}, True, 1.5, 0])
def test_an_id_of_another_kind_is_refused(bad):
    for key in ("sessionKey", "runId", "toolCallId", "messageId"):
        with pytest.raises(InputError):
            hooks.asked("tool", {key: bad}, {"agentId": "support"})


@pytest.mark.parametrize(
    ("event", "context", "who", "authority"),
    [
        ({}, {"requester": {"channel": "telegram", "senderId": "1"}}, "telegram:1", "known"),
        ({}, {"requester": {"channel": "telegram", "senderId": 1}}, "telegram:1", "known"),
        ({"senderId": "1"}, {"channelId": "telegram:5"}, "telegram:1", "known"),
        ({"senderIsOwner": True}, {"messageProvider": "webchat"}, "webchat:owner", "owner"),
        ({"senderIsOwner": "true"}, {"messageProvider": "webchat"}, NOBODY.id, "unknown"),
        ({"senderId": "1"}, {"channelId": "5"}, NOBODY.id, "unknown"),
        ({}, {"messageProvider": "telegram"}, NOBODY.id, "unknown"),
        ({}, {}, NOBODY.id, "unknown"),
    ],
)
def test_who_asked(event, context, who, authority):
    requester = hooks.requester_of(asked("run", event, **context))
    assert (requester.id, requester.authority) == (who, Authority(authority))


def test_a_tool_call_is_what_the_catalogue_says():
    found = request("tool", {"toolName": "exec", "params": {"command": "ls"}})
    assert (found.action, found.resource.id) == (Action.EXECUTE, "exec")
    assert found.arguments == {"command": "ls"} and found.environment == "dev"
    assert request("tool", {"toolName": "zap"}).action is Action.UNKNOWN


def test_the_wrapper_stands_for_the_tool_inside_it():
    event = {"toolName": "tool_call", "params": {"id": "core:x:exec", "args": {"command": "ls"}}}
    found = request("tool", event)
    assert (found.action, found.resource.id, found.preview) == (Action.EXECUTE, "exec", True)
    assert not request("tool", {"toolName": "exec"}).preview
    unclear = request("tool", {"toolName": "tool_call", "params": {"id": 1}})
    assert unclear.resource.id == "tool_call"


@pytest.mark.parametrize("name", ["ex\u202eec", "ex\u200bec", "x" * 300, "a\x1b[2J"])
def test_the_name_inside_a_wrapper_hides_nothing_either(name):
    for inner in (name, f"core:x:{name}"):
        with pytest.raises(InputError):
            request("tool", {"toolName": "tool_call", "params": {"id": inner, "args": {}}})


def test_a_result_belongs_to_the_tool_that_really_ran():
    event = {"toolName": "tool_call", "text": "ü", "truncated": 5_000_000}
    found = request("result", event, called="web_fetch")
    assert (found.action, found.resource.id) == (Action.RESULT, "web_fetch")
    assert found.facts.size == 5_000_000, "what was cut off counts"
    assert request("result", {"toolName": "x", "text": "ü"}).facts.size == 2
    for cut in (-1, "9", None, 1.5):
        assert request("result", {"toolName": "x", "text": "ü", "truncated": cut}).facts.size == 2


def test_messages():
    run = request("run", {"prompt": "hi"}, messageProvider="telegram")
    assert (run.action, run.resource.kind, run.resource.id) == (
        Action.RECEIVE, ResourceKind.CHANNEL, "telegram",
    )  # fmt: skip
    reply = request("reply", {"payload": {"text": "  unsure, ask"}}, messageProvider="telegram")
    assert reply.action is Action.SEND_REPLY and reply.facts.unsure and not reply.delivers
    sent = request("message", {"content": "yes", "to": "Telegram:1"}, messageProvider="telegram")
    assert sent.facts.recipients == {"telegram:1"} and sent.delivers
    assert not sent.facts.unsure


def test_what_the_gateway_told_the_model_beside_a_message_comes_with_it():
    run = request("run", {"prompt": "hi", "context": "Location: here"}, messageProvider="telegram")
    assert run.arguments == {"text": "hi", "context": "Location: here"}
    assert request("run", {"prompt": "hi"}, messageProvider="telegram").arguments == {"text": "hi"}


def test_a_delivery_is_known_by_what_it_carries():
    reply = request("reply", {"payload": {"text": "yes"}}, conversationId="x")
    sent = request("message", {"content": "yes", "to": "x"})
    assert hooks.content_of(reply.arguments) == sent.delivers
    assert hooks.content_of({"text": "yes!", "to": "x"}) != sent.delivers
    elsewhere = request("message", {"content": "yes", "to": "y"})
    assert elsewhere.delivers != sent.delivers


@pytest.mark.parametrize(
    ("hook", "event"),
    [("run", {"prompt": 1}), ("run", {"prompt": "", "context": 1}),
     ("reply", {"payload": "x"}), ("reply", {"payload": {"text": []}}),
     ("message", {"content": {}}), ("message", {"content": "x", "to": ["a"]}),
     ("result", {"text": "x"}), ("result", {"toolName": "x", "text": 5}), ("tool", {}),
     ("tool", {"toolName": ""}), ("tool", {"toolName": "x", "params": "x"}),
     ("run", {"prompt": "\ud800"})],
)  # fmt: skip
def test_what_makes_no_request_is_refused(hook, event):
    with pytest.raises(InputError):
        request(hook, event)


def test_an_installation_is_of_a_plugin():
    found = request("install", {"targetName": "shiny"})
    assert (found.action, found.resource.kind, found.resource.id) == (
        Action.INSTALL, ResourceKind.PLUGIN, "shiny",
    )  # fmt: skip
    assert request("install", {}).resource.id == "unknown"


def test_what_another_session_writes_has_nobodys_authority():
    said = {"channel": "telegram", "senderId": "4242", "senderIsOwner": True}
    sent = asked("run", {"prompt": "x"}, requester=said, inputProvenance={"kind": "inter_session"})
    assert hooks.requester_of(sent).authority is Authority.UNKNOWN
    child = asked("tool", {}, requester=said, sessionKey="agent:support:subagent:1")
    assert hooks.requester_of(child).authority is Authority.UNKNOWN
    person = asked("run", {}, requester=said, inputProvenance={"kind": "external_user"})
    assert hooks.requester_of(person).authority is Authority.OWNER


def test_an_owner_without_a_sender_is_only_the_gateways_own_front():
    hidden = asked("tool", {}, requester={"channel": "telegram", "senderIsOwner": True})
    assert hooks.requester_of(hidden) is NOBODY


@pytest.mark.parametrize(
    ("action", "means"),
    [({}, Action.SEND), ({"action": "send"}, Action.SEND), ({"action": "ban"}, Action.DELETE),
     ({"action": ["send"]}, Action.DELETE), ({"action": "read"}, Action.DELETE)],
)  # fmt: skip
def test_a_tool_of_many_actions_is_the_worst_of_them(action, means):
    assert request("tool", {"toolName": "message", "params": {"to": "x", **action}}).action is means
