"""The plugin on a real gateway, behind a forward proxy: it asks, obeys, and blocks when alone."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.sample.gateway import SampleGateway
from tests.simulators.decision_server import Answer, DecisionServer, deny, hold, permit

REWRITING = Path(__file__).resolve().parents[1] / "simulators" / "rewriting_plugin"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(autouse=True)
def fresh(decisions: DecisionServer, gateway: SampleGateway) -> Iterator[None]:
    decisions.forget()
    gateway.model.scripts.clear()
    gateway.model.requests.clear()
    gateway.layout.effects.write_text("")
    yield
    if not decisions.running:
        decisions.start()


def hooks(asked: list[dict[str, Any]]) -> list[str]:
    return [ask["hook"] for ask in asked]


def test_chat_turn_is_asked_about_from_message_to_reply(decisions, gateway):
    assert "120.5" in gateway.chat("support", "look up order 17")
    assert [call["args"] for call in gateway.effects()] == [{"order": "17"}]
    assert hooks(decisions.asked) == ["run", "tool", "result", "reply", "message"]
    run, tool, result, reply, message = decisions.asked
    assert run["event"].pop("prompt") == "look up order 17"
    assert '"chat_id":"telegram:4242"' in run["event"].pop("context")
    rest = {"channelId", "accountId", "senderId", "senderIsOwner", "home"}  # no history
    assert set(run["event"]) == rest
    assert (tool["event"]["toolName"], tool["event"]["params"]) == ("billing_read", {"order": "17"})
    assert tool["ctx"]["agentId"] == "support"
    assert tool["ctx"]["requester"]["senderId"] == "4242"
    assert "120.5" in result["event"]["text"]
    assert tool["event"]["toolCallId"] == result["event"]["toolCallId"]
    assert len({ask["ctx"]["runId"] for ask in (run, tool, result, reply)}) == 1
    assert "120.5" in message["event"]["content"]
    heard = {"message_received", "after_tool_call", "agent_end", "message_sent"}
    decisions.wait_for(lambda: heard <= set(hooks(decisions.reported)))


def test_http_turn_is_asked_about_but_has_no_outgoing_gate(decisions, gateway):
    assert "one day" in gateway.complete("document", "read document handbook")
    assert hooks(decisions.asked) == ["run", "tool", "result"]
    assert decisions.asked[1]["ctx"]["requester"] == {"channel": "webchat", "senderIsOwner": True}


def test_denied_call_does_not_run_and_the_agent_is_told_why(decisions, gateway):
    decisions.when("tool", deny("refunds need a person; ask Bo"), tool="refund")
    gateway.chat("support", "refund order 17")
    assert gateway.effects("refund") == []
    assert "Blocked by Clawband (dec_no): refunds need a person; ask Bo" in gateway.told()


def test_rewritten_parameters_are_what_runs(decisions, gateway):
    decisions.when("tool", permit(params={"order": "18", "amount": 1}), tool="refund")
    gateway.chat("support", "refund order 17")
    assert [call["args"] for call in gateway.effects()] == [{"order": "18", "amount": 1}]


def test_held_call_runs_once_after_the_grant(decisions, gateway, aside):
    decisions.when("tool", hold("apr_1", 60), permit(), tool="refund")
    turn = aside(gateway.chat, "support", "refund order 17")
    decisions.wait_for(lambda: decisions.awaited)
    assert gateway.effects("refund") == []
    decisions.decide("apr_1", "granted")
    assert "refunded" in turn.result(30)
    first, second = decisions.asks("tool", "refund")
    assert first["seq"] < second["seq"]
    assert first["event"] == second["event"]
    assert len(gateway.effects("refund")) == 1


def test_grant_alone_does_not_let_a_call_run(decisions, gateway):
    decisions.when("tool", hold("apr_2", 60), deny("spent already"), tool="refund")
    decisions.decide("apr_2", "granted")
    gateway.chat("support", "refund order 17")
    assert gateway.effects("refund") == []
    assert "spent already" in gateway.told()


@pytest.mark.parametrize("state", ["refused", "expired", "parked"])
def test_held_call_that_is_not_granted_does_not_run(decisions, gateway, state):
    decisions.when("tool", hold("apr_3", 60), permit(), tool="refund")
    decisions.decide("apr_3", state, f"it was {state}, see ticket T-9")
    gateway.chat("support", "refund order 17")
    assert gateway.effects("refund") == []
    assert f"it was {state}, see ticket T-9" in gateway.told()


def test_held_call_does_not_wait_longer_than_the_server_said(decisions, gateway):
    decisions.when("tool", hold("apr_4", 2), permit(), tool="refund")
    gateway.chat("support", "refund order 17", timeout=10)
    assert gateway.effects("refund") == []
    assert "nobody approved in time" in gateway.told()


def test_seventy_seconds_of_hold_are_waited_out(decisions, gateway, aside):
    """Left to itself the host would send a reply after 15 s and has no limit for a tool call."""
    decisions.when("tool", hold("apr_tool", 300), permit(), tool="refund")
    decisions.when("reply", hold("apr_reply", 300), text="Elm Bakery")
    decisions.when("message", hold("apr_message", 300), text="one day")
    tool = aside(gateway.chat, "support", "refund order 17", timeout=110)
    reply = aside(gateway.chat, "lead", "look up customer 5", timeout=100)
    message = aside(gateway.chat, "document", "read document handbook", timeout=100)
    decisions.wait_for(lambda: len({ask["approval"] for ask in decisions.awaited}) == 3)
    time.sleep(70)
    assert gateway.effects("refund") == []
    assert not any(turn.done() for turn in (tool, reply, message))
    decisions.decide("apr_tool", "granted")
    decisions.decide("apr_reply", "refused", "not this one")
    decisions.decide("apr_message", "refused", "not this one")
    assert "refunded" in tool.result(30)
    assert len(gateway.effects("refund")) == 1
    gateway.chat("lead", "hello")
    said = " ".join(m["text"] for m in gateway.chat_network.messages)
    assert "Elm Bakery" not in said
    assert "one day" not in said


def test_outage_during_a_hold_does_not_lose_the_call(decisions, gateway, aside):
    decisions.when("tool", hold("apr_6", 60), permit(), tool="refund")
    turn = aside(gateway.chat, "support", "refund order 17")
    decisions.wait_for(lambda: decisions.awaited)
    decisions.stop()
    time.sleep(1.5)
    decisions.start()
    decisions.decide("apr_6", "granted")
    assert "refunded" in turn.result(30)
    assert len(gateway.effects("refund")) == 1


def test_absent_server_blocks_both_doors_and_is_told_later(decisions, gateway):
    decisions.stop()
    assert (
        gateway.chat("support", "refund order 17", timeout=6) == ""
    )  # even the refusal is held back
    assert "api_error" in gateway.complete("support", "refund order 17")
    assert gateway.model.requests == []
    decisions.start()

    def kept() -> list[dict[str, Any]]:
        return [one for beat in decisions.heartbeats for one in beat["refused"]]

    decisions.wait_for(kept)
    assert {one["hook"] for one in kept()} >= {"run", "reply"}
    assert all("unreachable" in one["why"] for one in kept())
    beats = len(decisions.heartbeats)
    decisions.wait_for(lambda: len(decisions.heartbeats) > beats)
    assert decisions.heartbeats[-1]["refused"] == []
    assert decisions.heartbeats[-1]["counts"]["unreachable"] >= 2
    assert "120.5" in gateway.chat("support", "look up order 17")


def test_late_answer_is_a_block_after_the_deadline(decisions, gateway):
    decisions.when("tool", Answer(delay=5), tool="refund")
    gateway.chat("support", "refund order 17")
    asked = decisions.asks("tool", "refund")[0]["at"]
    after = decisions.asks("reply")[0]["at"]
    assert 900 <= after - asked <= 2500
    assert gateway.effects("refund") == []
    assert "deadline of 1000 ms" in gateway.told()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b'{"verdict": "permit"'),
        Answer({"verdict": "maybe"}),
        Answer({}),
        Answer(b"[]"),
        Answer({"verdict": "permit"}, status=500),
        Answer({"verdict": "hold", "wait_seconds": 5}),
        Answer({"verdict": "permit", "params": "all"}),
        Answer({"verdict": "permit", "only_if": "nobody looks"}),
    ],
    ids=lambda answer: str(answer.body),
)
def test_malformed_answer_is_a_block(decisions, gateway, answer):
    decisions.when("tool", answer, tool="refund")
    gateway.chat("support", "refund order 17")
    assert gateway.effects("refund") == []
    assert "no valid decision" in gateway.told()


def test_server_killed_during_the_call_is_a_block(decisions, gateway, aside):
    decisions.when("tool", Answer(delay=0.8), tool="refund")
    turn = aside(gateway.complete, "support", "refund order 17")
    decisions.wait_for(lambda: decisions.asks("tool", "refund"))
    decisions.stop()
    turn.result(30)
    assert gateway.effects("refund") == []
    assert "unreachable" in gateway.told()


def test_connection_dropped_without_an_answer_is_tried_once_more(decisions, gateway):
    decisions.when("tool", Answer(cut=True), permit(), tool="refund")
    gateway.chat("support", "refund order 17")
    first, second = decisions.asks("tool", "refund")
    assert (first["boot"], first["seq"]) == (second["boot"], second["seq"])
    assert len(gateway.effects("refund")) == 1


def test_result_is_replaced_before_the_model_sees_it(decisions, gateway):
    decisions.when("result", permit(text="the total is withheld"))
    assert "withheld" in gateway.chat("support", "look up order 17")
    assert gateway.told() == "the total is withheld"


def test_refused_result_is_withheld(decisions, gateway):
    decisions.when("result", deny("a secret is in it"))
    assert "120.5" not in gateway.chat("support", "look up order 17")
    assert "a secret is in it" in gateway.told()
    assert len(gateway.effects("billing_read")) == 1


@pytest.mark.parametrize("hook", ["reply", "message"])
@pytest.mark.parametrize("answer", [deny("not for outside"), Answer(b"no"), Answer(delay=3)])
def test_refused_outgoing_text_does_not_leave(decisions, gateway, hook, answer):
    decisions.when(hook, answer, text="120.5")
    assert "120.5" not in gateway.chat("support", "look up order 17", timeout=5)
    assert decisions.asks(hook, text="120.5")


@pytest.mark.parametrize("hook", ["reply", "message"])
def test_outgoing_text_is_replaced(decisions, gateway, hook):
    decisions.when(hook, permit(text="a person will answer you"))
    assert gateway.chat("support", "look up order 17") == "a person will answer you"


def test_refused_run_does_not_reach_the_model(decisions, gateway):
    decisions.when("run", deny("the agent is paused"))
    assert "the agent is paused (dec_no)" in gateway.chat("lead", "hello")
    assert "api_error" in gateway.complete("lead", "hello")  # the gateway gives no reason here
    assert gateway.model.requests == []


def test_heartbeat_comes_every_five_seconds(decisions, gateway):
    gateway.chat("support", "look up order 17")
    decisions.wait_for(lambda: len(decisions.heartbeats) >= 3, 25)
    first, *_, last = decisions.heartbeats
    apart = (last["heard"] - first["heard"]) / (len(decisions.heartbeats) - 1)
    assert 4 < apart < 6.5
    assert last["versions"] == {"openclaw": "2026.9.6", "plugin": "0.1.0"}
    assert last["seq"] >= max(ask["seq"] for ask in decisions.asked)
    assert {beat["boot"] for beat in decisions.heartbeats} == {last["boot"]}


def test_restart_gives_a_new_boot_and_the_wrapper_passes_twice(decisions, gateway):
    gateway.chat("support", "look up order 17")
    before = decisions.asked[-1]["boot"]
    decisions.forget()
    gateway.tool_search = True
    gateway.plugins.append(REWRITING)
    gateway.prepare()
    gateway.restart()
    gateway.layout.effects.write_text("")
    assert "120.5" in gateway.chat("support", "look up order 17")
    assert before not in {ask["boot"] for ask in decisions.asked}
    outer, inner = decisions.asks("tool")
    assert [ask["event"]["toolName"] for ask in (outer, inner)] == ["tool_call", "billing_read"]
    assert inner["event"]["params"] == {"order": "17"}
    assert outer["event"]["toolCallId"] in inner["event"]["toolCallId"]
    assert len(gateway.effects("billing_read")) == 1
    decisions.when("tool", deny("not this one"), tool="refund")
    gateway.chat("support", "refund order 17")
    assert gateway.effects("refund") == []


def test_what_was_judged_runs_even_if_another_plugin_rewrites_it(gateway):
    """Runs after the restart above, which added such a plugin."""
    assert REWRITING in gateway.plugins
    gateway.chat("support", "refund order 17 amount 5")
    assert [call["args"] for call in gateway.effects()] == [{"order": "17", "amount": 5}]


def test_no_number_is_used_twice(decisions, gateway):
    stopped = "gateway_stop"
    gateway.halt()
    decisions.wait_for(lambda: stopped in hooks(decisions.reported))
    stops = [one["event"] for one in decisions.reported if one["hook"] == stopped]
    # OpenClaw's words for a SIGTERM: the second where its own shutdown comes first.
    assert [each["reason"] for each in stops] in (["signal"], ["gateway stopping"])
    asked = {(ask["boot"], ask["seq"]) for ask in decisions.asked}
    assert len(asked) == len(decisions.asked)
    for boot in {boot for boot, _ in decisions.numbers}:
        numbers = sorted({seq for b, seq in decisions.numbers if b == boot})
        assert numbers[0] == 1
