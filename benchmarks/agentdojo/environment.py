"""An environment of its own for the judge: made from a hashed lock, without model clients.

AgentDojo requires the clients of six model vendors. The lock `requirements/agentdojo.txt` leaves
them out, so pip is told to install exactly what is listed (`--no-deps`). Standard library only.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "agentdojo.txt"
VENV = ROOT / ".venv-agentdojo"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".clawband-agentdojo"


def enter() -> None:
    """Go on inside `.venv-agentdojo`; does not return when this is another Python."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return
    make()
    paths = [str(ROOT / "src"), str(ROOT)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    program = [str(PYTHON), "-m", "benchmarks.agentdojo", *sys.argv[1:]]
    os.execve(PYTHON, program, environment)


def make() -> None:
    """Make or renew the environment; nothing to do when the lock is the one installed."""
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == _stamp():
        return
    print("set-up: making .venv-agentdojo from requirements/agentdojo.txt", file=sys.stderr)
    _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    options = ["--disable-pip-version-check", "--require-hashes", "--no-deps", "-qq"]
    _run([str(PYTHON), "-m", "pip", "install", *options, "-r", str(LOCK)])
    STAMP.write_text(_stamp(), encoding="utf-8")


def _stamp() -> str:
    return hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()


def _run(command: list[str]) -> None:
    if code := subprocess.call(command):
        raise SystemExit(f"set-up: error: `{' '.join(command[:4])} …` failed with {code}")
