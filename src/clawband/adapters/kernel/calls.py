"""System calls that Python 3.11 does not offer. Every failure is an `OSError` of that call."""

import ctypes
import os
import platform
import struct
from typing import Final

NEW_NAMESPACES: Final = {
    "mount": 0x0002_0000, "group": 0x0200_0000, "name": 0x0400_0000, "ipc": 0x0800_0000,
    "user": 0x1000_0000, "process": 0x2000_0000, "network": 0x4000_0000,
}  # fmt: skip
RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE, PRIVATE = 32, 4096, 16_384, 1 << 18
DETACH = 2
ATTRIBUTE_RDONLY, ATTRIBUTE_NOSUID, ATTRIBUTE_NODEV = 1, 2, 4
ATTRIBUTE_IDMAP = 0x0010_0000

_AT_FDCWD, _AT_RECURSIVE, _AT_EMPTY_PATH, _CLONE_TREE = -100, 0x8000, 0x1000, 1
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SECUREBITS, _CAPBSET_DROP, _NO_NEW_PRIVS, _DUMPABLE = 28, 24, 38, 4
# NOROOT, NO_SETUID_FIXUP off, KEEP_CAPS off and NO_CAP_AMBIENT_RAISE, each of them locked.
_LOCKED_BITS = 0b11101011
_LAST_CAPABILITY = 63

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(*names: str) -> None:
    """Leave these namespaces for new ones; of processes: the next child does."""
    flags = sum(NEW_NAMESPACES[name] for name in names)
    _checked(_libc.unshare(flags), f"unshare {' '.join(names)}")


def mount(source: str, target: str, kind: str, flags: int = 0, data: str = "") -> None:
    given = [each.encode() if each else None for each in (source, target, kind)]
    result = _libc.mount(*given, ctypes.c_ulong(flags), data.encode() if data else None)
    _checked(result, f"mount {target}")


def unmount(target: str) -> None:
    _checked(_libc.umount2(target.encode(), DETACH), f"umount {target}")


def pivot(root: str, old: str) -> None:
    number = _PIVOT_ROOT[platform.machine()]
    _checked(_libc.syscall(number, root.encode(), old.encode()), "pivot_root")


def bind(source: str, target: str, attributes: int, users: int = -1) -> None:
    """Mount a tree again at `target` with these attributes everywhere below (mount_setattr(2)).

    `users`: a user namespace that says which owner on disk is shown as which.
    """
    flags = _CLONE_TREE | os.O_CLOEXEC | _AT_RECURSIVE
    tree = _checked(
        _libc.syscall(_OPEN_TREE, _AT_FDCWD, source.encode(), flags), f"open_tree {source}"
    )
    try:
        if users >= 0:
            attributes |= ATTRIBUTE_IDMAP
        wanted = struct.pack("QQQQ", attributes, 0, PRIVATE, max(users, 0))
        how = _AT_EMPTY_PATH | _AT_RECURSIVE
        _checked(
            _libc.syscall(_MOUNT_SETATTR, tree, b"", how, wanted, len(wanted)),
            f"mount_setattr {source}",
        )
        moved = _libc.syscall(_MOVE_MOUNT, tree, b"", _AT_FDCWD, target.encode(), 4)
        _checked(moved, f"move_mount {target}")
    finally:
        os.close(tree)


def drop_capabilities() -> None:
    """For ever: none can be regained, not by becoming root and not by starting anything."""
    for number in range(_LAST_CAPABILITY + 1):
        # The kernel refuses the numbers that it does not know.
        if _libc.prctl(_CAPBSET_DROP, number, 0, 0, 0) < 0 and number == 0:
            raise OSError(ctypes.get_errno(), "the capabilities cannot be dropped")
    _checked(_libc.prctl(_SECUREBITS, _LOCKED_BITS, 0, 0, 0), "securebits")


def no_new_privileges() -> None:
    _checked(_libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def undumpable() -> None:
    """No process of the same user may look into this one."""
    _checked(_libc.prctl(_DUMPABLE, 0, 0, 0, 0), "dumpable")


def filter_calls(program: bytes, *, listen: bool) -> int:
    """Install a seccomp filter (`struct sock_filter[]`); its listener's descriptor, or 0."""
    code = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
    number, new_listener = _SECCOMP[platform.machine()], 8
    result = _libc.syscall(number, 1, new_listener if listen else 0, head)
    return _checked(result, "seccomp")
