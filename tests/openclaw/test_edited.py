"""A held question is asked again with other words, and is otherwise the same question."""

from typing import Any

import pytest

from clawband.model.errors import InputError
from clawband.model.event import Event, Tag
from clawband.openclaw import edited, hooks
from clawband.openclaw.hooks import Hook
from tests.simulators.clocks import START


def leaf(action="tool:pay", resource="Tool::refund", **fields):
    return Event(
        id="dec_1", at=START, tag=Tag.DECISION_HOLD, gateway="sample", agent="sample/support",
        action=action, resource=resource, session="s", run="r", call="c", **fields,
    )  # fmt: skip


REPLY = leaf("message:send", "Channel::telegram")


def test_a_call_is_asked_with_all_its_arguments():
    question = edited.question_of(leaf(), {"amount": 1})
    assert question.hook is Hook.TOOL and question.agent == "support"
    assert (question.event["toolName"], question.event["params"]) == ("refund", {"amount": 1})
    assert (question.trace.session, question.trace.run, question.trace.call) == ("s", "r", "c")


def test_a_reply_and_a_message_are_told_apart():
    reply = {"text": "hi", "media": [], "more": {}, "to": "4242"}
    question = edited.question_of(REPLY, reply)
    assert question.hook is Hook.REPLY and question.event == {"payload": {"text": "hi"}}
    assert question.context["conversationId"] == "4242"
    assert hooks.channel_of(question) == "telegram"
    message = edited.question_of(REPLY, {"text": "hi", "media": [], "to": "4242"})
    assert message.hook is Hook.MESSAGE and message.event == {"content": "hi", "to": "4242"}


def test_what_would_lose_something_cannot_be_changed():
    assert edited.drafted(leaf(), {"a": 1}) == {"a": 1}
    assert edited.drafted(REPLY, {"text": "hi", "media": [], "more": {}, "to": "x"}) == {
        "text": "hi"
    }
    for beside in ({"media": ["https://example.com/a.png"]}, {"more": {"buttons": [1]}}):
        with pytest.raises(InputError):
            edited.drafted(REPLY, {"text": "hi", **beside})
    with pytest.raises(InputError):
        edited.drafted(leaf("plugin:install", "Plugin::x"), {})


ASKED: dict[Any, Any] = {
    Hook.TOOL: ({"toolName": "refund", "params": {"a": 1}}, {"a": 2}, ("params", {"a": 2})),
    Hook.REPLY: (
        {"payload": {"text": "a", "replyToId": "7"}},
        {"text": "b"},
        ("payload", {"text": "b", "replyToId": "7"}),
    ),
    Hook.MESSAGE: ({"content": "a", "to": "x"}, {"text": "b"}, ("content", "b")),
}


@pytest.mark.parametrize("hook", ASKED)
def test_only_the_words_are_replaced(hook):
    event, arguments, (key, value) = ASKED[hook]
    question = hooks.asked(hook, event, {"agentId": "support", "sessionKey": "s"})
    again = edited.instead(question, arguments)
    assert again.event == {**event, key: value}
    assert (again.context, again.trace) == (question.context, question.trace)
