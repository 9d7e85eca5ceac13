"""Signals for the command, its exit status, and the processes it leaves behind."""

import _signal
import posix
import time

FORWARDED = [_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP, _signal.SIGQUIT]
WATCHED = [*FORWARDED, _signal.SIGCHLD]
RECORD = 128
# What the shell started without waiting (`>(tee log)`) may end by itself; then it is ended.
GRACE_SECONDS = 0.5
KILL_SECONDS = 2.0


def is_request(record: bytes) -> bool:
    """Whether a signal (`struct signalfd_siginfo`) was meant for the launcher by another process.

    What the terminal sends (a positive code) goes to the whole process group, so the command has
    it already; except that a hang-up goes to the first process of the session.
    """
    number = int.from_bytes(record[0:4], "little")
    code = int.from_bytes(record[8:12], "little", signed=True)
    return number in FORWARDED and (code <= 0 or number == _signal.SIGHUP)


def pass_on(record: bytes, child: int) -> None:
    """Gives the command a signal that was meant for the launcher."""
    if is_request(record):
        posix.kill(child, int.from_bytes(record[0:4], "little"))


def reap(child: int) -> tuple[int | None, bool]:
    """The wait status of `child` if it has ended, and whether any other process is left."""
    status = None
    while True:
        try:
            pid, each = posix.waitpid(-1, posix.WNOHANG)
        except ChildProcessError:
            return status, False
        if pid == 0:
            return status, True
        if pid == child:
            status = each


def kill_rest() -> None:
    """Ends all that the command left behind; its orphans are children of the launcher."""
    until = time.monotonic() + KILL_SECONDS
    while reap(0)[1] and time.monotonic() < until:
        for pid in descendants():
            try:
                posix.kill(pid, _signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.001)


def descendants() -> list[int]:
    """Every process below this one."""
    parents = dict(filter(None, map(_parent, posix.listdir("/proc"))))
    found, new = [], [posix.getpid()]
    while new:
        new = [pid for pid, parent in parents.items() if parent in new]
        found += new
    return found


def end_as(code: int) -> None:
    """Ends this process as the command ended: its exit status, or its signal (negative)."""
    if code < 0:
        try:
            _signal.signal(-code, _signal.SIG_DFL)
        except (OSError, ValueError):
            # SIGKILL has no other behaviour.
            pass
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, [-code])
        posix.kill(posix.getpid(), -code)
        code = 128 - code
    posix._exit(code)


def _parent(name: str) -> tuple[int, int] | None:
    if not name.isdigit():
        return None
    try:
        opened = posix.open(f"/proc/{name}/stat", posix.O_RDONLY | posix.O_CLOEXEC)
    except OSError:
        return None
    try:
        # The name in the parentheses may hold anything.
        return int(name), int(posix.read(opened, 1024).rpartition(b")")[2].split()[1])
    except (OSError, IndexError):
        return None
    finally:
        posix.close(opened)
