"""A contained shell in the place of a gateway, by the command that people type."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from examples.sample.gateway import free_port
from tests.conftest import IN_CI
from tests.simulators.launch_server import LaunchServer

GATEWAY, COMMANDS = 64_120, 64_121


class Launching(LaunchServer):
    """Gives each command a folder in the place's own `/tmp`."""

    def order(self) -> bytes:
        there = quote(str(self.temporaries), safe="").encode()
        return super().order().replace(there, b"%2Ftmp")


def needs() -> str:
    """Why nothing can be contained here; empty when it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux makes network namespaces"
    missing = [each for each in ("ip", "nft", "nsenter") if not shutil.which(each)]
    return f"there is no {' and no '.join(missing)} here" if missing else ""


class Contained:
    """One folder with a configuration, a state folder and a workspace, owned by the gateway."""

    def __init__(self, folder: Path, launches: LaunchServer) -> None:
        self.folder, self.launches, self.port = folder, launches, launches.port
        self.state, self.workspace = folder / "state", folder / "workspace"
        self.config = self.state / "openclaw.json"
        self.inbound = free_port()
        for each in (self.state, self.workspace):
            each.mkdir(exist_ok=True)
            os.chown(each, GATEWAY, GATEWAY)
            each.chmod(0o700)
        (folder / "clawband.toml").write_text('state = "clawband"\n')
        self._write(self.config, json.dumps(self._configuration()))
        self._write(self.state / "token", "the-token")

    def _configuration(self) -> dict[str, object]:
        return {
            "gateway": {"port": self.inbound},
            "proxy": {"proxyUrl": f"http://gateway:x@127.0.0.1:{self.port}"},
            "agents": {"defaults": {"workspace": str(self.workspace)}},
        }

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        os.chown(path, GATEWAY, GATEWAY)
        path.chmod(0o600)

    @property
    def launch(self) -> str:
        """What the gateway starts in place of a command, as words of a shell."""
        return shlex.join(self.launches.argv())

    def words(self, *more: str) -> list[str]:
        return [
            sys.executable, "-m", "clawband", "-C", str(self.folder), "contain", *more,
            "--config", str(self.config), "--user", str(GATEWAY), "--command-user", str(COMMANDS),
        ]  # fmt: skip

    def start(self, script: str, **given: str) -> subprocess.Popen[str]:
        """The shell instead of the gateway; what tried to leave is on standard error."""
        return subprocess.Popen(
            [*self.words("run"), "--", "/bin/sh", "-c", script],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            env={**os.environ, **given},
        )  # fmt: skip

    def run(self, script: str, **given: str) -> subprocess.CompletedProcess[str]:
        with self.start(script, **given) as process:
            out, error = process.communicate(timeout=60)
        return subprocess.CompletedProcess(script, process.returncode, out, error)

    def command(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run as a command of the gateway: by the launcher, as the other user."""
        self.launches.command = script
        return self.run(f"cd {self.workspace}; {self.launch}")

    def check(self, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.words("check"), *more], capture_output=True, text=True, check=False
        )


@pytest.fixture
def contained(tmp_path: Path) -> Iterator[Contained]:
    if reason := needs():
        (pytest.fail if IN_CI else pytest.skip)(reason)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    with Launching(workspace) as launches:
        yield Contained(tmp_path, launches)
