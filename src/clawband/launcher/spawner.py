"""Runs the launcher for the gateway as another user: the other end of `handover`.

    python -I -S spawner.py GATEWAY_UID [PATH]

Listens on descriptor 3, or at PATH, which it makes. It has no right that a command does not have;
what it adds is being somebody else, in a root without the gateway's state. It starts nothing but
the launcher, so that even a gateway that was taken over runs only what a ticket stands for. One
process of it stays with each command: it passes signals on, and ends the command's group when the
gateway lets go.
"""

import array
import os
import select
import signal
import socket
import struct
import sys
from typing import Never

sys.path.append(__file__.rpartition("/clawband/")[0])

from clawband.launcher.handover import goes_along

RUN = __file__.rpartition("/")[0] + "/run.py"
DESCRIPTOR = 3
LENGTH_BYTES = 4
BODY_BYTES = 1 << 20
STREAMS = 3
_PEER = struct.Struct("iII")


def serve(door: socket.socket, gateway: int) -> Never:
    """For ever. Whoever is not the gateway's user is not heard."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        line, _ = door.accept()
        peer = _PEER.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
        if peer[1] == gateway and os.fork() == 0:
            door.close()
            _keep(line)
        line.close()


def _keep(line: socket.socket) -> Never:
    """One command, to its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        streams, folder, environment, port = _asked(line)
        command = os.fork()
        if command == 0:
            _become(streams, folder, environment, port)
        for descriptor in streams:
            os.close(descriptor)
        _watch(line, command)
        _, status = os.waitpid(command, 0)
        code = os.waitstatus_to_exitcode(status)
        line.sendall(code.to_bytes(LENGTH_BYTES, "big", signed=True))
    except (OSError, ValueError):
        pass  # the gateway went away, or never spoke our language
    os._exit(0)


def _asked(line: socket.socket) -> tuple[list[int], bytes, dict[bytes, bytes], bytes]:
    """Three streams, the folder, the environment, the port. Raises `ValueError`."""
    descriptors = array.array("i")
    space = socket.CMSG_SPACE(STREAMS * descriptors.itemsize)
    head, ancillary, _, _ = line.recvmsg(LENGTH_BYTES, space)
    for _, _, data in ancillary:
        descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    size = int.from_bytes(head, "big")
    if len(descriptors) != STREAMS or not 0 < size <= BODY_BYTES:
        raise ValueError("expected three streams and some words")
    body = b""
    while len(body) < size and (more := line.recv(size - len(body))):
        body += more
    folder, count, *rest = body.split(b"\0")
    *kept, port = rest
    if len(kept) != int(count) or not port.isdigit():
        raise ValueError("expected a port")
    pairs = (each.partition(b"=") for each in kept)
    environment = {name: value for name, _, value in pairs if goes_along(name)}
    return list(descriptors), folder, {**environment, b"HOME": b"/nonexistent"}, port


def _become(
    streams: list[int], folder: bytes, environment: dict[bytes, bytes], port: bytes
) -> Never:
    try:
        os.setsid()
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
        os.closerange(STREAMS, 1_024)
        os.chdir(folder)
        words = (sys.executable, "-I", "-S", RUN, port)
        os.execve(sys.executable, words, environment)  # noqa: S606 - what it is for
    except OSError as problem:
        os.write(2, f"clawband: the command was not run: {problem}\n".encode())
    os._exit(126)


def _watch(line: socket.socket, command: int) -> None:
    """Until it ends. A byte is a signal for its group; the end of the line is the last one."""
    ended = os.pidfd_open(command)
    poll = select.poll()
    poll.register(line, select.POLLIN)
    poll.register(ended, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == ended:
                os.close(ended)
                return
            told = line.recv(1)
            try:
                # The launcher passes a signal on by itself; at the end nobody is asked.
                if told:
                    os.kill(command, told[0])
                else:
                    os.killpg(command, signal.SIGKILL)
            except ProcessLookupError:
                pass
            if not told:
                poll.unregister(line)


def main() -> Never:
    gateway, *path = sys.argv[1:]
    if path:
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if os.path.exists(path[0]):
            os.unlink(path[0])
        before = os.umask(0)  # whose peers may speak is checked, not who may open
        door.bind(path[0])
        os.umask(before)
        door.listen(128)
    else:
        door = socket.socket(fileno=DESCRIPTOR)
    serve(door, int(gateway))


if __name__ == "__main__":
    main()
