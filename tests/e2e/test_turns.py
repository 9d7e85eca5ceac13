"""Real turns of a real gateway under the real server: every way a turn can go."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from examples.sample.gateway import SampleGateway
from tests.e2e.conftest import Guard
from tests.e2e.real_server import RealServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    running = RealServer(tmp_path_factory.mktemp("cb")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def guard(server: RealServer) -> Guard:
    return Guard(server.socket, server.credential_file)


@pytest.fixture(autouse=True)
def fresh(gateway: SampleGateway, server: RealServer) -> Iterator[None]:
    gateway.model.scripts.clear()
    gateway.model.requests.clear()
    gateway.layout.effects.write_text("")
    yield
    for control in server.call("GET", "/controls")["controls"]:
        server.call("POST", "/resume", {"kind": control["kind"], "name": control["name"]})
    for each in server.call("GET", "/approvals")["approvals"]:
        server.call("POST", f"/approvals/{each['id']}/refuse", {"note": "swept"})


def test_an_allowed_call_runs_and_its_turn_is_recorded(gateway, server):
    reply = gateway.chat("support", "summarise ticket 3")
    assert "The tool said" in reply
    assert [each["tool"] for each in gateway.effects()] == ["ticket_summary"]
    permitted = server.events(outcome="permit")[0]
    run = permitted["run"] or server.events(tag="decision:permit")[1]["run"]
    steps = server.call("GET", f"/walk/{run}")["steps"]
    tags = [(step["tag"], step["action"]) for step in steps]
    assert ("decision:permit", "message:receive") in tags
    assert ("decision:permit", "tool:read") in tags
    assert ("decision:permit", "result:read") in tags
    assert ("decision:permit", "message:send") in tags


def test_a_refused_call_does_not_run_and_says_why(gateway, server):
    reply = gateway.chat("support", "delete customer 5")
    assert gateway.effects() == []
    assert "no policy permits" in reply and "dec_" in reply
    denied = server.events(outcome="deny", text="crm_delete")[0]
    assert denied["detail"]["reasons"] == ["clawband/default-deny"]
    assert denied["policy"].startswith("sha256:")


def test_a_held_call_runs_exactly_once_after_approval(gateway, server, aside):
    turn = aside(gateway.chat, "support", "refund order 17")
    held = server.waiting()
    assert held["arguments"]["order"] == "17" and held["resource"] == "refund"
    assert gateway.effects() == []
    own = server.call("POST", f"/approvals/{held['id']}/grant", {}, who="olga")
    assert own["status"] == 403 and "asked for" in own["detail"]
    assert (
        server.call("POST", f"/approvals/{held['id']}/grant", {}, who="pia")["state"] == "granted"
    )
    assert "The tool said" in turn.result(60)
    assert [each["tool"] for each in gateway.effects()] == ["refund"]
    assert server.call("GET", f"/approvals/{held['id']}")["state"] == "spent"
    again = server.call("POST", f"/approvals/{held['id']}/grant", {}, who="pia")
    assert again["status"] == 409


def test_a_refusal_by_a_person_reaches_the_agent(gateway, server, aside):
    turn = aside(gateway.chat, "support", "close account 6")
    held = server.waiting()
    server.call("POST", f"/approvals/{held['id']}/refuse", {"note": "call them first"}, who="pia")
    assert "call them first" in turn.result(60)
    assert gateway.effects() == []


def test_a_paused_tool_is_refused_on_the_next_call_and_runs_again_after(gateway, server):
    server.call("POST", "/pause", {"kind": "tool", "name": "ticket_summary", "reason": "drill"})
    assert "paused" in gateway.chat("support", "summarise ticket 3")
    assert gateway.effects() == []
    server.call("POST", "/resume", {"kind": "tool", "name": "ticket_summary"})
    assert "The tool said" in gateway.chat("support", "summarise ticket 3")


@pytest.mark.parametrize(("kind", "name"), [("agent", "support"), ("workflow", "support")])
def test_a_paused_agent_says_so_and_does_nothing(gateway, server, kind, name):
    server.call("POST", "/pause", {"kind": kind, "name": name})
    assert "paused" in gateway.chat("support", "summarise ticket 3")
    assert gateway.model.requests == []


@pytest.mark.parametrize(("kind", "name"), [("channel", "telegram"), ("gateway", "sample")])
def test_a_paused_channel_is_silent(gateway, server, kind, name):
    server.call("POST", "/pause", {"kind": kind, "name": name})
    assert gateway.chat("support", "summarise ticket 3", timeout=6) == ""
    assert gateway.model.requests == []


def test_http_turns_are_decided_like_chat_turns(gateway, server):
    assert "The tool said" in gateway.complete("support", "summarise ticket 3")
    assert server.events(text="webchat")[0]["who"] == "webchat:owner"
    gateway.complete("support", "delete customer 5")
    assert [each["tool"] for each in gateway.effects()] == ["ticket_summary"]


def test_an_outgoing_message_that_is_unsure_is_replaced_by_the_manifest(gateway, server):
    gateway.model.scripts.append({"when": "odd", "steps": [{"text": "UNSURE: maybe 7, maybe 9"}]})
    reply = gateway.chat("support", "something odd")
    assert reply == "I am not sure about this one. A colleague will answer you."
    assert server.events(outcome="deny", text="message:send")[0]["detail"]["reasons"]


def test_an_outgoing_message_over_its_limit_is_cancelled(gateway, server):
    gateway.model.scripts.append({"when": "long", "steps": [{"text": "x" * 40_000}]})
    assert "xxxx" not in gateway.chat("support", "a long story", timeout=12)
    assert server.events(outcome="deny", text="message:send")


def test_an_oversized_result_is_replaced_before_the_model_sees_it(gateway, server):
    company = gateway.company()
    company["documents"]["archive"] = {"text": "confidential " * 10_000}
    gateway.layout.company.write_text(json.dumps(company))
    gateway.chat("document", "read document archive")
    assert gateway.effects("doc_read")
    assert "confidential confidential" not in gateway.told() and "withheld" in gateway.told()
    assert server.events(outcome="deny", text="result:read")


def test_a_message_over_its_limit_is_refused_before_the_model(gateway, server):
    gateway.complete("support", "y" * 60_000)
    assert gateway.model.requests == []
    refused = server.events(outcome="deny", text="message:receive")[0]
    assert "bytes" in refused["detail"]["because"][0]


SHOULD_NOT = [
    ("lead", "look up order 17", "billing_read"),
    ("lead", "update customer 5 phone to 555-0199", "crm_update"),
    ("lead", "send contract basic to customer 5", "send_contract"),
    ("support", "look up order 17", "billing_read"),
    ("document", "publish document offer", "doc_publish"),
    ("document", "share document offer with eve@example.com", "doc_grant"),
]


@pytest.mark.parametrize(("agent", "says", "tool"), SHOULD_NOT)
def test_what_a_sample_workflow_should_not_do_is_refused(gateway, server, agent, says, tool):
    gateway.chat(agent, says)
    assert gateway.effects(tool) == []
    assert server.events(outcome="deny", text=tool)


SHOULD_ASK = [
    ("support", "refund order 18", "refund"),
    ("support", "close account 5", "account_close"),
    ("document", "move document offer to legal", "doc_move"),
]


@pytest.mark.parametrize(("agent", "says", "tool"), SHOULD_ASK)
def test_what_needs_review_waits_for_a_person(gateway, server, aside, agent, says, tool):
    turn = aside(gateway.chat, agent, says)
    held = server.waiting()
    assert held["resource"] == tool and gateway.effects(tool) == []
    server.call("POST", f"/approvals/{held['id']}/refuse", {"note": "no"}, who="pia")
    turn.result(60)
    assert gateway.effects(tool) == []


SHOULD = [
    ("lead", "look up customer 5", "crm_read"),
    ("lead", "notify sales: call Elm Bakery", "notify"),
    ("support", "open ticket for customer 6: late parcel", "ticket_create"),
    ("support", "escalate ticket 3", "escalate"),
    ("document", "read document handbook", "doc_read"),
    ("document", "label document handbook internal", "doc_label"),
]


@pytest.mark.parametrize(("agent", "says", "tool"), SHOULD)
def test_what_a_sample_workflow_is_for_goes_through(gateway, server, agent, says, tool):
    gateway.chat(agent, says)
    assert len(gateway.effects(tool)) == 1


def test_the_chain_of_a_turn_runs_from_message_to_reply_and_back(gateway, server):
    gateway.chat("support", "escalate ticket 3")
    call = server.events(outcome="permit", text="escalate")[-1]

    def whole() -> list[dict[str, Any]]:
        steps = server.call("GET", f"/walk/{call['id']}")["steps"]
        return steps if any(step["tag"] == "message:send" for step in steps) else []

    steps = server.until(whole)
    tags = [step["tag"] for step in steps]
    assert tags[0] == "message:receive"
    assert "call:finish" in tags and tags.index("message:receive") < tags.index("call:finish")
    first = server.call("GET", f"/walk/{steps[0]['id']}")["steps"]
    assert {step["id"] for step in first} >= {step["id"] for step in steps if step["run"]}


def test_the_export_verifies_offline(gateway, server, tmp_path):
    gateway.chat("support", "summarise ticket 3")
    lines = server.call("GET", "/export")
    file = tmp_path / "log"
    file.write_bytes(lines)
    key = server.call("GET", "/key")["key"]
    verify = [sys.executable, "-m", "clawband", "audit", "verify", str(file), "--key", key]
    good = subprocess.run(verify, capture_output=True, text=True)
    assert good.returncode == 0, good.stdout + good.stderr
    file.write_bytes(lines.replace(b'"outcome":"permit"', b'"outcome":"Permit"', 1))
    assert subprocess.run(verify, capture_output=True, text=True).returncode != 0


# What follows breaks things, so it comes last.


def test_a_late_answer_is_a_refusal(gateway, server):
    server.freeze()
    try:
        # Not even the notice goes out: the reply could not be decided either.
        assert gateway.chat("support", "summarise ticket 3", timeout=8) == ""
    finally:
        server.thaw()
    assert gateway.effects() == [] and gateway.model.requests == []
    # What the plugin refused alone is told as soon as there is somebody to tell.
    refused = server.until(lambda: server.events(tag="enforcement:refuse"))
    assert refused[-1]["detail"]["hook"] == "run"


def test_a_server_killed_while_a_call_waits_refuses_and_forgets_nothing(gateway, server, aside):
    turn = aside(gateway.chat, "support", "refund order 19")
    held = server.waiting()
    server.kill()
    reply = turn.result(90)
    assert gateway.effects() == []
    assert "refund" not in [each["tool"] for each in gateway.effects()]
    assert "blocked" in reply.lower() or reply == ""
    down = gateway.chat("support", "summarise ticket 3", timeout=15)
    assert gateway.effects() == [] and "tool said" not in down
    server.start()
    kept = server.call("GET", f"/approvals/{held['id']}")
    assert kept["state"] == "pending"
    assert server.events(text=held["decision"])
    assert "The tool said" in gateway.chat("support", "summarise ticket 3")


def test_a_gateway_restart_is_seen_and_guarded_again(gateway, server):
    gateway.restart()
    assert server.until(lambda: server.events(tag="gateway:start"))
    assert "The tool said" in gateway.chat("support", "summarise ticket 3")
    gateway.chat("support", "delete customer 5")
    assert gateway.effects("crm_delete") == []
