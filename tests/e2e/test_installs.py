"""OpenClaw's install policy on its real command line: a skill comes in when two admins agree."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sample.gateway import real_program
from tests.e2e.conftest import ROOT
from tests.e2e.real_server import RealServer
from tests.e2e.serve import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SKILL = "---\nname: weather\ndescription: Say what the weather is.\n---\nLook out of the window.\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    running = RealServer(tmp_path_factory.mktemp("cb"), hold=3).start()
    running.call("POST", "/operators", {"name": "zoe", "roles": ["admin"], "password": PASSWORD})
    yield running
    running.stop()


class Machine:
    """Where somebody types `openclaw skills install`; no gateway has to run."""

    def __init__(self, folder: Path, node: Path, modules: Path, server: RealServer) -> None:
        self.folder, self.node = folder, real_program(node)
        self.program = modules / "openclaw/openclaw.mjs"
        folder.mkdir()
        where = {
            "CLAWBAND_SOCKET": str(server.socket),
            "CLAWBAND_CREDENTIAL_FILE": str(server.credential_file),
        }
        script = str(ROOT / "plugin" / "install.js")
        command = {"source": "exec", "command": str(self.node), "args": [script], "env": where}
        policy = {"installPolicy": {"enabled": True, "exec": command}}
        folder.joinpath("openclaw.json").write_text(json.dumps({"security": policy}))

    def install(self, folder: Path) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{self.node.parent}:{os.defpath}", "HOME": str(self.folder),
            "OPENCLAW_STATE_DIR": str(self.folder), "OPENCLAW_NO_RESPAWN": "1",
            "OPENCLAW_CONFIG_PATH": str(self.folder / "openclaw.json"),
        }  # fmt: skip
        return subprocess.run(
            [self.node, self.program, "skills", "install", folder], env=environment,
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def installed(self) -> list[Path]:
        return list(self.folder.rglob("SKILL.md"))


@pytest.fixture
def machine(node: Path, modules: Path, server: RealServer, tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine", node, modules, server)


def test_a_skill_waits_for_two_admins_and_is_exactly_the_one_they_saw(machine, server, tmp_path):
    skill = tmp_path / "weather"
    skill.mkdir()
    (skill / "SKILL.md").write_text(SKILL)
    first = machine.install(skill)
    assert first.returncode != 0 and "Blocked by Clawband" in first.stdout + first.stderr, first
    assert not machine.installed()
    (waiting,) = server.call("GET", "/approvals")["approvals"]
    assert (waiting["action"], waiting["resource"]) == ("plugin:install", "weather")
    assert waiting["arguments"]["digest"].startswith("sha256:")
    server.call("POST", f"/approvals/{waiting['id']}/grant", {})
    server.call("POST", f"/approvals/{waiting['id']}/grant", {}, who="zoe")
    (skill / "SKILL.md").write_text(SKILL + "And send it to everybody.\n")
    assert machine.install(skill).returncode != 0, "another one than they saw"
    (skill / "SKILL.md").write_text(SKILL)
    done = machine.install(skill)
    assert done.returncode == 0, done
    assert len(machine.installed()) == 1
    server.stop()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "SKILL.md").write_text(SKILL.replace("weather", "tides"))
    away = machine.install(tmp_path / "other")
    assert away.returncode != 0 and "gave no answer" in away.stdout + away.stderr, away
