"""The system call filter: run as the kernel would, and by the kernel."""

import platform
import struct
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.containment import seccomp
from clawband.containment.seccomp import ALLOW, ENOSYS, EPERM, ERRNO, KILL, MACHINES, NOTIFY

ARCHITECTURES = tuple(MACHINES)


def answer(machine, number, arguments=(), *, launcher=False, audit=None):
    """What the filter says: a small machine for the instructions that it uses."""
    program = seccomp.program(machine, launcher=launcher)
    steps = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
    data = struct.pack(
        "<iIQ6Q", number, MACHINES[machine].audit if audit is None else audit, 0,
        *(*arguments, 0, 0, 0, 0, 0, 0)[:6],
    )  # fmt: skip
    at = held = 0
    while True:
        code, yes, no, value = steps[at]
        at += 1
        match code:
            case 0x20:
                held = struct.unpack_from("<I", data, value)[0]
            case 0x54:
                held &= value
            case 0x06:
                return value
            case 0x15 | 0x25 | 0x35 | 0x45:
                holds = {
                    0x15: held == value, 0x25: held > value, 0x35: held >= value,
                    0x45: bool(held & value),
                }[code]  # fmt: skip
                at += yes if holds else no


def number(machine, name):
    column = MACHINES[machine].column
    return next(rows[name][column] for rows in seccomp._TABLE.values() if name in rows)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_each_call_of_the_table_is_answered_as_the_table_says(machine):
    for name in seccomp.ALLOWED:
        if (known := number(machine, name)) is not None:
            assert answer(machine, known) == ALLOW, name
    for name in seccomp.TOLD:
        if (known := number(machine, name)) is not None:
            assert answer(machine, known) == NOTIFY, name
            assert answer(machine, known, launcher=True) == ALLOW, "the launcher tells of it"
            assert seccomp.name_of(known, machine) == name


@pytest.mark.parametrize("machine", ARCHITECTURES)
@given(st.integers(0, 2**31 - 1))
def test_what_is_not_in_the_table_does_not_exist(machine, guess):
    column = MACHINES[machine].column
    known = {row[column] for rows in seccomp._TABLE.values() for row in rows.values()}
    if guess not in known:
        assert answer(machine, guess) == ERRNO | ENOSYS


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_sockets_by_family_and_kind(machine):
    call = number(machine, "socket")
    cloexec = 0o2000000
    for fine in [(1, 1), (1, 2), (2, 1), (2, 2 | cloexec), (10, 1 | cloexec), (16, 3, 0)]:
        assert answer(machine, call, fine) == ALLOW, fine
    for odd in [
        (2, 3, 1),
        (10, 3),
        (17, 3),
        (40, 1),
        (38, 5),
        (44, 3),
        (16, 3, 12),
        (2, 5),
        (0, 1),
    ]:
        assert answer(machine, call, odd) == NOTIFY, odd
        assert answer(machine, call, odd, launcher=True) == ALLOW, odd


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_other_ways_in(machine):
    assert answer(machine, 1, audit=0x4000_0003) == KILL, "a 32-bit call"
    clone = number(machine, "clone")
    assert answer(machine, clone, (0x0001_0F00,)) == ALLOW, "a thread"
    assert answer(machine, clone, (0x1000_0011,)) == NOTIFY, "a user namespace"
    assert answer(machine, number(machine, "clone3")) == ERRNO | ENOSYS
    ioctl = number(machine, "ioctl")
    assert answer(machine, ioctl, (0, 0x5412)) == ERRNO | EPERM
    assert answer(machine, ioctl, (0, 0x1_0000_5412)) == ERRNO | EPERM, "the kernel cuts it too"
    assert answer(machine, ioctl, (0, 0x5413)) == ALLOW
    person = number(machine, "personality")
    assert [answer(machine, person, (each,)) for each in (0, 0xFFFF_FFFF, 8)] == [
        ALLOW, ALLOW, ERRNO | EPERM,
    ]  # fmt: skip


def test_the_other_numbers_of_a_call_do_not_exist():
    assert answer("x86_64", 0x4000_0000 | 41, (2, 1)) == ERRNO | ENOSYS


def test_a_container_gets_the_same():
    profile: dict[str, Any] = seccomp.profile(launcher=False)
    assert (profile["defaultAction"], profile["defaultErrnoRet"]) == ("SCMP_ACT_ERRNO", ENOSYS)
    allowed = {
        name
        for rule in profile["syscalls"]
        if rule["action"] == "SCMP_ACT_ALLOW" and "args" not in rule
        for name in rule["names"]
    }
    assert allowed == {*seccomp.ALLOWED, "ioctl"}
    assert not allowed & {"ptrace", "mount", "unshare", "bpf", "socket", "clone", "clone3"}
    wider: dict[str, Any] = seccomp.profile(launcher=True)
    more = wider["syscalls"][0]["names"]
    assert set(more) == allowed | seccomp.TOLD | {*seccomp.BY_ARGUMENTS}


TRY = """
import errno, os, socket, threading
from clawband.adapters.kernel import calls, refusals
from clawband.containment import seccomp
installed, heard, listener = threading.Event(), [], []
def hear():
    installed.wait()
    while True:
        heard.append(refusals.read(listener[0]))
threading.Thread(target=hear, daemon=True).start()
calls.no_new_privileges()
listener.append(calls.filter_calls(seccomp.program(%r, launcher=False), listen=True))
installed.set()
def says(act):
    try:
        act()
        return "fine"
    except OSError as error:
        return errno.errorcode[error.errno]
print(says(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()))
print(says(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)))
print(says(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)))
print(says(lambda: calls.unshare("user")))
print(says(lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)))
print(*(each.what.replace(" ", "-") for each in heard))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_the_kernel_takes_it():
    done = subprocess.run(
        [sys.executable, "-c", TRY % platform.machine()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [
        "fine", "EPERM", "EPERM", "EPERM", "fine", "inet-raw-icmp", "packet-raw-0", "unshare",
    ], done.stderr  # fmt: skip
