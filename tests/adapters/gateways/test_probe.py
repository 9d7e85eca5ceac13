"""The probe against a gateway's socket that says what a test wants."""

from datetime import UTC, datetime

import pytest

from clawband.adapters.gateways.probe import OpenClawProbe
from clawband.enforcement.canary import Came
from clawband.model.errors import AuthenticationError, UnavailableError
from clawband.ports.gateway import Call
from tests.simulators.gateway_socket import gateway_socket, refuses

SINCE = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CALL = Call("support", "agent:support:clawband-canary", "agents_list", {"clawband": "token"})


@pytest.fixture
def token():
    return lambda: "t"


def says(**payloads):
    """Answers each method, its dots as underscores, with a payload, or one after another."""

    def answer(frame):
        said = payloads.get(frame["method"].replace(".", "_"), {})
        payload = said.pop(0) if isinstance(said, list) else said
        return [{"type": "res", "id": frame["id"], "ok": True, "payload": payload}]

    return answer


def asked(frames, method):
    return [each["params"] for each in frames if each["method"] == method]


def test_the_agents_are_those_the_gateway_lists(token):
    listed = {"agents": [{"id": "support"}, {"id": 7}, "x", {}, {"id": "lead"}]}
    with gateway_socket(says(agents_list=listed)) as (url, _):
        assert list(OpenClawProbe(url, token).agents()) == ["support", "lead"]
    with gateway_socket(says(agents_list={"agents": "none"})) as (url, _):
        assert list(OpenClawProbe(url, token).agents()) == []


@pytest.mark.parametrize(
    ("told", "came", "words"),
    [
        ({"ok": True}, Came.RAN, ""),
        ({"ok": False, "error": {"code": "forbidden", "message": "no"}}, Came.REFUSED, "no"),
        ({"ok": False, "error": {"code": "not_found", "message": "what"}}, Came.ABSENT, "what"),
        ({"ok": False, "error": {"code": "internal_error", "message": "x"}}, Came.SILENT, "x"),
        ({"ok": False, "error": "odd"}, Came.SILENT, ""),
        ({}, Came.SILENT, ""),
    ],
)
def test_what_became_of_a_call(token, told, came, words):
    with gateway_socket(says(tools_invoke=told)) as (url, frames):
        (outcome,) = OpenClawProbe(url, token).invoke([CALL])
        assert (outcome.came, outcome.words) == (came, words)
        assert asked(frames, "tools.invoke") == [
            {"name": "agents_list", "args": {"clawband": "token"}, "sessionKey": CALL.session}
        ]


def test_a_call_that_is_not_answered_is_silence(token):
    with gateway_socket(refuses("BUSY", "later", "tools.invoke")) as (url, _):
        (outcome,) = OpenClawProbe(url, token).invoke([CALL])
        assert outcome.came is Came.SILENT and "BUSY" in outcome.words


@pytest.mark.parametrize(
    ("told", "came"),
    [
        ({"status": "error", "livenessState": "blocked", "error": "no"}, Came.REFUSED),
        ({"status": "ok", "livenessState": "working"}, Came.RAN),
        ({"status": "error", "livenessState": "working", "error": "no model"}, Came.SILENT),
        ({"status": "timeout"}, Came.SILENT),
        ({}, Came.SILENT),
    ],
)
def test_what_became_of_a_turn(token, told, came):
    with gateway_socket(says(agent={"runId": "r1"}, agent_wait=told)) as (url, frames):
        (outcome,) = OpenClawProbe(url, token).turns([("support", "hello")])
        assert outcome.came is came
        (begun,) = asked(frames, "agent")
        assert begun["agentId"] == "support" and begun["message"] == "hello"
        assert begun["sessionEffects"] == "internal" and begun["deliver"] is False
        assert asked(frames, "agent.wait")[0]["runId"] == "r1"


def test_a_turn_that_does_not_begin_is_silence(token):
    with gateway_socket(says(agent={})) as (url, _):
        assert OpenClawProbe(url, token).turns([("a", "x")])[0].came is Came.SILENT
    with gateway_socket(refuses("BUSY", "later", "agent")) as (url, _):
        assert OpenClawProbe(url, token).turns([("a", "x")])[0].came is Came.SILENT


def test_the_ledger_is_read_page_by_page(token):
    def line(number, **more):
        said = {"kind": "tool_action", "sequence": number, "occurredAt": 1795341600000 + number}
        return said | {"agentId": "support", "runId": "r1", "status": "succeeded"} | more

    pages = [
        {"events": [line(4), line(3, kind="message"), line(2, sequence="x")], "nextCursor": "c"},
        {"events": [line(2, toolCallId="sha256:aa", toolName="crm_read"), line(1, runId=None)]},
    ]
    with gateway_socket(says(audit_activity_list=pages)) as (url, frames):
        rows = OpenClawProbe(url, token).ledger(SINCE, 100)
        assert [row.sequence for row in rows] == [4, 2, 1]
        assert (rows[1].call, rows[1].tool, rows[2].run) == ("sha256:aa", "crm_read", "")
        assert rows[0].at.tzinfo is UTC
        first, second = asked(frames, "audit.activity.list")
        assert first == {"limit": 100, "after": 1795341600000} and second["cursor"] == "c"


def test_the_ledger_has_an_end(token):
    page = {"events": [{"kind": "agent_run", "sequence": 1, "occurredAt": 1}], "nextCursor": "c"}
    with gateway_socket(says(audit_activity_list=page)) as (url, _):
        assert len(OpenClawProbe(url, token).ledger(SINCE, 3)) == 3


def test_who_cannot_be_asked_is_an_error(token):
    with pytest.raises(UnavailableError):
        OpenClawProbe("ws://127.0.0.1:9", token, seconds=1).agents()
    with (
        gateway_socket(refuses("AUTH_TOKEN_MISMATCH", "wrong", "connect")) as (url, _),
        pytest.raises(AuthenticationError),
    ):
        OpenClawProbe(url, token).invoke([CALL])
