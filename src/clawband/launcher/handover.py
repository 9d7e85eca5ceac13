"""Hands the launcher over to the spawner, which runs it as another user.

Full containment puts a door where only the gateway's user finds it. A launcher of that user passes
its port, its ticket, its folder and its standard streams, waits, and ends as the command did. Where
there is no door the command runs right here.
"""

import _signal
import posix
from _socket import AF_UNIX, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET, socket

from clawband.launcher.wire import TICKET

DOOR = b"/run/clawband/commands-of-%d.sock"
LENGTH_BYTES = 4


def door() -> bytes:
    """The path of our door; empty when there is none."""
    path = DOOR % posix.getuid()
    try:
        posix.stat(path)
    except FileNotFoundError:
        return b""
    return path


def goes_along(name: bytes) -> bool:
    """Whether a variable is handed over: what the launcher reads, and nothing else."""
    # Loaded only here: most machines have no door.
    from clawband.launcher.confine import KEPT

    return name.decode("ascii", "replace") in KEPT or name.startswith(b"LC_") or name == TICKET


def hand_over(path: bytes, port: str) -> int:
    """Run the launcher behind the door; its exit code, negative for a signal. Raises `OSError`."""
    from clawband.launcher.children import FORWARDED

    line = socket(AF_UNIX, SOCK_STREAM)
    line.connect(path)
    kept = [name + b"=" + value for name, value in posix.environ.items() if goes_along(name)]
    body = b"\0".join([posix.getcwdb(), b"%d" % len(kept), *kept, port.encode()])
    streams = b"".join(number.to_bytes(4, "little") for number in (0, 1, 2))
    head = len(body).to_bytes(LENGTH_BYTES, "big")
    line.sendmsg([head], [(SOL_SOCKET, SCM_RIGHTS, streams)])
    line.sendall(body)
    for number in FORWARDED:
        _signal.signal(number, lambda which, _: line.send(bytes([which])))
    answer = line.recv(LENGTH_BYTES)
    if len(answer) < LENGTH_BYTES:
        raise OSError("the spawner of commands went away")
    return int.from_bytes(answer, "big", signed=True)
