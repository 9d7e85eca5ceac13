"""`clawband attach` and `detach` on a real gateway: through it while it runs, and by its file."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sample.gateway import SampleGateway
from tests.e2e.commands import clawband, configured, served

ASK = "summarise ticket 3"
ALIVE = "gateway   shop (dev) alive"


@pytest.fixture
def unguarded(tmp_path: Path, node: Path, modules: Path) -> Iterator[SampleGateway]:
    gateway = SampleGateway(tmp_path / "gateway", None, node=node, modules=modules)
    try:
        yield gateway.start()
    finally:
        gateway.stop()


def test_attach_through_the_running_gateway(tmp_path: Path, unguarded: SampleGateway) -> None:
    token = unguarded.layout.token
    named = (
        f'[[gateway]]\nname = "shop"\nurl = "ws://127.0.0.1:{unguarded.port}"\n'
        f'token_file = "{token}"\n'
    )
    configured(tmp_path, named)
    assert "parcel" in unguarded.complete("support", ASK)
    with served(tmp_path):
        tried = clawband(tmp_path, "attach", "--dry-run")
        assert '+      "clawband": {' in tried.stdout, tried
        assert "clawband" not in unguarded.config_path.read_text()

        done = clawband(tmp_path, "attach", "--yes")
        assert "restart it now" in done.stdout, done
        assert ALIVE in clawband(tmp_path, "status").stdout
        unguarded.restart()
        # No policy is published: nothing is permitted, so it shows at once.
        assert "parcel" not in unguarded.complete("support", ASK)
        assert "message:receive" in clawband(tmp_path, "activity").stdout
        again = clawband(tmp_path, "attach", "--yes")
        assert "attached already" in again.stdout, again

        gone = clawband(tmp_path, "detach", "--yes")
        assert gone.returncode == 0, gone
        config = json.loads(unguarded.config_path.read_text())
        assert "clawband" not in config["plugins"]["entries"]
        assert "clawband" not in config["plugins"]["allow"]
        assert "parcel" in unguarded.complete("support", ASK)


def test_attach_by_the_file(tmp_path: Path, unguarded: SampleGateway) -> None:
    configured(tmp_path)
    unguarded.halt()
    path = unguarded.config_path
    before = path.read_text()
    with served(tmp_path):
        refused = clawband(tmp_path, "attach", "--name", "shop", "--config", str(path), given="n\n")
        assert path.read_text() == before, refused
        written = clawband(tmp_path, "attach", "--name", "shop", "--config", str(path), "--yes")
        assert "start the gateway" in written.stdout, written
        assert path.with_name("openclaw.json.before-clawband").read_text() == before

        unguarded.launch()
        assert json.loads(path.read_text())["plugins"]["entries"]["clawband"]["enabled"]
        assert "parcel" not in unguarded.complete("support", ASK)
        assert ALIVE in clawband(tmp_path, "status").stdout

        unguarded.halt()
        clawband(tmp_path, "detach", "--name", "shop", "--config", str(path), "--yes")
        after = json.loads(path.read_text())
        assert after["plugins"] == json.loads(before)["plugins"]
