"""`clawband secret import` through a gateway that takes the change, or does not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clawband.openclaw.credentials import HIDDEN
from tests.edges.cli.terminal import Terminal, server
from tests.simulators.gateway_socket import Frame, gateway_socket, refuses

CONFIG = {
    "gateway": {"auth": {"token": "gateway-token-1"}},
    "models": {"providers": {"lab": {"apiKey": "sk-lab-hunter2"}}},
    "mcp": {"servers": {"crm": {"env": {"CRM_TOKEN": "t"}}}},
}
LAB = "sample/models.providers.lab.apikey"
PROVIDER = {"source": "exec", "command": "/p"}


class Gateway:
    """Its file, and what it answers; `takes` and `warnings` are what may go wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.again()

    def again(self) -> None:
        self.takes, self.warnings, self.refuses = True, 0, ""
        self.set({**CONFIG, "secrets": {"providers": {"clawband": PROVIDER}}})

    def set(self, config: dict[str, Any]) -> None:
        self.path.write_text(json.dumps(config))

    @property
    def config(self) -> Any:
        return json.loads(self.path.read_text())

    def __call__(self, frame: Frame) -> Any:
        if frame["method"] == self.refuses:
            return refuses("UNAVAILABLE", "no")(frame)
        if frame["method"] == "config.patch" and self.takes:
            self.set(merged(self.config, json.loads(frame["params"]["raw"])))
        payload: Any = {}
        if frame["method"] == "config.get":
            payload = {"path": str(self.path), "hash": "h", "parsed": hidden(self.config)}
        if frame["method"] == "secrets.reload":
            payload = {"warningCount": self.warnings}
        return [{"type": "res", "id": frame["id"], "ok": True, "payload": payload}]


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396 §2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        result.pop(key, None)
        if value is not None:
            result[key] = merged(target.get(key) if isinstance(target, dict) else None, value)
    return result


def hidden(config: Any) -> Any:
    """As `config.get` shows it: no value of a credential."""
    if isinstance(config, dict):
        secret = ("token", "apiKey", "CRM_TOKEN")
        return {
            key: HIDDEN if key in secret and isinstance(value, str) else hidden(value)
            for key, value in config.items()
        }
    return config


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Terminal, Gateway]]:
    folder = tmp_path_factory.mktemp("import")
    folder.joinpath("token").touch(0o600)
    folder.joinpath("token").write_text("t")
    gateway = Gateway(folder / "openclaw.json")
    with gateway_socket(gateway) as (url, _):
        more = f'[[gateway]]\nname = "sample"\nurl = "{url}"\ntoken_file = "token"\n'
        more += '[[gateway]]\nname = "far"\n'
        with server(folder, more) as terminal:
            yield terminal, gateway


@pytest.fixture
def gateway(told: tuple[Terminal, Gateway]) -> Gateway:
    told[1].again()
    return told[1]


@pytest.fixture
def run(told: tuple[Terminal, Gateway]) -> Any:
    def one(*more: str, name: str = "sample") -> Any:
        return told[0]("secret", "import", "--gateway", name, *more)

    return one


def test_it_is_shown_first_and_nothing_is_changed(run: Any, gateway: Gateway) -> None:
    before = gateway.path.read_text()
    shown = run()
    assert "becomes secret:sample/models.providers.lab.apikey" in shown.out
    assert "stays: OpenClaw takes no reference here" in shown.out
    assert shown.err == "nothing was changed; add --yes to do it\n"
    assert gateway.path.read_text() == before and "hunter2" not in shown.out
    assert run("--json").json == {
        "moves": [
            {"place": "gateway.auth.token", "secret": "sample/gateway.auth.token"},
            {"place": "models.providers.lab.apiKey", "secret": LAB},
        ],
        "stays": [
            {"place": "mcp.servers.crm.env.CRM_TOKEN", "why": "OpenClaw takes no reference here"}
        ],
        "done": False,
        "copies": [],
    }  # fmt: skip


def test_values_become_references_and_copies_of_them_are_named(
    run: Any, gateway: Gateway, told: tuple[Terminal, Gateway]
) -> None:
    backup = gateway.path.with_name("openclaw.json.bak")
    backup.write_text(gateway.path.read_text())
    done = run("--yes")
    assert done.code == 0, done
    assert "2 credentials of sample are references now" in done.out
    assert str(backup) in done.err and "rotate them" in done.err
    backup.unlink()
    assert "hunter2" not in gateway.path.read_text() + done.out + done.err
    assert gateway.config["models"]["providers"]["lab"]["apiKey"] == {
        "source": "exec", "provider": "clawband", "id": "sample/models.providers.lab.apikey",
    }  # fmt: skip
    assert gateway.config["mcp"] == CONFIG["mcp"]
    kept = told[0]("secret", "show", LAB, "--json").json
    assert (kept["kind"], kept["gateways"], kept["environment"]) == ("api key", ["sample"], "dev")
    assert len(kept["versions"]) == 1
    assert run("--yes", "--json").json["moves"] == []


def test_what_a_gateway_does_not_take_is_said_and_can_be_done_again(
    run: Any, gateway: Gateway
) -> None:
    gateway.takes = False
    assert "did not take every reference" in run("--yes").err
    gateway.takes, gateway.warnings = True, 1
    assert "goes on with the old values" in run("--yes").err
    gateway.set({**CONFIG, "secrets": {"providers": {"clawband": PROVIDER}}})
    gateway.warnings, gateway.refuses = 0, "secrets.reload"
    assert "cannot resolve them" in run("--yes").err
    gateway.refuses = "config.patch"
    gateway.set({**CONFIG, "secrets": {"providers": {"clawband": PROVIDER}}})
    refused = run("--yes")
    assert refused.code == 6 and "hunter2" in gateway.path.read_text()
    gateway.refuses = ""
    assert run("--yes").code == 0 and "hunter2" not in gateway.path.read_text()


def test_what_it_needs_first_is_said(run: Any, gateway: Gateway) -> None:
    gateway.set(CONFIG)
    early = run("--yes")
    assert early.code == 4 and "`clawband attach --secrets`" in early.err
    assert "hunter2" in gateway.path.read_text()
    assert "how `far` is reached" in run(name="far").err
    assert run(name="nowhere").code == 2
