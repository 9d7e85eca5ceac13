"""seccomp: the system calls that the command may not make, as a BPF program.

A refused call is given to the supervisor where there is one (`SECCOMP_RET_USER_NOTIF`), so that the
attempt is seen, and answered with an error code by the kernel where there is none. No decision is
left to the command's memory: where an address matters, the supervisor makes the call itself.
Source: `Documentation/userspace-api/seccomp_filter.rst`.
"""

from clawband.launcher.numbers import AUDIT, table

ALLOW, NOTIFY, KILL = 0x7FFF0000, 0x7FC00000, 0x80000000
EPERM, EACCES, ENOSYS = 1, 13, 38
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET = 1, 2, 5
IPPROTO_TCP = 6
MSG_FASTOPEN = 0x20000000
# clone(2) and unshare(2): every new namespace; the lowest is a signal number in clone's flags.
NAMESPACES = 0x7E020000
CLONE_NEWTIME = 0x80
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
NEW_LISTENER = 1 << 3

# No program that an agent has business with needs these.
NEVER = (
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open",
    "userfaultfd", "fanotify_init", "mount", "umount2", "pivot_root", "chroot", "open_tree",
    "open_tree_attr", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    "setns", "add_key", "request_key", "keyctl", "kexec_load", "kexec_file_load", "init_module",
    "finit_module", "delete_module", "open_by_handle_at", "reboot", "swapon", "swapoff", "quotactl",
    "quotactl_fd", "acct", "syslog", "vhangup", "iopl", "ioperm", "modify_ldt",
)  # fmt: skip

Instruction = tuple[int, int, int, int]
Body = list[Instruction]

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN, _AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
_NUMBER, _ARCHITECTURE = 0, 4


def program(machine: str, supervised: bool) -> bytes:
    """The filter for `machine`, as an array of `struct sock_filter`."""
    refuse = NOTIFY if supervised else error(EPERM)
    foreign = NOTIFY if supervised else KILL
    body = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, AUDIT[machine]),
        _end(foreign),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        # The x32 ABI: the same calls under other numbers.
        body += [(_AT_LEAST, 0, 1, 0x40000000), _end(foreign)]
    calls = table(machine)
    for name in NEVER:
        if name in calls:
            body += _when(calls[name], [_end(refuse)])
    for name, checks in _checked(refuse, supervised).items():
        body += _when(calls[name], checks)
    return b"".join(_pack(each) for each in [*body, _end(ALLOW)])


def error(number: int) -> int:
    """The action that answers with this error."""
    return 0x00050000 | number


def _checked(refuse: int, supervised: bool) -> dict[str, Body]:
    """The calls that depend on their arguments. Each body ends in an answer on every path."""
    new_namespace = _bits(0, NAMESPACES, refuse)
    return {
        "clone3": [_end(error(ENOSYS))],
        "clone": new_namespace,
        "unshare": _bits(0, NAMESPACES | CLONE_NEWTIME, refuse),
        "socket": _sockets(refuse, supervised),
        "socketpair": _pairs(refuse),
        "connect": [_end(refuse if supervised else ALLOW)],
        "listen": [_end(refuse)],
        "sendto": _bits(3, MSG_FASTOPEN, refuse),
        "sendmsg": _bits(2, MSG_FASTOPEN, refuse),
        "sendmmsg": _bits(3, MSG_FASTOPEN, refuse),
        "ioctl": _unless(1, (TIOCSTI, TIOCLINUX), ALLOW, refuse),
        "personality": _unless(0, (0, 0xFFFFFFFF), refuse, ALLOW),
        "prlimit64": _limits(refuse),
        # A filter of its own can only narrow; a supervisor of its own could answer for ours.
        "seccomp": _bits(1, NEW_LISTENER, refuse),
    }


def _sockets(refuse: int, supervised: bool) -> Body:
    """TCP, and Unix stream sockets where `connect` is supervised; everything else is refused."""
    unix = [_argument(1), (_AND, 0, 0, 0xF), *_one_of((SOCK_STREAM, SOCK_SEQPACKET), refuse)]
    tcp = [
        _argument(1), (_AND, 0, 0, 0xF), (_EQUAL, 1, 0, SOCK_STREAM), _end(refuse),
        _argument(2), *_one_of((0, IPPROTO_TCP), refuse),
    ]  # fmt: skip
    unix = unix if supervised else [_end(refuse)]
    return [
        _argument(0),
        (_EQUAL, 0, len(unix), AF_UNIX), *unix,
        (_EQUAL, 1, 0, AF_INET), (_EQUAL, 0, len(tcp), AF_INET6), *tcp,
        _end(refuse),
    ]  # fmt: skip


def _pairs(refuse: int) -> Body:
    """Datagram pairs can still send to any address, so pairs are streams."""
    return [
        _argument(0), (_EQUAL, 1, 0, AF_UNIX), _end(refuse),
        _argument(1), (_AND, 0, 0, 0xF), *_one_of((SOCK_STREAM, SOCK_SEQPACKET), refuse),
    ]  # fmt: skip


def _limits(refuse: int) -> Body:
    """Limits of other processes of the same user may be read, not set."""
    return [
        _argument(0), (_EQUAL, 0, 1, 0), _end(ALLOW),
        _argument(2), (_EQUAL, 1, 0, 0), _end(refuse),
        _argument(2, high=True), (_EQUAL, 1, 0, 0), _end(refuse),
        _end(ALLOW),
    ]  # fmt: skip


def _bits(position: int, mask: int, action: int) -> Body:
    return [_argument(position), (_ANY_BIT, 0, 1, mask), _end(action), _end(ALLOW)]


def _unless(position: int, values: tuple[int, ...], other: int, listed: int) -> Body:
    return [_argument(position), *_one_of(values, other, listed)]


def _one_of(values: tuple[int, ...], other: int, listed: int = ALLOW) -> Body:
    """`listed` for these values of the accumulator, `other` for the rest."""
    body = [(_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [*body, _end(other), _end(listed)]


def _when(number: int, body: Body) -> Body:
    return [(_EQUAL, 0, len(body), number), *body]


def _argument(position: int, high: bool = False) -> Instruction:
    """Loads the low (or high) half of an argument; both architectures are little-endian."""
    return (_LOAD, 0, 0, 16 + 8 * position + 4 * high)


def _end(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)


def _pack(instruction: Instruction) -> bytes:
    code, yes, no, value = instruction
    return code.to_bytes(2, "little") + bytes([yes, no]) + value.to_bytes(4, "little")
