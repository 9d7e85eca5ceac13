"""Landlock: which files the command may read, write and run, whatever their permissions say.

Source: `Documentation/userspace-api/landlock.rst` and `include/uapi/linux/landlock.h`. What is
handled here and allowed nowhere is refused; each ABI of the kernel handles more.
"""

import posix

from clawband.launcher.kernel import buffer, call
from clawband.launcher.numbers import CALLS

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK = 1 << 6, 1 << 7, 1 << 8, 1 << 9
MAKE_FIFO, MAKE_BLOCK, MAKE_SYM, REFER = 1 << 10, 1 << 11, 1 << 12, 1 << 13
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1
SCOPE_ABSTRACT_UNIX, SCOPE_SIGNAL = 1 << 0, 1 << 1

READ = READ_FILE | READ_DIR | EXECUTE
# Links that lead out are followed by programs that are not confined: `MAKE_SYM` is extra.
WRITE = (
    READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO
    | REFER | TRUNCATE | IOCTL_DEV
)  # fmt: skip
# What may be allowed on something that is not a folder.
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")

_PATH_BENEATH, _NET_PORT = 1, 2
# AT_FDCWD; O_PATH | O_CLOEXEC; RESOLVE_NO_SYMLINKS (`openat2(2)`).
_HERE, _OPEN, _NO_SYMLINKS = -100, 0o12000000, 0x04
# Not there, or out of the user's own reach.
_NOTHING = frozenset((2, 13, 20))
_ELOOP = 40


def ruleset(version: int, paths: dict[str, int], port: int) -> int:
    """A descriptor of the rules: rights by path, and TCP to `port` only. Raises `OSError`.

    A path that is not there, or out of the user's own reach, gives nothing. One with a symbolic
    link in it is an error: what it leads to could have been chosen by an earlier command.
    """
    handled = handled_files(version)
    attributes = handled.to_bytes(8, "little")
    if version >= 4:
        attributes += (BIND_TCP | CONNECT_TCP).to_bytes(8, "little")
    if version >= 6:
        attributes += (SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL).to_bytes(8, "little")
    rules = call(CALLS["landlock_create_ruleset"], attributes, len(attributes), 0)
    for path, rights in paths.items():
        _allow(rules, path, rights & handled)
    if version >= 4:
        rule = CONNECT_TCP.to_bytes(8, "little") + port.to_bytes(8, "little")
        call(CALLS["landlock_add_rule"], rules, _NET_PORT, rule, 0)
    return rules


def handled_files(version: int) -> int:
    """Every right on files that this ABI knows of, up to 7."""
    last = {1: MAKE_SYM, 2: REFER, 3: TRUNCATE, 4: TRUNCATE}.get(version, IOCTL_DEV)
    return (last << 1) - 1


def terminals() -> dict[str, int]:
    """The terminal that the command was given, if any, and no other of the same user."""
    found = {}
    for descriptor in (0, 1, 2):
        try:
            found[posix.ttyname(descriptor)] = READ_FILE | WRITE_FILE | IOCTL_DEV
        except OSError:
            # No terminal, or one of another mount namespace, which has no name here.
            continue
    return found


def restrict(rules: int) -> None:
    """Puts the calling thread, and all it will ever start, under the rules."""
    call(CALLS["landlock_restrict_self"], rules, 0)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        opened = _open(path)
    except OSError as error:
        if error.errno in _NOTHING:
            return
        if error.errno == _ELOOP:
            raise OSError(_ELOOP, f"`{path}` leads through a symbolic link") from None
        raise
    try:
        if posix.fstat(opened).st_mode & 0o170000 != 0o040000:
            rights &= OF_FILES
        rule = rights.to_bytes(8, "little") + opened.to_bytes(4, "little")
        call(CALLS["landlock_add_rule"], rules, _PATH_BENEATH, rule, 0)
    finally:
        posix.close(opened)


def _open(path: str) -> int:
    how = bytearray(24)
    how[0:8] = _OPEN.to_bytes(8, "little")
    how[16:24] = _NO_SYMLINKS.to_bytes(8, "little")
    name = path.encode("utf-8", "surrogateescape") + b"\0"
    return call(CALLS["openat2"], _HERE, name, buffer(how), len(how))
