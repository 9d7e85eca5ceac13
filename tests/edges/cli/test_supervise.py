"""Children on a leash: they tell, they end, and why they did not start is said."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clawband.edges.cli.supervise import Child, Children
from clawband.model.errors import UnavailableError

ECHO = "import sys; print('{\"ready\": 1}', flush=True); sys.stdin.read()"
FAILS = "import sys; print('{\"say\": \"hm\"}', flush=True); sys.exit('error: no port')"


def child(code: str, folder: Path) -> Child:
    return Child("the program", ["-c", code], cwd=folder, log=folder / "log")


def test_it_tells_and_ends_when_it_is_let_go(tmp_path: Path) -> None:
    started = child(ECHO, tmp_path)
    assert started.until("ready") == {"ready": 1}
    assert not started.ended()
    begun = time.monotonic()
    started.stop()
    assert started.ended()
    assert time.monotonic() - begun < 5


def test_why_it_did_not_start_is_said(tmp_path: Path) -> None:
    heard: list[object] = []
    with pytest.raises(UnavailableError, match="the program did not start: no port"):
        child(FAILS, tmp_path).until("ready", heard.append)
    assert heard == [{"say": "hm"}]


def test_leaving_stops_all_of_them(tmp_path: Path) -> None:
    with Children() as children:
        one = children.start("one", ["-c", ECHO], cwd=tmp_path, log=tmp_path / "1")
        two = children.start("two", ["-c", "pass"], cwd=tmp_path, log=tmp_path / "2")
        one.until("ready")
        end = time.monotonic() + 10
        while children.ended() is None and time.monotonic() < end:
            time.sleep(0.05)
        assert children.ended() is two
    assert one.ended()


def test_none_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    grandchild = ECHO + "; open('gone', 'w')"
    code = (
        "import time; from pathlib import Path; from clawband.edges.cli.supervise import Child\n"
        f"each = Child('x', ['-c', {grandchild!r}], cwd=Path.cwd(), log=Path('log'))\n"
        "each.until('ready'); print('up', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "up\n"
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 10
    while not (tmp_path / "gone").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert (tmp_path / "gone").exists()
