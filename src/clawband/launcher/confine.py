"""What the child does to itself between fork and exec. Whatever fails here, nothing is run."""

import _signal
import posix

from clawband.launcher import folders, kernel
from clawband.launcher.gate import program
from clawband.launcher.kernel import buffer, call, pointer, prctl
from clawband.launcher.numbers import CALLS, machine

# Kept from the gateway's environment; so are the names that begin with `LC_`.
KEPT = frozenset({
    "COLORTERM", "COLUMNS", "LANG", "LANGUAGE", "LINES", "LOGNAME", "NO_COLOR", "PATH", "PWD",
    "SHELL", "TERM", "TZ", "USER",
})  # fmt: skip
PROXIED = (
    b"HTTP_PROXY", b"HTTPS_PROXY", b"ALL_PROXY", b"http_proxy", b"https_proxy", b"all_proxy",
)  # fmt: skip

_CAPABILITY_VERSION = 0x20080522
_CAP_DROP_BOUNDING, _CAP_AMBIENT, _AMBIENT_CLEAR = 24, 47, 4
_SET_SECUREBITS = 28
# NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, each with its lock.
_SECUREBITS = 0b11001111
_RLIMIT_CORE = 4
_SET_FILTER, _GET_ACTION = 1, 2
_NEW_LISTENER, _WAIT_KILLABLE = 1 << 3, 1 << 5
_EINVAL, _EPERM = 22, 1


def environment(
    own: dict[bytes, bytes], given: list[str], temporary: str, proxy: str
) -> dict[bytes, bytes]:
    """The command's: what is kept of `own`, then what the server gives as `NAME=value`."""
    kept = {
        name: value
        for name, value in own.items()
        if (_text(name) in KEPT or name.startswith(b"LC_")) and not _ours(name)
    }
    here = _raw(temporary)
    kept |= {b"HOME": here, b"TMPDIR": here}
    for each in given:
        name, equals, value = _raw(each).partition(b"=")
        if name and equals and not _ours(name):
            kept[name] = value
    kept |= dict.fromkeys(PROXIED, _raw(proxy))
    return kept | {b"NO_PROXY": b"", b"no_proxy": b"", b"NODE_USE_ENV_PROXY": b"1"}


def die_with(parent: int) -> None:
    """Dies when the launcher does, also if it has died already."""
    prctl(kernel.SET_PDEATHSIG, _signal.SIGKILL)
    if posix.getppid() != parent:
        posix._exit(126)


def reset_signals() -> None:
    """What Python ignores for itself gets its default; what the gateway ignores stays ignored."""
    for each in (_signal.SIGPIPE, _signal.SIGXFSZ):
        _signal.signal(each, _signal.SIG_DFL)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, ())


def restrict(rules: int | None) -> None:
    """Everything but the system calls: privileges, dumps, permissions of new files, folders."""
    posix.umask(0o077)
    nothing = bytes(16)
    call(CALLS["prlimit64"], 0, _RLIMIT_CORE, nothing, None)
    _drop_capabilities()
    prctl(kernel.NO_NEW_PRIVS, 1)
    if rules is not None:
        folders.restrict(rules)


def shut_gate(supervised: bool) -> int:
    """Installs the system call filter; the supervisor's end of it, or -1. Raises `OSError`."""
    code = bytearray(program(machine(), supervised))
    filters = bytearray((len(code) // 8).to_bytes(8, "little") + pointer(code))
    if not supervised:
        call(CALLS["seccomp"], _SET_FILTER, 0, buffer(filters))
        return -1
    try:
        flags = _NEW_LISTENER | _WAIT_KILLABLE
        return call(CALLS["seccomp"], _SET_FILTER, flags, buffer(filters))
    except OSError as error:
        # Before Linux 5.19.
        if error.errno != _EINVAL:
            raise
    return call(CALLS["seccomp"], _SET_FILTER, _NEW_LISTENER, buffer(filters))


def _drop_capabilities() -> None:
    """A gateway without any has nothing to drop; one that runs as root has."""
    header = bytearray(_CAPABILITY_VERSION.to_bytes(4, "little") + bytes(4))
    held = bytearray(24)
    call(CALLS["capget"], buffer(header), buffer(held))
    if not any(held):
        return
    number = 0
    try:
        while True:
            prctl(_CAP_DROP_BOUNDING, number)
            number += 1
    except OSError as error:
        # The last one is passed; or there was no right to narrow what no longer can be gained.
        if error.errno not in {_EINVAL, _EPERM}:
            raise
    try:
        prctl(_SET_SECUREBITS, _SECUREBITS)
    except OSError as error:
        if error.errno != _EPERM:
            raise
    prctl(_CAP_AMBIENT, _AMBIENT_CLEAR)
    call(CALLS["capset"], buffer(header), bytes(24))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _ours(name: bytes) -> bool:
    """Names of the gateway and of the guard say where they are, or hold their secrets."""
    return b"OPENCLAW" in name.upper() or b"CLAWBAND" in name.upper()
