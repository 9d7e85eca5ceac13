"""A launcher that finds a door: the spawner runs it, and nothing else, for the right user."""

import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.simulators.launch_server import ROOT

SPAWNER = ROOT / "src" / "clawband" / "launcher" / "spawner.py"
HAND = """
import sys
sys.path.append({source!r})
from clawband.launcher import children, handover
children.end_as(handover.hand_over({door!r}, {port!r}))
"""


@contextmanager
def spawner(path, uid):
    path.unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, "-I", "-S", SPAWNER, str(uid), path])
    end = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def words(folder, port):
    text = HAND.format(source=str(ROOT / "src"), door=str(folder / "d").encode(), port=port)
    return [sys.executable, "-S", "-c", text]


@pytest.fixture
def handed(server, tmp_path):
    """Runs a command through the door; `port` instead of the server's, `more` than our uid."""

    def run(command, port="", more=0, **environment):
        server.command = command
        given = {**os.environ, "CLAWBAND_TICKET": "ticket", **environment}
        with spawner(tmp_path / "d", os.getuid() + more):
            return subprocess.run(
                words(tmp_path, port or str(server.port)), cwd=server.folder, env=given,
                input="typed\n", capture_output=True, text=True, timeout=60,
            )  # fmt: skip

    return run


def test_streams_folder_and_end_are_the_commands(handed, server):
    done = handed("read line; echo got $line; pwd; echo bad >&2; exit 7")
    assert done.stdout.split() == ["got", "typed", str(server.folder)]
    assert (done.stderr, done.returncode) == ("bad\n", 7)
    assert handed("kill -9 $$").returncode == -9
    assert [dict(each)["ticket"] for each in server.redeemed] == ["ticket", "ticket"]


def test_only_what_the_launcher_reads_goes_along(handed):
    more = {"LD_PRELOAD": "/no/where.so", "PYTHONPATH": "/no/where", "A_KEY": "k", "TZ": "UTC"}
    done = handed("env", **more)
    assert "TZ=UTC" in done.stdout.splitlines()
    assert not [each for each in ("/no/where", "A_KEY", "TICKET") if each in done.stdout]


@pytest.mark.parametrize("port", ["/bin/sh", "-c", "1\x00id", "\x00", ""], ids=ascii)
def test_nothing_but_the_launcher_is_started(handed, server, port):
    done = handed("echo ran", port or " ")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the spawner of commands went away" in done.stderr
    assert server.redeemed == []


def test_another_user_is_not_heard(handed, server):
    done = handed("echo ran", more=1)
    assert done.stdout == "" and done.returncode == 1
    assert server.redeemed == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_command_ends_with_who_handed_it_over(server, tmp_path, number):
    server.command = "echo up; exec sleep 4711"
    given = {**os.environ, "CLAWBAND_TICKET": "ticket"}
    with spawner(tmp_path / "d", os.getuid()):
        with subprocess.Popen(
            words(tmp_path, str(server.port)), cwd=server.folder, env=given, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout.readline() == b"up\n"
            process.send_signal(number)
            assert process.wait(20) == -number
            end = time.monotonic() + 10
            while not server.ends and number == signal.SIGTERM:
                assert time.monotonic() < end
                time.sleep(0.05)
        pattern = shlex.join(["sleep", "4711"])
        end = time.monotonic() + 10
        while subprocess.run(["pgrep", "-f", f"^{pattern}$"], capture_output=True).stdout:
            assert time.monotonic() < end, "it goes on"
            time.sleep(0.05)
