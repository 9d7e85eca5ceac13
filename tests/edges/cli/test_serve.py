"""The server on a leash, the first people, and the way back in when nobody can sign in."""

import json
import subprocess
import sys

from examples.sample.gateway import free_port
from tests.edges.cli.terminal import Terminal


def test_the_first_start_makes_people_and_says_so_once(alone: Terminal) -> None:
    port = free_port()
    (alone.folder / "clawband.toml").write_text(f'state = "s"\nport = {port}\n')
    told = [started(alone), started(alone)]
    assert [each["name"] for each in told[0]["operators"]] == ["ada", "olga"]
    assert told[1]["operators"] == []
    assert told[0]["url"] == f"http://127.0.0.1:{port}"
    assert (alone.folder / "s").stat().st_mode & 0o077 == 0


def started(terminal: Terminal) -> dict:
    """What the server tells its starter; it ends when standard input does."""
    with subprocess.Popen(
        [sys.executable, "-m", "clawband", "-C", terminal.folder, "serve", "--leashed"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        busy = terminal("operator", "recover", "ada")
        assert busy.code == 6
        assert "another Clawband is running" in busy.err
        process.communicate(timeout=20)
        assert process.returncode == 0
    return told


def test_recover_lets_somebody_in_again(alone: Terminal) -> None:
    recovered = alone("operator", "recover", "max")
    assert recovered.code == 0, recovered
    name, roles, password = recovered.out.split()
    assert (name, roles) == ("max", "(admin):")
    assert len(password) >= 16
    assert alone("operator", "recover", "Bad Name").code == 2
    assert alone("audit", "verify", "--store").code == 0
