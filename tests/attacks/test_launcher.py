"""A command that tries to leave its launcher: every attempt fails, and most are seen.

The attempts are in `attempts.py`, which runs inside. Nothing here leaves this machine.
"""

import os
import pty
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import IN_CI
from tests.launcher.conftest import server  # noqa: F401
from tests.launcher.test_command import gone, written
from tests.simulators.launch_server import RUN

ATTEMPTS = Path(__file__).with_name("attempts.py")

# name, arguments (the keys of `targets`), what the server is told; None where only the kernel knows
SEEN = [
    ("trace", "", "ptrace"),
    ("read_memory", "", "process_vm_readv"),
    ("take_descriptor", "gateway", "pidfd_getfd"),
    ("limit_gateway", "gateway", "prlimit64"),
    ("io_uring", "", "io_uring_setup"),
    ("unshare", "", "unshare"),
    ("clone_namespace", "", "clone"),
    ("join_namespace", "", "setns"),
    ("mount", "", "mount"),
    ("new_mount", "", "fsopen"),
    ("change_root", "", "chroot"),
    ("bpf", "", "bpf"),
    ("perf", "", "perf_event_open"),
    ("fault_handling", "", "userfaultfd"),
    ("keys", "", "keyctl"),
    ("other_personality", "", "personality"),
    ("open_by_number", "", "open_by_handle_at"),
    ("own_supervisor", "", "seccomp"),
    ("type_into_terminal", "", "ioctl 0x5412"),
    ("udp", "udp", "socket inet-dgram"),
    ("udp6", "udp", "socket inet6-dgram"),
    ("raw_socket", "", "socket inet-raw 1"),
    ("packet", "", "socket packet-raw"),
    ("netlink", "", "socket netlink-raw"),
    ("vsock", "", "socket vsock-stream"),
    ("sctp", "", "socket inet-stream 132"),
    ("look_up", "", "socket inet-dgram"),
    ("connect", "evil", "connect 127.0.0.2:{evil}"),
    ("connect6", "evil", "connect [::ffff:127.0.0.2]:{evil}"),
    ("connect_other_port", "other", "connect 127.0.0.1:{other}"),
    ("connect_unix", "path", "unix {path}"),
    ("connect_abstract", "name", "unix @{name}"),
    ("unix_datagram", "path", "socket unix-dgram"),
    ("datagram_pair", "path", "socketpair unix-dgram"),
    ("fast_open", "evil", "sendto"),
    ("fast_open_message", "evil", "sendmsg"),
    ("late_fast_open", "evil", "connect 127.0.0.2:{evil}"),
    ("listen_unbound", "", "listen"),
    ("launcher_memory", "", None),
    ("launcher_environment", "", None),
    ("launcher_descriptors", "", None),
    ("launcher_folder", "", None),
    ("kill_launcher", "", None),
    ("kill_gateway", "gateway", None),
    ("kill_gateway_by_descriptor", "gateway", None),
    ("clone3_namespace", "", None),
    ("send_to_address", "evil", None),
    ("message_to_address", "evil", None),
    ("listen", "", None),
    ("inherited", "descriptor", None),
    ("from_memory", "secret", None),
    ("setuid", "binary secret", None),
]


@pytest.fixture
def evil(server):  # noqa: F811
    """Another host on the proxy's own port: what a filter by port alone would let through."""
    with socket.create_server(("127.0.0.2", server.port), backlog=512) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture
def targets(server, evil):  # noqa: F811
    """What there is to reach, by name, as texts; every one of them does answer."""
    secret = server.folder.parent / "secret"
    secret.write_text("token")
    binary = server.folder / "as-owner"
    shutil.copy("/usr/bin/cat", binary)
    binary.chmod(0o4755)
    path, name = str(server.folder.parent / "socket"), f"clawband-{os.getpid()}"
    reading, writing = os.pipe()
    os.write(writing, b"secret")
    gateway = subprocess.Popen(["sleep", "60"])
    with (
        socket.socket(socket.AF_UNIX) as file,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.create_server(("127.0.0.1", 0)) as other,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(("127.0.0.2", 0))
        for each, address in ((file, path), (abstract, "\0" + name)):
            each.bind(address)
            each.listen()
        yield {
            "secret": str(secret), "binary": str(binary), "path": path, "name": name,
            "evil": str(server.port), "other": str(other.getsockname()[1]),
            "udp": str(udp.getsockname()[1]), "gateway": str(gateway.pid),
            "descriptor": str(reading),
        }  # fmt: skip
        assert gateway.poll() is None, "the gateway was killed"
        assert connections(evil) == 0
    gateway.kill()
    gateway.wait()
    os.close(reading)
    os.close(writing)


def connections(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def attempt(server, name, *arguments, **options):  # noqa: F811
    shutil.copy(ATTEMPTS, server.folder)
    words = " ".join([sys.executable, "-I", "-S", "attempts.py", name, *arguments])
    return server.run(f"LAUNCHER=$PPID {words}", **options)


@pytest.mark.parametrize(("name", "arguments", "report"), SEEN, ids=[each[0] for each in SEEN])
def test_it_stays_inside(server, targets, name, arguments, report):  # noqa: F811
    given = [targets[each] for each in arguments.split()]
    ran = attempt(server, name, *given, pass_fds=[int(targets["descriptor"])])
    assert ran.stdout.startswith("stopped:"), ran
    # Not because there was nothing there.
    assert "No such" not in ran.stdout
    assert "token" not in ran.stdout
    assert server.blocked == [] if report is None else report.format(**targets) in server.blocked
    assert server.ends[0]["signal"] == "0"


GET_THROUGH = (
    "connect", "connect_other_port", "udp", "connect_unix", "connect_abstract", "netlink",
    "listen_unbound", "inherited", "from_memory", "setuid",
)  # fmt: skip


def test_the_targets_are_there_without_the_launcher(targets, evil):
    """So that no attempt above fails for want of a target."""
    wanted = {name: arguments.split() for name, arguments, _ in SEEN}
    for name in GET_THROUGH:
        given = [targets[each] for each in wanted[name]]
        words = [sys.executable, "-I", "-S", str(ATTEMPTS), name, *given]
        inherited = [int(targets["descriptor"])]
        ran = subprocess.run(words, capture_output=True, text=True, pass_fds=inherited)
        assert ran.stdout.endswith("got through\n"), ran
    assert connections(evil) == 1


def test_an_address_that_changes_under_way_leads_nowhere_else(server, evil):  # noqa: F811
    attempt(server, "switched_address", str(server.port), str(server.port))
    assert connections(evil) == 0
    assert server.blocked == [f"connect 127.0.0.2:{server.port}"]


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x86-64 has three kinds of calls")
@pytest.mark.parametrize("name", ["old_system_call", "x32_system_call"])
def test_other_kinds_of_system_calls_end_the_process(server, name):  # noqa: F811
    ran = attempt(server, f"{name}; echo $?")
    # A kernel without 32-bit programs ends it by itself, and nobody sees a call.
    assert ran.stdout.strip() in {"137", "139"}
    assert server.blocked in (["foreign-call 102"], ["foreign-call 1073741865"], [])


def test_curl_past_the_proxy(server, evil):  # noqa: F811
    if not shutil.which("curl"):
        assert not IN_CI
        pytest.skip("no curl on this machine")
    address = f"http://127.0.0.2:{server.port}/"
    ran = server.run(f"curl -sS -m 5 --noproxy '*' {address}")
    assert ran.returncode == 7
    assert server.blocked == [f"connect 127.0.0.2:{server.port}"]
    assert server.run(f"env -i /usr/bin/curl -sS -m 5 {address}").returncode == 7
    assert connections(evil) == 0
    ran = server.run(f"curl -sS -m 5 {address}")
    assert (ran.returncode, ran.stdout) == (0, "through the proxy")
    assert b"Proxy-Authorization: Basic " in server.proxied[0]


def test_what_goes_to_the_background_stays_confined_and_ends(server, evil):  # noqa: F811
    shutil.copy(ATTEMPTS, server.folder)
    one = f"{sys.executable} -I -S attempts.py connect {server.port}"
    ran = server.run(
        f"(setsid sh -c 'echo $$ > pid; {one} > out; sleep 60' > /dev/null 2>&1 &);"
        " while [ ! -s out ]; do sleep 0.05; done"
    )
    assert ran.returncode == 0
    assert (server.folder / "out").read_text().startswith("stopped:")
    assert gone(int((server.folder / "pid").read_text()), 0.2)
    assert connections(evil) == 0


def test_without_its_supervisor_nothing_is_reached(server):  # noqa: F811
    """The launcher is killed, and a process that had left its group lives on: without a network."""
    shutil.copy(ATTEMPTS, server.folder)
    one = f"{sys.executable} -I -S attempts.py connect_other_port {server.port}"
    late = f"while [ -d /proc/$LAUNCHER ]; do sleep 0.05; done; {one} > out 2>&1"
    started = server.start(
        f"export LAUNCHER=$PPID; setsid sh -c 'echo $$ > pid; {late}' & echo $$ > on; sleep 60"
    )
    pid, child = int(written(server.folder / "pid")), int(written(server.folder / "on"))
    started.kill()
    started.wait(10)
    assert gone(child)
    assert "stopped: [Errno 38]" in written(server.folder / "out")
    assert gone(pid)
    assert server.proxied == []


def test_attempts_are_told_once_and_not_without_end(server):  # noqa: F811
    shutil.copy(ATTEMPTS, server.folder)
    one = f"{sys.executable} -I -S attempts.py"
    server.run(f"{one} udp 9; {one} udp 9; {one} mount")
    assert server.blocked == ["socket inet-dgram", "mount"]
    server.blocked.clear()
    server.run(f"{one} connect_many 70")
    assert len(server.blocked) == 51
    assert server.blocked[-1] == "further 20"


def test_keys_cannot_be_typed_into_the_terminal(server):  # noqa: F811
    shutil.copy(ATTEMPTS, server.folder)
    server.command = f"{sys.executable} -I -S attempts.py type_into_terminal"
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(server.folder)
        os.execv(server.argv()[0], server.argv())
    said = b""
    while b"\n" not in said:
        said += os.read(master, 1024)
    os.waitpid(pid, 0)
    os.close(master)
    assert b"stopped: [Errno 1]" in said


@pytest.fixture
def unprivileged(tmp_path_factory):
    """A Python and a copy of the launcher that a user without any rights can run."""
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    nobody: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []}
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            subprocess.run([python, "-c", ""], check=True, capture_output=True, **nobody)
        except (OSError, subprocess.CalledProcessError):
            continue
        return python, nobody
    pytest.skip("no Python that another user may run")


def test_a_user_without_rights_is_held_the_same(server, unprivileged, targets):  # noqa: F811
    python, nobody = unprivileged
    copied = server.temporaries / "clawband"
    shutil.copytree(RUN.parent, copied / "launcher")
    (copied / "__init__.py").touch()
    subprocess.run(["chmod", "-R", "a+rX", str(copied)], check=True)
    server.folder = server.temporaries / "workspace"
    server.folder.mkdir(mode=0o777)
    server.folder.chmod(0o777)
    for name in ("attempts.py", "as-owner"):
        shutil.copy(ATTEMPTS if name == "attempts.py" else targets["binary"], server.folder)
    setuid = server.folder / "as-owner"
    setuid.chmod(0o4755)
    server.command = (
        f"id -u; export LAUNCHER=$PPID; {python} -I -S attempts.py trace;"
        f" {python} -I -S attempts.py launcher_memory;"
        f" {python} -I -S attempts.py connect {targets['evil']}; ./as-owner /etc/shadow"
    )
    argv = server.argv(python, copied / "launcher" / "run.py")
    ran = subprocess.run(argv, cwd=server.folder, capture_output=True, text=True, **nobody)
    assert ran.stdout.startswith("65534\n"), ran
    assert ran.stdout.count("stopped:") == 3, ran
    assert "Permission denied" in ran.stderr
    assert server.blocked == ["ptrace", f"connect 127.0.0.2:{targets['evil']}"]
