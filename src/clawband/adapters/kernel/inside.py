"""What runs inside: builds both roots, starts the gateway and the spawner, waits for them.

Three processes of ours. The first leaves the machine's namespaces; its child is process 1 in
there, ends everything when it ends, and ends when the supervisor does: the control socket is its
leash.
"""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from clawband.adapters.kernel import calls, packets
from clawband.adapters.kernel.confine import become
from clawband.adapters.kernel.facts import listed
from clawband.adapters.kernel.root import Root, shown_as
from clawband.containment.definition import Definition, Link
from clawband.containment.firewall import ruleset

NAMESPACES = ("mount", "group", "name", "ipc", "network")
BROKEN = 70
MESSAGE_BYTES = 1 << 15


@dataclass(frozen=True, slots=True)
class Start:
    """What to run, and with what."""

    definition: Definition
    link: Link
    command: tuple[str, ...]
    environment: dict[str, str]
    folder: str
    """The working directory."""
    spawner: tuple[str, ...]
    """The program that runs commands as the other user; descriptor 3 is its listening socket."""
    at: Path
    """An empty folder to build roots in."""


def begin(start: Start, control: socket.socket) -> Never:
    """The rest of this process, which was forked for it."""
    try:
        os.setsid()  # what is typed at the terminal is for the supervisor
        calls.unshare(*NAMESPACES)
        calls.mount("", "/", "", calls.PRIVATE | calls.RECURSIVE)
        tell(control, "left")
        control.recv(16)  # the link's other end is in here now
        _network(start)
        with packets.listening() as heard:
            tell(control, f"packets {listed()}", heard.fileno())
        definition = start.definition
        with shown_as(definition.gateway, definition.commands) as users:
            calls.unshare("process")  # the next child is process 1: none of those above
            child = os.fork()
            if child == 0:
                _first(start, users, control)
        control.close()
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    except BaseException as error:  # noqa: BLE001 - the supervisor says it; nobody else can
        tell(control, f"failed {error}")
        os._exit(BROKEN)


def tell(control: socket.socket, text: str, *descriptors: int) -> None:
    """One message to the supervisor, which is told by the kernel which process sent it."""
    socket.send_fds(control, [text.encode()[:MESSAGE_BYTES]], descriptors)


def _network(start: Start) -> None:
    link = start.link
    for line in (
        "link set lo up",
        f"addr add {link.inside}/30 dev eth0",
        "-6 addr add fd86::2/64 dev eth0 nodad",
        "link set eth0 up",
        f"route add default via {link.outside}",
        "-6 route add default dev eth0",
    ):
        _run(["ip", *line.split()])
    Path("/proc/sys/net/ipv4/conf/eth0/route_localnet").write_text("1")
    _run(["nft", "-f", "-"], ruleset(start.definition, link))


def _run(command: list[str], given: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        command, input=given, capture_output=True, text=True, check=False
    )
    # A machine without IPv6 has no way out by it either.
    if done.returncode and command[1] != "-6":
        raise OSError(f"`{' '.join(command)}` failed: {done.stderr.strip()[:300]}")


def _first(start: Start, users: int, control: socket.socket) -> Never:
    """Process 1."""
    try:
        root, door = _gateway_root(start, control)
        ready, told = os.pipe()
        commands = _fork(lambda: _commands(start, (door, users, told), control))
        os.close(told)
        os.read(ready, 1)  # it has mounts of its own now: `enter` would take the root from it
        os.close(ready)
        os.close(users)
        door.close()
        root.enter()
        gateway = _fork(lambda: _gateway(start, control))
        become(start.definition.gateway, launcher=True)
        calls.undumpable()
        tell(control, "ready")
        _wait(control, gateway, commands)
    except BaseException as error:  # noqa: BLE001 - as in `begin`
        tell(control, f"failed {error}")
    os._exit(BROKEN)


def _gateway_root(start: Start, control: socket.socket) -> tuple[Root, socket.socket]:
    """All it may see, and the door where its commands go."""
    definition = start.definition
    root = _root(start)
    for path in (*definition.write, *definition.shared):
        root.share(path)
    for path in definition.private:
        root.put(path, Path(path).read_bytes(), definition.gateway)
    for path in definition.sockets:
        with root.door(path, definition.gateway) as opened:
            tell(control, f"socket {path}", opened.fileno())
    return root, root.door(definition.door, definition.gateway)


def _root(start: Start) -> Root:
    definition = start.definition
    root = Root(start.at)
    homes = (start.environment["HOME"], "/nonexistent")
    root.users((definition.gateway, definition.commands), homes)
    for path in definition.read:
        root.show(path)
    return root


def _gateway(start: Start, control: socket.socket) -> None:
    listener = become(start.definition.gateway, launcher=False)
    tell(control, "gateway", listener)
    os.chdir(start.folder)
    _leave(3)
    os.execvpe(start.command[0], start.command, start.environment)  # noqa: S606 - the purpose


def _commands(start: Start, given: tuple[socket.socket, int, int], control: socket.socket) -> None:
    """The spawner: another user, in a root where the gateway's state does not exist."""
    definition = start.definition
    door, users, ready = given
    calls.unshare("mount")
    os.close(ready)
    root = _root(start)
    for path in definition.shared:
        root.share(path, users)
    root.enter()
    become(definition.commands, launcher=True)
    tell(control, "commands")
    os.dup2(door.fileno(), 3)
    _leave(4)
    path = start.environment.get("PATH", os.defpath)
    environment = {"PATH": path, "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    os.execvpe(start.spawner[0], start.spawner, environment)  # noqa: S606 - the purpose


def _leave(first: int) -> None:
    """Nothing that was open or ignored here goes along, whoever started us."""
    os.closerange(first, 1 << 20)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


def _fork(run: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        run()
    except BaseException as error:  # noqa: BLE001 - a child must never go on as its parent
        sys.stderr.write(f"contain: {error}\n")
        sys.stderr.flush()
    os._exit(BROKEN)


def _wait(control: socket.socket, gateway: int, commands: int) -> Never:
    """Until the gateway ends. A message means: ask it to. The leash is gone: end all."""
    woken, wake = os.pipe2(os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    while True:
        while (found := _reaped()) is not None:
            if found[0] == gateway:
                os._exit(found[1] & 0xFF if found[1] >= 0 else 128 - found[1])
            if found[0] == commands:
                tell(control, "over")
        ready, _, _ = select.select([control.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 1_024)
        if control.fileno() in ready:
            if not control.recv(16):
                os._exit(BROKEN)
            os.kill(gateway, signal.SIGTERM)


def _reaped() -> tuple[int, int] | None:
    try:
        child, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (child, os.waitstatus_to_exitcode(status)) if child else None
