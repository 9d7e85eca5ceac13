"""A guard that is gone is noticed: the plugin disabled, broken and uninstalled on a real gateway.

Canaries fly every five seconds here. Each story ends with a sound plugin and a governed gateway.
"""

import json
import re
import shutil
import socket
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from clawband.adapters.gateways.openclaw import Link
from examples.sample.gateway import GUARD, SampleGateway
from tests.e2e.conftest import Guard
from tests.e2e.real_server import RealServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_200)]
PERIOD = 5
NOTICE = PERIOD + 55
"""Seconds: a period, and what a round may take on a busy machine."""
AGENTS = ["sample/assistant", "sample/document", "sample/lead", "sample/support"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    running = RealServer(tmp_path_factory.mktemp("cb"), canary=PERIOD)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def gateway(
    server: RealServer,
    make_gateway: Callable[..., SampleGateway],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SampleGateway]:
    guard = Guard(server.socket, server.credential_file)
    gateway = make_gateway(tmp_path_factory.mktemp("gateway"), guard)
    copy = tmp_path_factory.mktemp("plugin") / "plugin"
    shutil.copytree(GUARD, copy)
    gateway.plugins = [copy if each == GUARD else each for each in gateway.plugins]
    gateway.prepare()
    gateway.model.start()
    reach = {"url": f"ws://127.0.0.1:{gateway.port}", "token_file": str(gateway.layout.token)}
    (server.folder / "control.json").write_text(json.dumps(reach))
    server.find({"model.sample.test": urlsplit(gateway.model.url).netloc})
    server.start()
    try:
        yield gateway.start(300)
    finally:
        gateway.stop()


@pytest.fixture(autouse=True)
def sound(gateway: SampleGateway, server: RealServer) -> None:
    governed(server)


def plugin(gateway: SampleGateway) -> Path:
    return next(each for each in gateway.plugins if each.name == "plugin")


def states(server: RealServer) -> dict[str, dict[str, Any]]:
    told = server.call("GET", "/enforcement")
    return {each["agent"]: each for one in told["gateways"] for each in one["agents"]}


def governed(server: RealServer) -> dict[str, dict[str, Any]]:
    """Once every agent is governed."""

    def look() -> dict[str, Any]:
        found = states(server)
        whole = sorted(found) == AGENTS
        return found if whole and {each["state"] for each in found.values()} == {"governed"} else {}

    return server.until(look, 400)


def lost(server: RealServer, begun: float) -> float:
    """Seconds from `begun` until every agent is ungoverned; the alert names each."""

    def look() -> bool:
        return {each["state"] for each in states(server).values()} == {"ungoverned"}

    server.until(look, NOTICE)
    seconds = time.monotonic() - begun
    told = {each["agent"] for each in server.events(tag="enforcement:lost")}
    assert told == set(AGENTS)
    sentence = server.call("GET", "/enforcement")["sentence"]
    assert sentence == "No: 4 of 4 agents are ungoverned."
    return seconds


@contextmanager
def tunnel(server: RealServer) -> Iterator[tuple[int, socket.socket]]:
    """Ask the egress proxy, as the gateway itself, for its model; the status, and the tunnel."""
    parts = urlsplit(server.proxy)
    word = b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as door:
        door.sendall(
            "CONNECT model.sample.test:80 HTTP/1.1\r\nHost: model.sample.test:80\r\n"
            f"Proxy-Authorization: Basic {word}\r\n\r\n".encode()
        )
        said = door.recv(4096)
        match = re.match(rb"HTTP/1\.1 (\d{3})", said)
        assert match, said
        yield int(match[1]), door


def connect(server: RealServer) -> int:
    with tunnel(server) as (status, _):
        return status


def closed(tunnel: socket.socket, seconds: float) -> bool:
    tunnel.settimeout(seconds)
    try:
        return tunnel.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def patch(gateway: SampleGateway, change: dict[str, Any]) -> None:
    """Change the configuration of the running gateway, as an operator of it would."""
    with Link(f"ws://127.0.0.1:{gateway.port}", gateway.token, seconds=30) as link:
        base = link.call("config.get", {})["hash"]
        link.call("config.patch", {"raw": json.dumps(change), "baseHash": base})


def switch(gateway: SampleGateway, enabled: bool) -> None:
    patch(gateway, {"plugins": {"entries": {"clawband": {"enabled": enabled}}}})


def test_every_agent_is_proved_and_nothing_shows_in_the_activity(gateway, server):
    before = {each["id"] for each in server.events()}
    first = states(server)["sample/support"]["proved"]
    server.until(lambda: states(server)["sample/support"]["proved"] > first, 180)
    fresh = [each for each in server.events() if each["id"] not in before]
    assert {each["tag"] for each in fresh} <= {"canary:ok"}
    with Link(f"ws://127.0.0.1:{gateway.port}", gateway.token) as link:
        assert link.call("sessions.list", {})["sessions"] == []
    assert gateway.model.requests == [], "no canary reached a model"
    assert connect(server) == 200


def test_a_disabled_plugin_is_noticed_and_connections_are_cut(gateway, server, record_property):
    with tunnel(server) as (status, open_way):
        assert status == 200
        switch(gateway, False)
        seconds = lost(server, time.monotonic())
        assert closed(open_way, 2), "what was open is cut"
    assert connect(server) == 403
    why = states(server)["sample/support"]["why"]
    assert why == "a call that must be refused went on, and we were not asked"
    record_property("seconds to notice", round(seconds, 1))
    print(f"\ndisabled: noticed in {seconds:.1f} s")
    # Enabled again without a restart, OpenClaw 2026.9.6 asks about calls from outside, and about
    # nothing in its own turns: heartbeats come, the status is green, and the guard is not there.
    switch(gateway, True)
    server.until(lambda: "turn" in states(server)["sample/support"]["why"], 60)
    assert states(server)["sample/support"]["state"] == "ungoverned"
    assert connect(server) == 403
    gateway.restart(300)
    governed(server)
    assert connect(server) == 200
    assert {each["agent"] for each in server.events(tag="enforcement:restored")} == set(AGENTS)


def test_a_broken_plugin_is_noticed(gateway, server):
    source = plugin(gateway) / "index.js"
    whole = source.read_text()
    source.write_text(whole + "\nthis is not JavaScript\n")
    begun = time.monotonic()
    try:
        gateway.restart(300)
        seconds = lost(server, begun)
        print(f"\nbroken: noticed in {seconds:.1f} s, restart included")
        assert connect(server) == 403
    finally:
        source.write_text(whole)
        gateway.restart(300)


def test_a_plugin_without_credential_is_noticed(gateway, server):
    secret = server.credential_file.read_text()
    server.credential_file.write_text("not the credential")
    begun = time.monotonic()
    try:
        gateway.restart(300)
        seconds = lost(server, begun)
        print(f"\nwithout credential: noticed in {seconds:.1f} s, restart included")
        assert "not asked" in states(server)["sample/support"]["why"]
        assert gateway.effects() == [] and connect(server) == 403
    finally:
        server.credential_file.write_text(secret)
        gateway.restart(300)


def test_an_uninstalled_plugin_is_noticed_and_the_ledger_tells_what_ran(gateway, server):
    gateway.halt()
    config = json.loads(gateway.config_path.read_text())
    whole = json.dumps(config)
    plugins = config["plugins"]
    del plugins["entries"]["clawband"]
    plugins["allow"].remove("clawband")
    plugins["load"]["paths"].remove(str(plugin(gateway)))
    gateway.config_path.write_text(json.dumps(config))
    try:
        gateway.launch(300)
        begun = time.monotonic()
        assert "The tool said" in gateway.chat("support", "look up customer 5")
        seconds = lost(server, begun)
        print(f"\nuninstalled: noticed in {seconds:.1f} s after its start")
        assert connect(server) == 403

        def told() -> list[dict[str, Any]]:
            server.call("POST", "/enforcement/reconcile", {})
            return server.events(tag="witness:differ")

        found = server.until(told, 60)
        assert {(each["detail"]["reason"], each["resource"]) for each in found} == {
            ("a turn began, and nobody asked about it", ""),
            ("a call ran, and nobody asked about it", "Tool::crm_read"),
        }
        assert {each["agent"] for each in found} == {"sample/support"}
    finally:
        gateway.halt()
        gateway.config_path.write_text(whole)
        gateway.launch(300)
