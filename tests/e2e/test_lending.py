"""A secret that an agent of a real gateway uses and never has: it is put on at the boundary."""

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from examples.sample.gateway import SampleGateway
from tests.e2e.conftest import Guard
from tests.e2e.real_server import RealServer
from tests.e2e.serve import WORKFLOWS
from tests.simulators.signing import Signing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

VALUE = "kv-7f3a9c51e0-of-the-crm"
API, OTHER = "api.example.com", "files.example.com"
HELD = '[[approvals]]\ntool = "exec"\nrole = "approver"\n'
LINES = f"""
[[egress]]
hosts = ["{API}"]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
inspect = true
credential = "crm"

[[egress]]
hosts = ["{OTHER}"]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
inspect = true
"""
PEOPLE = itertools.count(1)


@dataclass
class Upstream:
    """An HTTPS server that notes what it is shown, and shows nothing of it."""

    place: str
    authority: Path
    shown: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.shown.append((self.path, self.headers.get("authorization", "")))
            self.send_response(200)
            self.send_header("Content-Length", "13")
            self.end_headers()
            self.wfile.write(b"seven orders\n")

        def log_message(self, *_: object) -> None:
            pass

    signing = Signing(tmp_path_factory.mktemp("upstream"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    context = signing.context([API, OTHER])
    context.set_alpn_protocols(["http/1.1"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found = Upstream(f"127.0.0.1:{server.server_port}", signing.path)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[RealServer]:
    running = RealServer(tmp_path_factory.mktemp("cb"))
    running.folder.joinpath("authorities.pem").write_bytes(upstream.authority.read_bytes())
    yield running
    running.stop()


@pytest.fixture(scope="module")
def gateway(server, upstream, make_gateway, tmp_path_factory) -> Iterator[SampleGateway]:
    guard = Guard(server.socket, server.credential_file)
    running = make_gateway(tmp_path_factory.mktemp("gateway"), guard, proxy=server.proxy)
    server.find({**running.names, API: upstream.place, OTHER: upstream.place})
    server.start()
    files = {path.name: path.read_text() for path in WORKFLOWS.glob("*.toml")}
    files["support.toml"] = files["support.toml"].replace(HELD, "") + LINES
    published = server.call("POST", "/policy", {"files": files})
    assert "digest" in published, published
    target = {"hosts": [API], "form": "Bearer {}", "methods": ["GET"], "paths": ["/v1/"]}
    told = server.call("POST", "/secrets", {
        "name": "crm", "environment": "dev", "kind": "api key", "purpose": "orders",
        "targets": [target],
    })  # fmt: skip
    assert told["secret"]["name"] == "crm", told
    server.call("POST", "/secret-values/crm", {"value": VALUE})
    try:
        yield running.start()
    finally:
        running.stop()


def run(gateway: SampleGateway, command: str) -> str:
    """What the command printed, as the model was told, in a session of its own."""
    gateway.model.scripts.clear()
    step = {"tool": "exec", "args": {"command": command, "timeoutSeconds": 20}}
    gateway.model.script("run it", step, {"text": "done"})
    gateway.chat("support", "please run it", sender=f"person{next(PEOPLE)}", timeout=90)
    return gateway.told()


def placeholder(server: RealServer) -> str:
    """What the configuration of the gateway would be given."""
    asked = {"protocolVersion": 1, "provider": "clawband", "ids": ["crm"]}
    headers = {"authorization": f"Bearer {server.credential_file.read_text().strip()}"}
    line = httpx.HTTPTransport(uds=str(server.socket))
    with httpx.Client(transport=line, base_url="http://localhost") as client:
        told = client.post("/gateway/v1/secrets", json=asked, headers=headers).json()
    return str(told["values"]["crm"])


def test_a_command_uses_a_secret_that_is_nowhere_in_the_gateway(gateway, server, upstream):
    mark = placeholder(server)
    assert VALUE not in mark
    command = f"curl -sS -H 'Authorization: Bearer {mark}' https://{API}/v1/orders"
    assert "seven orders" in run(gateway, command)
    assert "seven orders" in run(gateway, f"curl -sS https://{API}/v1/orders?page=2")
    shown = [("/v1/orders", f"Bearer {VALUE}"), ("/v1/orders?page=2", f"Bearer {VALUE}")]
    assert upstream.shown == shown
    told = run(gateway, f"curl -sS -H 'Authorization: Bearer {mark}' https://{OTHER}/v1/orders")
    assert "placeholder" in told and upstream.shown == shown
    assert '"credential"' in run(gateway, f"curl -sS https://{API}/admin")
    refused = [each["detail"]["host"] for each in server.events(tag="secret:refuse")]
    assert refused == [API, OTHER]
    used = [each for each in server.events(tag="secret:lend") if each["outcome"] == "put on"]
    assert {each["agent"] for each in used} == {"sample/support"} and len(used) == 2

    prompts = str(gateway.model.requests) + told
    assert VALUE not in prompts and mark in prompts
    places = [*gateway.layout.root.rglob("*"), *server.folder.rglob("*")]
    holding = [each for each in places if each.is_file() and VALUE.encode() in each.read_bytes()]
    assert holding == []
