"""One confined command, from the server's order to its exit code."""

import _signal
import posix
import time

from clawband.launcher import children, confine, folders, kernel, temporary, wire
from clawband.launcher.address import host_bytes
from clawband.launcher.reports import Reports
from clawband.launcher.watch import Watch, take

FAILED = 126


class Order:
    """What the server answered to a ticket. Not a dataclass: importing those costs milliseconds."""

    def __init__(self, fields: wire.Fields) -> None:
        """Raises `RefusedError` when something is missing."""
        found: dict[str, list[str]] = {}
        for key, value in fields:
            found.setdefault(key, []).append(value)
        try:
            self.command, self.shell = found["command"][0], found["shell"][0]
            self.token, self.temporary = found["token"][0], found["temporary"][0]
            self.proxy_host, self.proxy_port = found["proxy_host"][0], int(found["proxy_port"][0])
        except (KeyError, ValueError) as error:
            raise wire.RefusedError(f"the server's answer lacks {error}") from None
        self.read, self.write = found.get("read", []), found.get("write", [])
        self.env = found.get("env", [])
        self.symlinks = found.get("symlinks", ["0"])[0] == "1"

    @property
    def proxy(self) -> str:
        """With the credential of this call, for the environment."""
        host = f"[{self.proxy_host}]" if ":" in self.proxy_host else self.proxy_host
        return f"http://call:{self.token}@{host}:{self.proxy_port}"

    def rights(self) -> dict[str, int]:
        """Landlock rights by path."""
        write = folders.WRITE | (folders.MAKE_SYM if self.symlinks else 0)
        devices = folders.READ_FILE | folders.WRITE_FILE | folders.IOCTL_DEV
        return (
            dict.fromkeys(self.read, folders.READ)
            | dict.fromkeys(folders.DEVICES, devices)
            | folders.terminals()
            | dict.fromkeys([*self.write, self.temporary], write)
        )


def run(order: Order, landlock: int, reports: Reports, supervised: bool) -> int:
    """The exit code of the command, negative for a signal; raises `OSError` if it was not run."""
    started = time.monotonic()
    code = FAILED
    try:
        temporary.make(order.temporary)
        try:
            code = _started(order, landlock, reports if supervised else None)
        finally:
            children.kill_rest()
            temporary.remove(order.temporary)
    finally:
        spent = int((time.monotonic() - started) * 1000)
        reports.finish(max(code, 0), max(-code, 0), spent)
    return code


def _started(order: Order, landlock: int, reports: Reports | None) -> int:
    proxy = (host_bytes(order.proxy_host), order.proxy_port)
    rules = folders.ruleset(landlock, order.rights(), order.proxy_port) if landlock else None
    kernel.prctl(kernel.SET_CHILD_SUBREAPER, 1)
    ready, told = posix.pipe2(posix.O_CLOEXEC)
    wait, go = posix.pipe2(posix.O_CLOEXEC)
    _signal.pthread_sigmask(_signal.SIG_BLOCK, children.WATCHED)
    launcher = posix.getpid()
    child = posix.fork()
    if child == 0:
        try:
            confine.die_with(launcher)
            _become(order, rules, reports is not None, (told, wait))
        except OSError as error:
            posix.write(2, f"clawband: {error}\n".encode("utf-8", "surrogateescape"))
        finally:
            posix._exit(FAILED)
    for each in (told, wait, *([] if rules is None else [rules])):
        posix.close(each)
    listener = posix.read(ready, 16)
    posix.close(ready)
    if not listener:
        return posix.waitstatus_to_exitcode(posix.waitpid(child, 0)[1])
    taken = take(child, int(listener)) if reports else -1
    kernel.prctl(kernel.SET_DUMPABLE, 0)
    _leave_streams()
    posix.write(go, b"!")
    posix.close(go)
    return _attend(child, Watch(taken, proxy, reports) if reports else None)


def _become(order: Order, rules: int | None, supervised: bool, pipes: tuple[int, int]) -> None:
    """The child: confines itself, waits until it is watched, and turns into the command."""
    told, wait = pipes
    env = confine.environment(posix.environ, order.env, order.temporary, order.proxy)
    confine.reset_signals()
    confine.restrict(rules)
    listener = confine.shut_gate(supervised)
    posix.write(told, str(listener).encode())
    if not posix.read(wait, 1):
        return
    kernel.close_from(3)
    shell = _raw(order.shell)
    posix.execve(shell, [shell, b"-c", _raw(order.command)], env)


def _raw(text: str) -> bytes:
    """As it came over the wire, whatever the locale."""
    return text.encode("utf-8", "surrogateescape")


def _attend(child: int, watch: Watch | None) -> int:
    """Answers and passes on signals until the command has ended; its exit code."""
    signals = kernel.signalfd(children.WATCHED)
    listener = watch.listener if watch else -1
    code, until = FAILED, None
    while until is None or time.monotonic() < until:
        for descriptor, event in kernel.poll([signals, listener], None if until is None else 20):
            if descriptor == signals:
                record = posix.read(signals, children.RECORD)
                if until is None:
                    children.pass_on(record, child)
                elif children.is_request(record):
                    until = 0.0
            elif watch and event & kernel.POLLIN:
                watch.answer_one()
            else:
                # Nobody is left who could ask.
                listener = -1
        status, others = children.reap(child)
        if status is not None:
            code = posix.waitstatus_to_exitcode(status)
            until = time.monotonic() + children.GRACE_SECONDS
        if not others:
            break
    return code


def _leave_streams() -> None:
    """The command's streams are the command's: when it closes one, nobody else holds it open."""
    nothing = posix.open("/dev/null", posix.O_RDWR | posix.O_CLOEXEC)
    for stream in (0, 1, 2):
        posix.dup2(nothing, stream)
    posix.close(nothing)
