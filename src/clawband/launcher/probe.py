"""What this kernel and its settings offer, asked before anything else is loaded."""

import posix

from clawband.launcher.kernel import buffer, call
from clawband.launcher.numbers import CALLS

_LANDLOCK_VERSION = 1
_NOTIF_SIZES = 3
_YAMA = "/proc/sys/kernel/yama/ptrace_scope"


def landlock() -> int:
    """The Landlock ABI of the kernel, 0 where there is none."""
    try:
        return call(CALLS["landlock_create_ruleset"], None, 0, _LANDLOCK_VERSION)
    except OSError:
        return 0


def supervision() -> bool:
    """Whether one process may answer the system calls of another of the same user."""
    try:
        call(CALLS["seccomp"], _NOTIF_SIZES, 0, buffer(bytearray(6)))
        own = call(CALLS["pidfd_open"], posix.getpid(), 0)
        posix.close(call(CALLS["pidfd_getfd"], own, own, 0))
        posix.close(own)
    except OSError:
        return False
    return _scope() < 2


def _scope() -> int:
    """How far Yama restricts looking into processes; 2 leaves it to administrators."""
    try:
        opened = posix.open(_YAMA, posix.O_RDONLY | posix.O_CLOEXEC)
    except OSError:
        return 0
    try:
        return int(posix.read(opened, 16))
    finally:
        posix.close(opened)
