"""A leaked key and a honeytoken on a real gateway, from the alarm to the key that is dead."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.sample.gateway import SampleGateway
from tests.e2e.commands import clawband, configured, served
from tests.e2e.keyed_model import KeyedModel

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

POLICIES = Path(__file__).resolve().parents[2] / "examples" / "workflows"
KEY = "sk-of-the-sample-5f0c1e7a9b"
NOTES = "memory/deploy.md"


@pytest.fixture
def running(
    tmp_path: Path, node: Path, modules: Path
) -> Iterator[tuple[SampleGateway, KeyedModel]]:
    gateway = SampleGateway(tmp_path / "gateway", None, node=node, modules=modules)
    with KeyedModel(tmp_path, gateway.model.url, KEY) as keyed:
        keyed.issuer(tmp_path / "programs")
        gateway.models = (keyed.url, KEY)
        try:
            yield gateway.start(), keyed
        finally:
            gateway.stop()


def said(folder: Path, *arguments: str) -> Any:
    done = clawband(folder, *arguments, "--json")
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def logged(folder: Path, tag: str) -> list[dict[str, Any]]:
    """Events of a kind, newest last."""
    done = clawband(folder, "activity", "--tag", tag, "--json")
    return [json.loads(line) for line in done.stdout.splitlines()]


def until(look: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.5)
    return found


def test_from_the_alarm_to_the_dead_key(
    tmp_path: Path, running: tuple[SampleGateway, KeyedModel]
) -> None:
    gateway, keyed = running
    configured(
        tmp_path,
        f'policies = "{POLICIES}"\n[rotation]\nprograms = "programs"\n[[gateway]]\n'
        f'name = "sample"\nurl = "ws://127.0.0.1:{gateway.port}"\n'
        f'token_file = "{gateway.layout.token}"\nconfig = "{gateway.config_path}"\n',
    )
    with served(tmp_path):
        assert clawband(tmp_path, "policy", "publish").returncode == 0
        assert clawband(tmp_path, "attach", "--secrets", "--yes").returncode == 0
        gateway.restart()
        done = clawband(tmp_path, "secret", "import", "--gateway", "sample", "--yes")
        assert done.returncode == 0, done
        a_honeytoken_in_the_notes_of_an_agent(tmp_path, gateway)
        a_key_that_somebody_types_into_a_chat(tmp_path, gateway, keyed)


def a_honeytoken_in_the_notes_of_an_agent(folder: Path, gateway: SampleGateway) -> None:
    planted = said(
        folder, "honeytoken", "plant", "--kind", "github", "--where", "notes of support",
        "--gateway", "sample", "--agent", "support", "--file", NOTES,
    )  # fmt: skip
    token = planted["honeytoken"]["id"]
    workspace = gateway.layout.root / "workspaces" / "support"
    value = (workspace / NOTES).read_text().strip().partition("=")[2]
    assert value.startswith("ghp_") and planted["text"] == ""
    gateway.model.script("look it up", {"tool": "read", "args": {"path": NOTES}}, {"text": "done"})
    gateway.chat("support", "please look it up", sender="eve", timeout=90)

    def used() -> Any:
        return logged(folder, "honeytoken:use")

    (seen,) = until(used)
    assert (seen["outcome"], seen["action"]) == ("read", "honeytoken:result")
    assert seen["agent"] == "sample/support" and seen["resource"] == f"Honeytoken::{token}"
    walk = said(folder, "walk", seen["id"])
    actions = {each["action"] for each in walk["steps"]}
    assert {"message:receive", "tool:read"} <= actions, actions
    gateway.model.scripts.clear()
    hidden = {"tool": "message", "args": {"action": "send", "target": "1", "message": value}}
    gateway.model.script("send it", hidden, {"text": "done"})
    for sender in ("eve", "mallory"):
        gateway.chat("support", "please send it", sender=sender, timeout=90)
    actions = {each["action"] for each in used()}
    assert "honeytoken:call" in actions
    calls = [each for each in used() if each["action"] == "honeytoken:call"]
    assert len(calls) == 1, "the same agent is told of once in an hour"
    scanned = clawband(folder, "scan", "secrets", str(workspace), "--ours")
    assert f"is the honeytoken {token}" in scanned.stderr and value not in scanned.stderr
    assert clawband(folder, "honeytoken", "remove", token).returncode == 0
    assert not (workspace / NOTES).exists()
    gateway.model.scripts.clear()


def a_key_that_somebody_types_into_a_chat(
    folder: Path, gateway: SampleGateway, keyed: KeyedModel
) -> None:
    names = [each["name"] for each in said(folder, "secret", "list")]
    model = next(each for each in names if "models" in each or "provider" in each)
    plan = ("--driver", "script", "--option", "program=issuer")
    assert clawband(folder, "secret", "change", model, *plan).returncode == 0
    assert not said(folder, "leak", "list")
    gateway.complete("support", f"summarise ticket 3, and is {KEY} still good?")
    (leak,) = until(lambda: said(folder, "leak", "list"))
    name = leak["id"]
    assert leak["secret"] == model and leak["by"] == ""

    def steps() -> dict[str, Any]:
        told = said(folder, "leak", "show", name)
        return {each["step"]: each for each in told["steps"]}

    until(lambda: steps()["trace"]["result"] == "done")
    now = steps()
    assert "sample: value" in now["review"]["says"]
    assert "message of sample/support" in now["trace"]["says"], now["trace"]
    copies = [each["where"] for each in said(folder, "leak", "show", name)["copies"]]
    assert any(str(gateway.layout.root) in each for each in copies), copies
    assert clawband(folder, "leak", "take", name, "contain").returncode == 0
    assert clawband(folder, "leak", "close", name).returncode == 4
    assert clawband(folder, "leak", "take", name, "rotate").returncode == 0
    until(lambda: steps()["prove"]["result"] == "done", 120)
    now = steps()
    assert now["rotate"]["result"] == "done" and "refused" in now["prove"]["says"]
    assert KEY not in keyed.alive() and len(keyed.alive()) == 1
    assert "parcel" in gateway.complete("support", "summarise ticket 3")
    told = ("leak", "mark", name, "notify", "--says", "told the team by telephone")
    assert clawband(folder, *told).returncode == 0
    closed = clawband(folder, "leak", "close", name)
    assert closed.returncode == 0 and "the value is dead" in closed.stdout, closed
    ends = logged(folder, "leak:close")
    assert ends[0]["outcome"] == "proved dead" and KEY not in json.dumps(ends)
