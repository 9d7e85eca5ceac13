"""Approvals that wait seconds, on a real gateway with tool search: parked, then run or expired."""

from collections.abc import Callable, Iterator

import pytest

from examples.sample.gateway import SampleGateway
from tests.e2e.conftest import Guard
from tests.e2e.real_server import RealServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    running = RealServer(tmp_path_factory.mktemp("cb"), hold=3, approval=25).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def guard(server: RealServer) -> Guard:
    return Guard(server.socket, server.credential_file)


@pytest.fixture(scope="module")
def gateway(
    guard: Guard,
    make_gateway: Callable[..., SampleGateway],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SampleGateway]:
    running = make_gateway(tmp_path_factory.mktemp("gateway"), guard, tool_search=True)
    try:
        yield running.start()
    finally:
        running.stop()


def test_a_parked_call_runs_once_when_asked_again_after_approval(gateway, server):
    reply = gateway.chat("support", "refund order 17")
    assert "parked" in reply and gateway.effects() == []
    parked = server.waiting()
    server.call("POST", f"/approvals/{parked['id']}/grant", {}, who="pia")
    assert "The tool said" in gateway.chat("support", "refund order 17")
    assert len(gateway.effects("refund")) == 1


def test_an_approval_nobody_gave_expires(gateway, server):
    gateway.chat("support", "refund order 18")
    held = server.waiting()
    server.until(lambda: server.call("GET", f"/approvals/{held['id']}")["state"] == "expired", 60)
    late = server.call("POST", f"/approvals/{held['id']}/grant", {}, who="pia")
    assert late["status"] == 409
    assert not [each for each in gateway.effects("refund") if each["args"]["order"] == "18"]
    assert server.events(tag="approval:expire")


def test_a_tool_behind_tool_search_is_one_action_with_two_passes(gateway, server):
    assert "The tool said" in gateway.chat("support", "escalate ticket 3")
    assert len(gateway.effects("escalate")) == 1
    real, preview = server.events(outcome="permit", text="tool:write escalate")
    assert preview["detail"].get("preview") and not real["detail"].get("preview")
    assert real["detail"]["parent_call"] == preview["call"]


def test_a_call_runs_with_what_a_person_wrote_instead(gateway, server):
    gateway.chat("support", "refund order 21")
    parked = server.waiting()
    path, changes = f"/approvals/{parked['id']}", {"order": "21-B"}
    assert server.call("GET", f"{path}/edits", who="pia")["draft"]["order"] == "21"
    edited = server.call("POST", f"{path}/edit", {"changes": changes}, who="pia")
    assert edited["state"] == "granted"
    assert "The tool said" in gateway.chat("support", "refund order 21")
    (ran,) = [each for each in gateway.effects("refund") if each["args"]["order"].startswith("21")]
    assert ran["args"] == {**parked["arguments"], **changes}
    assert "parked" in gateway.chat("support", "refund order 21"), "once"
