"""The second plane on a real gateway: everything goes through the proxy, commands are contained."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from examples.sample.gateway import SampleGateway
from tests.e2e.commands import clawband
from tests.e2e.conftest import Guard
from tests.e2e.real_server import RealServer
from tests.e2e.serve import WORKFLOWS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PAGE = "http://news.example/shops"
STATUS = "http://status.example.com/all"
FIRST = 90
"""Seconds: the first turn of a gateway on a busy machine takes its time."""
PEOPLE = itertools.count(1)
HELD = '[[approvals]]\ntool = "exec"\nrole = "approver"\n'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    running = RealServer(tmp_path_factory.mktemp("cb"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def gateway(server, make_gateway, tmp_path_factory) -> Iterator[SampleGateway]:
    """Behind the egress proxy; support may run commands without a person."""
    guard = Guard(server.socket, server.credential_file)
    running = make_gateway(tmp_path_factory.mktemp("gateway"), guard, proxy=server.proxy)
    server.find(running.names)
    server.start()
    files = {path.name: path.read_text() for path in WORKFLOWS.glob("*.toml")}
    files["support.toml"] = files["support.toml"].replace(HELD, "")
    server.call("POST", "/policy", {"files": files})
    signed_in(server)
    running.web.pages |= {STATUS: "all is well", PAGE: "Elm Bakery opens a shop in the station."}
    try:
        yield running.start()
    finally:
        running.stop()


def signed_in(server: RealServer) -> None:
    """As somebody is who types commands in the server's folder."""
    text = f'state = "s"\nport = {server.port}\n'
    (server.folder / "clawband.toml").write_text(text)
    kept = {"server": f"http://127.0.0.1:{server.port}", "current": "ada",
            "tokens": {"ada": server._token("ada")}}  # fmt: skip
    (server.state / "cli.json").write_text(json.dumps(kept))


def run(gateway: SampleGateway, command: str) -> str:
    """What the command printed, as the model was told, in a session of its own."""
    gateway.model.scripts.clear()
    gateway.model.requests.clear()
    step = {"tool": "exec", "args": {"command": command, "timeoutSeconds": 20}}
    gateway.model.script("run it", step, {"text": "done"})
    gateway.chat("support", "please run it", sender=f"person{next(PEOPLE)}", timeout=FIRST)
    return gateway.told()


def events(server: RealServer, tag: str, **wanted: Any) -> list[dict[str, Any]]:
    found = server.call("GET", f"/events?tag={tag}&limit=200")["events"]
    return [each for each in found if wanted.items() <= each.items()]


def test_the_gateway_itself_reaches_its_model_and_its_channel_and_nothing_else(gateway, server):
    answer = gateway.chat("support", "summarise ticket 3", sender="ana", timeout=FIRST)
    assert "parcel" in answer
    hosts = {each["resource"] for each in events(server, "decision:permit", action="net:connect")}
    assert {"Host::model.sample.test", "Host::chat.sample.test"} <= hosts
    denied = events(server, "decision:deny", action="net:connect")
    assert {each["agent"] for each in denied} <= {"sample/(gateway)"}
    assert "Host::model.sample.test" not in {each["resource"] for each in denied}


def test_a_page_is_fetched_under_the_call_that_names_it(gateway, server):
    gateway.model.scripts.clear()
    told = gateway.chat("assistant", f"read {PAGE}", sender=f"person{next(PEOPLE)}", timeout=FIRST)
    assert "opens a shop" in told
    (request,) = events(server, "decision:permit", resource="Host::news.example",
                        action="net:request")  # fmt: skip
    assert request["agent"] == "sample/assistant"
    (call,) = events(server, "decision:permit", call=request["call"], resource="Tool::web_fetch",
                     action="tool:read")  # fmt: skip
    assert call["run"] == request["run"]


def test_from_a_chat_message_to_the_http_request_of_a_command_and_back(gateway, server):
    told = run(gateway, f"curl -s {STATUS}")
    assert "all is well" in told
    (request,) = events(server, "decision:permit", resource="Host::status.example.com")
    walked = clawband(server.folder, "walk", request["id"], "--json")
    assert walked.returncode == 0, walked.stderr
    steps = [(each["tag"], each["action"]) for each in json.loads(walked.stdout)["steps"]]
    way = [
        ("message:receive", ""),
        ("decision:permit", "message:receive"),
        ("decision:permit", "tool:execute"),
        ("launch:start", "tool:execute"),
        ("decision:permit", "net:request"),
        ("egress:close", "net:request"),
        ("launch:end", "tool:execute"),
        ("decision:permit", "result:read"),
        ("decision:permit", "message:send"),
        ("message:send", ""),
    ]
    places = [steps.index(each) for each in way]
    assert places == sorted(places), steps
    shown = clawband(server.folder, "walk", request["id"])
    assert "status.example.com" in shown.stdout
    print(shown.stdout)


BYPASSES = (
    ("beside the proxy", "curl -sm 3 --noproxy '*' http://203.0.113.9/; echo over $?", "connect"),
    ("another host, the proxy's port", "bash -c 'echo > /dev/tcp/203.0.113.9/{port}'", "connect"),
    ("the gateway itself", "bash -c 'echo > /dev/tcp/127.0.0.1/{gateway}'", "connect"),
    ("a name server", "bash -c 'echo x > /dev/udp/203.0.113.53/53'", "socket inet-dgram"),
    ("a cleaned environment", "env -i curl -sm 3 http://203.0.113.9/; echo over $?", "connect"),
    ("Clawband's socket", "curl -sm 3 --unix-socket {socket} http://x/; echo over $?", "unix"),
)


@pytest.mark.parametrize(("name", "command", "attempt"), BYPASSES, ids=[b[0] for b in BYPASSES])
def test_what_goes_round_the_proxy_fails_and_is_seen(gateway, server, name, command, attempt):
    before = {each["id"] for each in events(server, "launch:block")}
    places = {"port": server.port + 1, "gateway": gateway.port, "socket": server.socket}
    told = run(gateway, command.format(**places))
    seen = [each for each in events(server, "launch:block") if each["id"] not in before]
    attempts = [each["detail"]["attempt"] for each in seen]
    assert any(each.startswith(attempt) for each in attempts), (told, attempts)
    assert "over 0" not in told
    print(f"{name:32} {', '.join(attempts)}")


def test_what_is_the_gateways_is_out_of_reach(gateway, server):
    config, token = gateway.layout.config, gateway.token
    told = run(gateway, f"cat {config}; cat {gateway.layout.token}; cat {server.credential_file}; "
               "cat /proc/$PPID/environ; ls -a ~; env")  # fmt: skip
    assert token not in told
    assert server.credential_file.read_text().strip() not in told
    assert told.count("Permission denied") >= 4
    assert "OPENCLAW" not in told


def test_a_host_that_no_line_names_is_refused_with_its_reason(gateway, server):
    told = run(gateway, "curl -s http://evil.example/")
    assert "refused by Clawband" in told
    (refused,) = events(server, "decision:deny", resource="Host::evil.example")
    assert refused["agent"] == "sample/support"


def test_a_pause_ends_what_a_command_has_open(gateway, server):
    gateway.web.pages[STATUS] = "all is well"
    server.call("POST", "/pause", {"kind": "agent", "name": "support"})
    try:
        gateway.model.requests.clear()
        run(gateway, f"curl -s {STATUS}")
        assert "all is well" not in gateway.told()
    finally:
        server.call("POST", "/resume", {"kind": "agent", "name": "support"})


def test_the_gateways_end_is_told_through_the_proxy_settings_too(gateway, server):
    """Behind a proxy OpenClaw ends without its last hook, and drops kept connections."""
    gateway.restart()
    assert events(server, "gateway:stop")
    answer = gateway.chat("support", "summarise ticket 3", sender="ana", timeout=FIRST)
    assert "parcel" in answer
