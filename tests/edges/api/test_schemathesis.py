"""Schemathesis walks the API, behind a real HTTP server, as its description says."""

import subprocess
import sys
from pathlib import Path

import pytest

from clawband.client import Client
from tests.simulators.doors import served_house

CONFIG = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = "2"
"""Of each operation, beside its edges: some 2,500 requests."""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_api_does_what_it_says(tmp_path):
    with served_house(tmp_path / "house") as served:
        done = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG),
                "run", f"{served.url}/api/v1/openapi.json",
                "--header", f"Authorization: Bearer {served.inside.tokens['admin']}",
                "--generation-deterministic", "--max-examples", EXAMPLES, "--no-color",
            ],
            cwd=tmp_path, capture_output=True, text=True,
        )  # fmt: skip
        assert Client(served.url, served.inside.tokens["admin"]).gateways(), "it still stands"
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
