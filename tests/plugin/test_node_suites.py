"""Runs the plugin's own tests (`node --test`), one of ours per file of theirs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SUITES = sorted(
    path
    for folder in ("plugin", "tests/plugin")
    for pattern in ("*.test.js", "*.test.mjs")
    for path in (ROOT / folder).rglob(pattern)
    if "node_modules" not in path.parts
)
TIMEOUT_SECONDS = 100


def node() -> str:
    """Node from the locked wheel beside this Python, else from PATH."""
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")
    found = shutil.which("node", path=path)
    assert found, "no node: run make setup"
    return found


def test_the_plugin_has_tests() -> None:
    assert SUITES


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_node_suite(path: Path) -> None:
    done = subprocess.run(
        [node(), "--test", "--test-reporter=spec", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
