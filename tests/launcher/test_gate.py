"""The filter, run in a small BPF machine, for both architectures: what each call is answered."""

import struct

import pytest

from clawband.launcher import gate, numbers

REFUSED = gate.error(gate.EPERM)
INET, DGRAM, RAW, NETLINK, PACKET = 2, 2, 3, 16, 17
CLOEXEC, NONBLOCK = 0o2000000, 0o4000
THREAD = 0x3D0F00


def answer(machine, name, *arguments, supervised=True, audit=None, extra=0):
    """What the filter returns for one call; the instructions are those of `seccomp(2)`."""
    code = gate.program(machine, supervised)
    number = numbers.table(machine)[name] if isinstance(name, str) else name
    given = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<iIQ6Q", number + extra, audit or numbers.AUDIT[machine], 0, *given)
    accumulator, at = 0, 0
    while True:
        operation, yes, no, value = struct.unpack_from("<HBBI", code, at * 8)
        at += 1
        if operation == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x06:
            return value
        else:
            tests = {0x15: accumulator == value, 0x35: accumulator >= value}
            at += yes if tests.get(operation, bool(accumulator & value)) else no


CASES = [
    ("connect", (), gate.NOTIFY),
    ("listen", (), gate.NOTIFY),
    ("socket", (INET, gate.SOCK_STREAM), gate.ALLOW),
    ("socket", (gate.AF_INET6, gate.SOCK_STREAM | CLOEXEC | NONBLOCK, 6), gate.ALLOW),
    ("socket", (INET, gate.SOCK_STREAM, 262), gate.NOTIFY),  # MPTCP
    ("socket", (INET, gate.SOCK_STREAM, 132), gate.NOTIFY),  # SCTP
    ("socket", (INET, DGRAM), gate.NOTIFY),
    ("socket", (gate.AF_INET6, DGRAM | CLOEXEC), gate.NOTIFY),
    ("socket", (INET, RAW, 1), gate.NOTIFY),
    ("socket", (gate.AF_UNIX, gate.SOCK_STREAM), gate.ALLOW),
    ("socket", (gate.AF_UNIX, DGRAM), gate.NOTIFY),
    ("socket", (NETLINK, RAW), gate.NOTIFY),
    ("socket", (PACKET, RAW), gate.NOTIFY),
    ("socket", (0, gate.SOCK_STREAM), gate.NOTIFY),
    ("socketpair", (gate.AF_UNIX, gate.SOCK_STREAM), gate.ALLOW),
    ("socketpair", (gate.AF_UNIX, gate.SOCK_SEQPACKET | CLOEXEC), gate.ALLOW),
    ("socketpair", (gate.AF_UNIX, DGRAM), gate.NOTIFY),
    ("sendto", (3, 0, 9, 0x4000, 0x7FFF0000, 16), gate.ALLOW),
    ("sendto", (3, 0, 9, gate.MSG_FASTOPEN, 0x7FFF0000, 16), gate.NOTIFY),
    ("sendmsg", (3, 0, gate.MSG_FASTOPEN | 0x4000), gate.NOTIFY),
    ("sendmmsg", (3, 0, 1, gate.MSG_FASTOPEN), gate.NOTIFY),
    ("clone", (THREAD,), gate.ALLOW),
    ("clone", (0x10000011,), gate.NOTIFY),  # CLONE_NEWUSER
    ("clone3", (), gate.error(gate.ENOSYS)),
    ("unshare", (0x200,), gate.ALLOW),  # CLONE_FS
    ("unshare", (gate.CLONE_NEWTIME,), gate.NOTIFY),
    ("ioctl", (0, 0x5401), gate.ALLOW),
    ("ioctl", (0, gate.TIOCSTI), gate.NOTIFY),
    # The kernel looks at the low half only, and so must the filter.
    ("ioctl", (0, gate.TIOCSTI | 1 << 32), gate.NOTIFY),
    ("personality", (0xFFFFFFFF,), gate.ALLOW),
    ("personality", (8,), gate.NOTIFY),
    ("prlimit64", (0, 7, 0x7FFF0000, 0), gate.ALLOW),
    ("prlimit64", (9, 7, 0, 0x7FFF0000), gate.ALLOW),
    ("prlimit64", (9, 7, 0x7FFF0000, 0), gate.NOTIFY),
    ("prlimit64", (9, 7, 1 << 32, 0), gate.NOTIFY),
    ("seccomp", (1, 1), gate.ALLOW),
    ("seccomp", (1, gate.NEW_LISTENER), gate.NOTIFY),
]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize(("name", "arguments", "expected"), CASES)
def test_what_a_call_is_answered(machine, name, arguments, expected):
    assert answer(machine, name, *arguments) == expected


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_what_nobody_names_is_allowed(machine):
    named = set(numbers.table(machine).values())
    assert {answer(machine, each) for each in set(range(512)) - named} == {gate.ALLOW}


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_what_no_command_needs_is_refused(machine):
    never = [name for name in gate.NEVER if name in numbers.table(machine)]
    assert len(never) >= 40
    assert {answer(machine, name) for name in never} == {gate.NOTIFY}
    assert {answer(machine, name, supervised=False) for name in never} == {REFUSED}


def test_other_kinds_of_system_calls_are_refused():
    i386 = 0x40000003
    assert answer("x86_64", 20, audit=i386) == gate.NOTIFY
    assert answer("x86_64", 39, extra=0x40000000) == gate.NOTIFY
    assert answer("aarch64", 20, audit=0x40000028) == gate.NOTIFY
    assert answer("x86_64", 20, audit=i386, supervised=False) == gate.KILL
    assert answer("x86_64", 39, extra=0x40000000, supervised=False) == gate.KILL


def test_without_a_supervisor_what_it_would_do_is_refused():
    """`connect` is then Landlock's, by port; so Unix sockets cannot be had at all."""
    assert answer("x86_64", "connect", supervised=False) == gate.ALLOW
    assert answer("x86_64", "socket", INET, gate.SOCK_STREAM, supervised=False) == gate.ALLOW
    assert answer("x86_64", "socket", gate.AF_UNIX, 1, supervised=False) == REFUSED
    assert answer("x86_64", "listen", supervised=False) == REFUSED
    assert answer("x86_64", "socket", INET, DGRAM, supervised=False) == REFUSED


def test_both_tables_name_the_same_calls():
    ours, theirs = numbers.table("x86_64"), numbers.table("aarch64")
    assert set(ours) - set(theirs) == {"modify_ldt", "iopl", "ioperm"}
    assert len(set(ours.values())) == len(ours)
    assert len(set(theirs.values())) == len(theirs)
