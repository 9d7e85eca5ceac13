"""The model gateway before a real gateway: the walk through it, what it hides, what it refuses."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sample.gateway import GUARD, SampleGateway
from tests.e2e.conftest import Guard
from tests.e2e.real_server import RealServer
from tests.e2e.serve import WORKFLOWS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

KEY = "sk-the-provider-s-own"
ADDRESS = "ada.lovelace@corp.example"


@pytest.fixture(scope="module")
def gateway(
    make_gateway, tmp_path_factory: pytest.TempPathFactory, server: RealServer, guard: Guard
) -> Iterator[SampleGateway]:
    running = make_gateway(tmp_path_factory.mktemp("gateway"), guard)
    told = server.call("GET", "/gateways/sample/boundaries")
    running.models = (f"{told['models']}/sample", told["models_key"])
    # The server needs the model's address before it starts, and the gateway the server's.
    write_models(server.folder, running.model.url)
    server.stop()
    server.start()
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    running = RealServer(tmp_path_factory.mktemp("cb")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def guard(server: RealServer) -> Guard:
    return Guard(server.socket, server.credential_file)


@pytest.fixture(autouse=True)
def fresh(gateway: SampleGateway) -> None:
    gateway.model.scripts.clear()
    gateway.model.requests.clear()
    gateway.layout.effects.write_text("")


def write_models(folder: Path, url: str) -> None:
    key = folder / "provider.key"
    key.touch(0o600)
    key.write_text(KEY)
    given = {"name": "sample", "url": f"{url}/v1", "key_file": str(key), "region": "here"}
    (folder / "models.json").write_text(json.dumps([given]))


def publish(server: RealServer, **changed: str) -> None:
    """The sample's workflows, of which some are changed."""
    files = {path.name: path.read_text() for path in WORKFLOWS.glob("*.toml")}
    files |= {f"{name.replace('_', '-')}.toml": text for name, text in changed.items()}
    assert "status" not in server.call("POST", "/policy", {"files": files})


def of_models(server: RealServer, tag: str = "", agent: str = "sample/support") -> list[dict]:
    found = server.events(tag=tag, agent=agent) if tag else server.events(agent=agent)
    return [event for event in found if event["action"] == "model:ask"]


def test_a_turn_runs_from_the_message_through_both_model_calls_to_the_reply(gateway, server):
    assert "The tool said" in gateway.chat("support", "summarise ticket 3")
    finish = server.until(lambda: of_models(server, "model:finish"))[0]

    def walked():
        steps = server.call("GET", f"/walk/{finish['run']}")["steps"]
        return steps if any(step["tag"] == "message:send" for step in steps) else []

    steps = server.until(walked)
    seen = [step["action"] or step["tag"] for step in steps]
    first, tool = seen.index("model:ask"), seen.index("tool:read")
    assert seen.index("message:receive") < first < tool < seen.index("result:read")
    asked = [
        step for step in steps if step["action"] == "model:ask" and step["tag"] != "model:finish"
    ]
    assert len(asked) == 2
    assert {step["who"] for step in asked} == {"telegram:4242"}
    ended = [step for step in steps if step["tag"] == "model:finish"]
    call = next(step["call"] for step in steps if step["action"] == "tool:read")
    assert [step["detail"]["calls"] for step in ended] == [[call], []]
    assert server.events(tag="witness:differ") == server.events(tag="enforcement:missing") == []


def test_a_person_is_a_pseudonym_for_the_model_and_herself_for_the_tool_and_the_reply(
    gateway, server
):
    reply = gateway.chat("assistant", f"mail good morning to {ADDRESS}")
    seen = json.dumps(gateway.model.requests)
    assert gateway.model.requests and ADDRESS not in seen
    assert "@pseudonym.invalid" in seen
    (effect,) = gateway.effects("mail_send")
    assert effect["args"]["to"] == ADDRESS
    assert "pseudonym" not in reply
    assert ADDRESS in reply
    decided = server.events(text="mail_send", outcome="permit")
    assert decided, "the tool was decided with the real address"


def test_the_providers_key_is_nowhere_on_the_gateways_side(gateway):
    files = [path for path in gateway.layout.root.rglob("*") if path.is_file()]
    assert files and not any(KEY.encode() in path.read_bytes() for path in files)


def test_a_model_that_is_not_listed_is_refused(gateway, server):
    text = (WORKFLOWS / "support.toml").read_text()
    publish(server, support=text.replace('allow = ["sample/*"]', 'allow = ["sample/other"]'))
    try:
        gateway.chat("support", "summarise ticket 3")
        assert gateway.model.requests == [] and gateway.effects() == []
        (denied, *_) = of_models(server, "decision:deny")
        assert denied["resource"] == "Model::sample/rules"
    finally:
        publish(server)
    assert "The tool said" in gateway.chat("support", "summarise ticket 3")


def test_calls_that_the_gateway_cannot_run_are_no_finding(gateway, server):
    gateway.model.script("alpha", {"tool": "no_such_tool", "args": {}})
    gateway.model.script("beta", {"tool": "ticket_summary", "args": {}})
    assert "not found" in gateway.chat("support", "alpha")
    assert "Validation failed" in gateway.chat("support", "beta")
    told = server.events(tag="enforcement:missing") + server.events(tag="witness:differ")
    assert [(each["resource"], each["outcome"], each["call"]) for each in told] == []


def test_a_compaction_is_asked_by_the_gateway_itself(gateway, server):
    gateway.chat("support", "/compact", timeout=30)
    asked = of_models(server, agent="sample/(gateway)")
    assert {event["outcome"] for event in asked} <= {"permit", "ok"}
    assert "pseudonym" in json.dumps(gateway.model.requests) or asked


# What follows takes the plugin away, so it comes last.


def test_without_the_plugin_no_model_is_asked(gateway, server):
    gateway.plugins.remove(GUARD)
    gateway.prepare()
    gateway.restart(180)
    gateway.model.requests.clear()
    gateway.chat("support", "summarise ticket 3", timeout=30)
    gateway.complete("support", "look up order 17")
    assert gateway.model.requests == [] and gateway.effects() == []
    denied = of_models(server, "decision:deny", agent="sample/(gateway)")
    reasons = {reason for event in denied for reason in event["detail"]["reasons"]}
    # A canary may have noticed it in the meantime.
    assert "gateway-sample/models-unjoined" in reasons
    assert reasons <= {"gateway-sample/models-unjoined", "egress/ungoverned"}


def test_without_the_plugin_calls_of_a_model_are_missing_enforcement_where_policy_lets_it_talk(
    gateway, server
):
    text = (WORKFLOWS / "gateway-sample.toml").read_text()
    text = text.replace('"without-tools"', '"allow"').replace('"cut"', '"alert"')
    publish(server, gateway_sample=text)
    assert "The tool said" in gateway.chat("support", "summarise ticket 3")
    (event, *_) = server.until(lambda: server.events(tag="enforcement:missing"))
    assert event["resource"] == "Tool::ticket_summary"
    assert (event["agent"], event["outcome"]) == ("sample/(gateway)", "acted")
