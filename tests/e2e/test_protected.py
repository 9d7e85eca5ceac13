"""OpenClaw's own file tools on a real gateway: what is the gateway's stays out of reach."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.sample.gateway import SampleGateway
from tests.attacks.path_forms import FILES
from tests.e2e.conftest import Guard
from tests.e2e.real_server import RealServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    running = RealServer(tmp_path_factory.mktemp("cb"))
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
    gateway.prepare()
    reach = {
        "url": f"ws://127.0.0.1:{gateway.port}",
        "token_file": str(gateway.layout.token),
        "config": str(gateway.config_path),
    }
    (server.folder / "control.json").write_text(json.dumps(reach))
    server.start()
    server.call("POST", "/policy", {"files": {"files.toml": FILES}})
    try:
        gateway.start()
        plant(gateway)  # the gateway writes its configuration anew when it starts
        yield gateway
    finally:
        gateway.stop()


def workspace(gateway: SampleGateway) -> Path:
    return gateway.layout.root / "workspaces" / "support"


def plant(gateway: SampleGateway) -> None:
    """What an earlier session might have left in the workspace."""
    home = workspace(gateway)
    (home / "notes.md").write_text("the meeting is on Monday\n")
    (home / "linked.md").symlink_to(gateway.config_path)
    (home / "folder").symlink_to(gateway.layout.state)
    (home / "nowhere.json").symlink_to(gateway.layout.state / "hooks.json")
    os.link(gateway.config_path, home / "twin.md")
    os.link(gateway.layout.token, home / "twin.token")


def call(tool: str, **args: Any) -> dict[str, Any]:
    return {"tool": tool, "args": args}


def turn(gateway: SampleGateway, *steps: dict[str, Any]) -> list[str]:
    """Let the model do this; what it was told as results."""
    words = f"turn {len(gateway.model.requests)}"
    gateway.model.script(words, *steps, {"text": "done"})
    assert gateway.complete("support", words) == "done"
    last = gateway.model.requests[-1]["messages"]  # over HTTP each turn is a session of its own
    told = [str(each["content"]) for each in last if each["role"] == "tool"]
    assert len(told) == len(steps)
    return told


def patch(path: str) -> str:
    return f"*** Begin Patch\n*** Update File: {path}\n@@\n-{{\n+[\n*** End Patch"


READS = {
    "absolute": "{config}",
    "dots": "../../state/openclaw.json",
    "dots through a folder that is a link": "folder/agents/../openclaw.json",
    "a link": "linked.md",
    "a link in the middle": "folder/openclaw.json",
    "a hard link": "twin.md",
    "a hard link to the token": "twin.token",
    "a URL": "file://{config}",
    "a URL, encoded": "file://{state}/%6fpenclaw.json",
    "a sign before": "@{config}",
    "the file system again": "/proc/self/root{config}",
    "an environment": "/proc/self/environ",
    "home and dots": "~/../state/openclaw.json",
    "the token": "{root}/gateway.token",
    "a database": "{state}/state/openclaw.sqlite",
    "the guard's key": "{guard}/keys/log.key",
    "the plugin's credential": "{credential}",
}


def place(text: str, gateway: SampleGateway, server: RealServer) -> str:
    layout = gateway.layout
    return text.format(
        config=layout.config, state=layout.state, root=layout.root,
        guard=server.state, credential=server.credential_file,
    )  # fmt: skip


def test_no_way_to_read_it_and_the_token_is_nowhere(gateway, server):
    calls = [call("read", path=place(text, gateway, server)) for text in READS.values()]
    told = dict(zip(READS, turn(gateway, *calls), strict=True))
    refused = {name for name, text in told.items() if "Blocked by Clawband" in text}
    assert refused == set(READS)
    seen = json.dumps(gateway.model.requests)
    assert gateway.token not in seen
    assert server.credential_file.read_text().strip() not in seen
    decided = server.decisions("tool:read", "openai")
    assert len([each for each in decided if each["detail"].get("protected")]) == len(READS)


def test_no_way_to_change_it(gateway, server):
    config = gateway.config_path
    before = config.read_bytes()
    calls = [
        call("write", path=str(config), content="{}"),
        call("write", path="linked.md", content="{}"),
        call("write", path="twin.md", content="{}"),
        call("write", path="nowhere.json", content="{}"),
        call("write", path="folder/extensions/x/index.js", content="evil()"),
        call("edit", path="linked.md", edits=[{"oldText": "{", "newText": "["}]),
        call("apply_patch", input=patch("../../state/openclaw.json")),
        call("apply_patch", input=patch("folder/openclaw.json")),
        call("write", path=place("{guard}/policies/mine.toml", gateway, server), content="x"),
    ]
    told = turn(gateway, *calls)
    assert [text for text in told if "Blocked by Clawband" not in text] == []
    assert config.read_bytes() == before
    assert not (gateway.layout.state / "hooks.json").exists()
    assert not (gateway.layout.state / "extensions/x").exists()


def test_a_message_carries_nothing_of_it(gateway, server):
    config = str(gateway.config_path)
    steps = [call("message", action="send", to="telegram:4242", message="see", media=each)
             for each in (config, "linked.md", f"file://{config}")]  # fmt: skip
    told = turn(gateway, *steps)
    assert [text for text in told if "Blocked by Clawband" not in text] == []
    gateway.model.script("attach it", {"text": f"here you are\nMEDIA:{config}"})
    gateway.chat("support", "attach it", timeout=8)
    assert gateway.token not in json.dumps(gateway.chat_network.after(0, 0))


def test_its_own_files_still_work(gateway, server):
    home = workspace(gateway)
    told = turn(
        gateway,
        call("read", path="notes.md"),
        call("read", path=f"{home}/notes.md"),
        call("write", path="list.md", content="one\n"),
        call("edit", path="list.md", edits=[{"oldText": "one", "newText": "two"}]),
    )
    assert "Monday" in told[0]
    assert "Monday" in told[1]
    assert (home / "list.md").read_text() == "two\n"
