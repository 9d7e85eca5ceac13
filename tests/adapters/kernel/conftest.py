"""A contained shell in the place of a gateway, by the command that people type."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examples.sample.gateway import free_port
from tests.conftest import IN_CI

GATEWAY, COMMANDS = 64_120, 64_121
ROOT = Path(__file__).resolve().parents[3]
HAND_OVER = """\
import sys
sys.path.append({path!r})
from clawband.launcher import children, handover
children.end_as(handover.hand_over(handover.door(), [each.encode() for each in sys.argv[1:]]))
"""


def needs() -> str:
    """Why nothing can be contained here; empty when it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux makes network namespaces"
    missing = [each for each in ("ip", "nft", "nsenter") if not shutil.which(each)]
    return f"there is no {' and no '.join(missing)} here" if missing else ""


class Contained:
    """One folder with a configuration, a state folder and a workspace, owned by the gateway."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.state, self.workspace = folder / "state", folder / "workspace"
        self.config = self.state / "openclaw.json"
        self.inbound = free_port()
        for each in (self.state, self.workspace):
            each.mkdir()
            os.chown(each, GATEWAY, GATEWAY)
            each.chmod(0o700)
        (folder / "clawband.toml").write_text('state = "clawband"\n')
        (folder / "hand_over.py").write_text(HAND_OVER.format(path=str(ROOT / "src")))
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
    def hand_over(self) -> str:
        """What a launcher does, as words of a shell."""
        return f"{sys.executable} -I -S {self.folder / 'hand_over.py'}"

    def words(self, *more: str) -> list[str]:
        return [
            sys.executable, "-m", "clawband", "-C", str(self.folder), "contain", *more,
            "--config", str(self.config), "--user", str(GATEWAY), "--command-user", str(COMMANDS),
        ]  # fmt: skip

    def start(self, script: str, **given: str) -> subprocess.Popen[str]:
        """The shell instead of the gateway; what tried to leave is on standard error."""
        seen = ["--read", str(ROOT / "src"), "--read", str(self.folder / "hand_over.py")]
        return subprocess.Popen(
            [*self.words("run"), *seen, "--", "/bin/sh", "-c", script],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            env={**os.environ, **given},
        )  # fmt: skip

    def run(self, script: str, **given: str) -> subprocess.CompletedProcess[str]:
        with self.start(script, **given) as process:
            out, error = process.communicate(timeout=60)
        return subprocess.CompletedProcess(script, process.returncode, out, error)

    def command(self, script: str) -> subprocess.CompletedProcess[str]:
        """The same as a command of the gateway, by the other user."""
        return self.run(f"cd {self.workspace}; {self.hand_over} /bin/sh -c '{script}'")

    def check(self, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.words("check"), *more], capture_output=True, text=True, check=False
        )


@pytest.fixture
def contained(tmp_path: Path) -> Contained:
    if reason := needs():
        (pytest.fail if IN_CI else pytest.skip)(reason)
    # The folders above belong to the test runner alone; the gateway sees its own ones all the same.
    return Contained(tmp_path)
