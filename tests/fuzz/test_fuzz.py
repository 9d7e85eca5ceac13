"""The laws hold for what fuzzing starts from, and for what it finds in ten seconds each."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from platform import machine

import pytest

from tests.fuzz.laws import LAWS
from tests.fuzz.seeds import seeds

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 10


@pytest.mark.parametrize("name", LAWS)
def test_the_seeds_keep_the_law(name: str) -> None:
    found = seeds()[name]
    assert found
    for seed in found:
        LAWS[name](seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", LAWS)
def test_nothing_breaks_the_law(name: str, tmp_path: Path) -> None:
    must = os.environ.get("CI") and (sys.platform, machine()) == ("linux", "x86_64")
    if find_spec("atheris") is None and not must:
        pytest.skip("atheris has no release for this machine and this Python")
    command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(SECONDS)]
    done = subprocess.run(
        [*command, "--keep", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    assert "Done " in done.stderr
