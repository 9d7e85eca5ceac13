"""Secrets and a real gateway: from values in its configuration to references that we resolve."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clawband.adapters.gateways.openclaw import Link
from clawband.model.errors import UnavailableError
from examples.sample.gateway import SampleGateway
from tests.e2e.commands import clawband, configured, served

POLICIES = Path(__file__).resolve().parents[2] / "examples" / "workflows"
ASK = "summarise ticket 3"
KEY = "sk-of-the-sample-5f0c1e7a9b"


@pytest.fixture
def running(tmp_path: Path, node: Path, modules: Path) -> Iterator[SampleGateway]:
    gateway = SampleGateway(tmp_path / "gateway", None, node=node, modules=modules)
    gateway.models = (gateway.model.url, KEY)
    try:
        yield gateway.start()
    finally:
        gateway.stop()


def audit(gateway: SampleGateway) -> dict[str, Any]:
    """What OpenClaw itself finds."""
    done = subprocess.run(
        [gateway.node, gateway.modules / "openclaw/openclaw.mjs", "secrets", "audit", "--json",
         "--allow-exec"],
        env={**os.environ, **gateway._environment()}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def attached(folder: Path, gateway: SampleGateway) -> None:
    """Under guard, with our provider in its configuration."""
    assert clawband(folder, "policy", "publish").returncode == 0
    early = clawband(folder, "secret", "import", "--gateway", "sample", "--yes")
    assert "attach --secrets" in early.stderr, early
    done = clawband(folder, "attach", "--secrets", "--yes")
    assert done.returncode == 0, done
    gateway.restart()


def test_from_values_to_references_and_without_us_there_is_none(
    tmp_path: Path, running: SampleGateway
) -> None:
    url = f"ws://127.0.0.1:{running.port}"
    configured(
        tmp_path,
        f'policies = "{POLICIES}"\n[[gateway]]\nname = "sample"\nurl = "{url}"\n'
        f'token_file = "{running.layout.token}"\n',
    )
    with served(tmp_path):
        attached(tmp_path, running)
        before = running.config_path.read_text()
        shown = clawband(tmp_path, "secret", "import", "--gateway", "sample")
        assert "models.providers.sample.apiKey" in shown.stdout, shown
        assert "nothing was changed" in shown.stderr
        assert running.config_path.read_text() == before and KEY in before
        done = clawband(tmp_path, "secret", "import", "--gateway", "sample", "--yes")
        assert done.returncode == 0, done
        assert KEY not in shown.stdout + done.stdout + done.stderr
        after = running.config_path.read_text()
        for value in (KEY, running.token, "100001:"):
            assert value in before and value not in after
        assert audit(running)["summary"]["plaintextCount"] == 0
        again = clawband(tmp_path, "secret", "import", "--gateway", "sample", "--yes")
        assert "no credential stands in it" in again.stdout, again

        running.restart()
        assert "parcel" in running.complete("support", ASK)
        lent = clawband(tmp_path, "activity", "--json")
        assert "secret:lend" in lent.stdout and KEY not in lent.stdout
        with Link(url, running.token, seconds=20) as link:
            assert link.call("secrets.reload", {})["warningCount"] == 0

    with (
        Link(url, running.token, seconds=20) as link,
        pytest.raises(UnavailableError, match="secrets.reload"),
    ):
        link.call("secrets.reload", {})
    with pytest.raises(RuntimeError, match="required secrets are unavailable"):
        running.restart(60)
