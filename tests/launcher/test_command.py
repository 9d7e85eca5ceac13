"""One command through the launcher: its streams, its end, its environment, and what it leaves."""

import os
import pty
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clawband.launcher.wire import TICKET
from tests.simulators.launch_server import RUN, respond


def gone(pid: int, seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


def written(path: Path, seconds: float = 10) -> str:
    """What a command wrote there, once it has."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.01)
    raise AssertionError(f"{path} is empty")


def test_streams_and_folder_are_the_commands(server):
    ran = server.run("cat; pwd; echo error >&2; exit 7", input="typed\n")
    assert (ran.returncode, ran.stderr) == (7, "error\n")
    assert ran.stdout == f"typed\n{server.folder}\n"
    assert server.ends[0]["exit"] == "7"
    assert (server.ends[0]["token"], server.ends[0]["ticket"]) == ("token-1", "ticket")
    assert server.blocked == []


def test_the_server_is_told_what_the_machine_can(server):
    server.run("true")
    facts = dict(server.redeemed[0])
    assert facts["ticket"] == "ticket"
    assert int(facts["landlock"]) >= 1
    assert (facts["notify"], facts["uid"]) == ("1", str(os.getuid()))
    assert facts["cwd"] == str(server.folder)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV])
def test_death_by_a_signal_is_passed_on(server, number):
    assert server.run(f"kill -{number} $$").returncode == -number
    assert (server.ends[0]["exit"], server.ends[0]["signal"]) == ("0", str(int(number)))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_for_the_launcher_reaches_the_command(server, number):
    name = number.name.removeprefix("SIG")
    # A shell's background job ignores some of them, and would hand that on to what it starts.
    before = signal.signal(number, lambda *_: None)
    try:
        started = server.start(
            f"trap 'echo got > got; exit 5' {name}; echo 1 > on; while :; do sleep 0.05; done"
        )
    finally:
        signal.signal(number, before)
    written(server.folder / "on")
    started.send_signal(number)
    assert started.wait(30) == 5
    assert (server.folder / "got").read_text() == "got\n"


def test_the_group_can_be_killed(server):
    started = server.start("echo $$ > on; sleep 60", start_new_session=True)
    child = int(written(server.folder / "on"))
    os.killpg(started.pid, signal.SIGTERM)
    assert started.wait(10) == -signal.SIGTERM
    assert gone(child)


def test_the_command_dies_with_its_launcher(server):
    started = server.start("echo $$ > on; sleep 60")
    child = int(written(server.folder / "on"))
    started.kill()
    started.wait(10)
    assert gone(child)


def test_what_the_command_left_running_is_ended(server):
    ran = server.run("(setsid sleep 60 & echo $! > pid) > /dev/null 2>&1; echo done")
    assert ran.stdout == "done\n"
    assert gone(int((server.folder / "pid").read_text()), 0.2)


def test_what_ends_by_itself_may_finish(server):
    server.run("(sleep 0.2; echo late > late) &")
    assert (server.folder / "late").read_text() == "late\n"


def test_the_environment_is_made_anew(server):
    server.env = ("GIVEN=a b", "OPENCLAW_GIVEN=no", "LC_ALL=C")
    secret = {"MY_OPENCLAW_TOKEN": "no", "clawband_x": "no", "API_KEY": "no", "LD_PRELOAD": ""}
    ran = server.run("env; echo $((1+1))", env={**os.environ, **secret, "LC_ALL": "POSIX"})
    found = dict(line.split("=", 1) for line in ran.stdout.splitlines() if "=" in line)
    proxy = f"http://call:token-1@127.0.0.1:{server.port}"
    names = {"HTTP_PROXY", "https_proxy", "ALL_PROXY"}
    assert {found[name] for name in names} == {proxy}
    assert (found["GIVEN"], found["LC_ALL"], found["NO_PROXY"]) == ("a b", "C", "")
    assert found["HOME"] == found["TMPDIR"] == str(server.temporaries / "1")
    assert not [n for n in found if "OPENCLAW" in n or n in secret]


def test_the_temporary_folder_is_its_own_and_goes(server):
    ran = server.run(
        "mkdir -p $TMPDIR/a/b; echo x > $TMPDIR/a/b/c; mkdir -m 0 $TMPDIR/d; stat -c %a $TMPDIR"
    )
    assert (ran.stdout, ran.stderr) == ("700\n", "")
    assert list(server.temporaries.iterdir()) == []


def test_a_terminal_works_and_interrupts(server):
    server.command = "tty; echo ready; sleep 60"
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(server.folder)
        argv = server.argv()
        os.execv(argv[0], argv)
    said = b""
    while b"ready" not in said:
        said += os.read(master, 1024)
    assert b"/dev/pts/" in said
    os.write(master, b"\x03")
    _, status = os.waitpid(pid, 0)
    os.close(master)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGINT


REFUSALS = [
    (respond(b"reason not%20today\n", "403 Forbidden"), "not today"),
    (respond(b"<html>", "502 Bad Gateway"), "the server answered 502"),
    (respond(b"command ls\n"), "the server's answer lacks 'shell'"),
    (respond(b"command\n"), "a line without a key and a value"),
    (respond(b"command %zz\n"), "not percent-encoded"),
    (b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\ncommand ls\n", "cut off"),
    (b"HTTP/1.1 200 OK\r\n\r\ncommand ls\n", "cut off"),
    (b"220 smtp\r\n\r\n", "not HTTP"),
    (b"", "not HTTP"),
]


@pytest.mark.parametrize(("answer", "reason"), REFUSALS)
def test_what_is_refused_or_unclear_is_not_run(server, answer, reason):
    server.answer = answer
    ran = server.run("true")
    assert (ran.returncode, ran.stdout) == (126, "")
    assert ran.stderr.startswith("clawband: ")
    assert reason in ran.stderr


def test_without_a_server_nothing_is_run(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    words = [sys.executable, "-I", "-S", str(RUN), str(port)]
    ran = subprocess.run(words, env={"CLAWBAND_TICKET": "x"}, capture_output=True, text=True)
    assert ran.returncode == 126
    assert "cannot be asked" in ran.stderr


@pytest.mark.parametrize(
    ("argv", "ticket"), [([], "x"), (["x"], "x"), (["1", "x"], "x"), (["1"], ""), (["1", "x"], "")]
)
def test_anything_but_a_port_and_a_ticket_is_refused(argv, ticket):
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(RUN), *argv],
        env={"CLAWBAND_TICKET": ticket},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 126
    assert ran.stderr == "clawband: expected a port, and a ticket in the environment\n"


def test_a_restriction_that_fails_stops_the_command(server):
    """A folder for writing that is a link: what it leads to was perhaps chosen by an agent."""
    behind = server.folder.parent / "behind"
    behind.mkdir()
    server.folder = server.folder.parent / "link"
    server.folder.symlink_to(behind)
    ran = server.run("echo ran > ran", cwd=behind)
    assert ran.returncode == 126
    assert "leads through a symbolic link" in ran.stderr
    assert list(behind.iterdir()) == []
    assert server.ends[0]["exit"] == "126"


def test_a_shell_that_cannot_be_run_is_126(server):
    server.read = ("/etc",)
    ran = server.run("true")
    assert ran.returncode == 126
    assert "Permission denied" in ran.stderr


def test_without_a_supervisor_the_rest_still_holds(server):
    """A launcher in a launcher may not supervise, as in a container that forbids it."""
    server.read = (*server.read, RUN.parents[2])
    tries = "import socket\n" + "".join(
        f"try: print(socket.socket({kind}){what})\nexcept OSError as error: print(error.errno)\n"
        for kind, what in (
            ("2, 1", f".connect(('127.0.0.1', {server.port}))"),
            ("2, 1", ".connect(('127.0.0.1', 9))"),
            ("2, 2", ""),
            ("1, 1", ""),
        )
    )
    (server.folder / "tries.py").write_text(tries)
    server.commands = {"inner": f"{sys.executable} -I -S tries.py; cat {RUN.parents[3]}/README.md"}
    inner = [f"{TICKET.decode()}=inner", sys.executable, "-I", "-S", str(RUN), str(server.port)]
    server.temporaries.rmdir()
    server.temporaries = server.folder
    ran = server.run(" ".join(inner))
    assert ran.stdout.splitlines() == ["None", "13", "1", "1"], ran
    assert "Permission denied" in ran.stderr
    assert [dict(each)["notify"] for each in server.redeemed] == ["1", "0"]


def test_a_command_is_any_text(server):
    assert server.run("printf 'é \u2028 %s' \"$0\"").stdout == "é \u2028 /bin/sh"
