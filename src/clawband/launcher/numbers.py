"""The system calls that the gate and the launcher name, by architecture.

Sources: the kernel's `arch/x86/entry/syscalls/syscall_64.tbl` and
`include/uapi/asm-generic/unistd.h`. From 424 on all architectures share their numbers.
"""

import posix
import sys

# AUDIT_ARCH_*: the ELF machine, 64 bits, little-endian.
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_SHARED = {
    "pidfd_open": 434, "clone3": 435, "close_range": 436, "openat2": 437, "pidfd_getfd": 438,
    "landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446,
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
    "fspick": 433, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443,
    "open_tree_attr": 467,
}  # fmt: skip

# name: (x86_64, aarch64); None where the architecture has no such call.
_OWN: dict[str, tuple[int, int | None]] = {
    "ioctl": (16, 29), "socket": (41, 198), "connect": (42, 203), "sendto": (44, 206),
    "sendmsg": (46, 211), "listen": (50, 201), "socketpair": (53, 199), "clone": (56, 220),
    "ptrace": (101, 117), "syslog": (103, 116), "capget": (125, 90), "capset": (126, 91),
    "personality": (135, 92), "vhangup": (153, 58), "modify_ldt": (154, None),
    "pivot_root": (155, 41), "prctl": (157, 167), "chroot": (161, 51), "acct": (163, 89),
    "mount": (165, 40), "umount2": (166, 39), "swapon": (167, 224), "swapoff": (168, 225),
    "reboot": (169, 142), "iopl": (172, None), "ioperm": (173, None), "init_module": (175, 105),
    "delete_module": (176, 106), "quotactl": (179, 60), "kexec_load": (246, 104),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "ppoll": (271, 73),
    "unshare": (272, 97), "signalfd4": (289, 74), "perf_event_open": (298, 241),
    "fanotify_init": (300, 262), "prlimit64": (302, 261), "open_by_handle_at": (304, 265),
    "sendmmsg": (307, 269), "setns": (308, 268), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "kcmp": (312, 272), "finit_module": (313, 273),
    "seccomp": (317, 277), "kexec_file_load": (320, 294), "bpf": (321, 280),
    "userfaultfd": (323, 282),
}  # fmt: skip


def machine() -> str:
    """`x86_64` or `aarch64`; raises `RuntimeError` for a process of any other kind."""
    name = posix.uname().machine
    # A 32-bit Python on a 64-bit kernel has other numbers.
    if name not in AUDIT or sys.maxsize < 2**32:
        raise RuntimeError(f"expected a 64-bit process on x86_64 or aarch64, got one on {name}")
    return name


def table(name: str) -> dict[str, int]:
    """The number of each call on the architecture `name`."""
    column = 0 if name == "x86_64" else 1
    own = {call: numbers[column] for call, numbers in _OWN.items()}
    return _SHARED | {call: number for call, number in own.items() if number is not None}


CALLS = table(machine())
