"""System calls that the filter told us of (seccomp_unotify(2)): each is refused, and read."""

import fcntl
import os
import platform
import select
import struct
from typing import Final

from clawband.containment.packet import Attempt, refused_call
from clawband.containment.seccomp import EPERM, name_of

_RECEIVE, _SEND = 0xC050_2100, 0xC018_2101
_TOLD: Final = struct.Struct("QIIiIQ6Q")
_ANSWER: Final = struct.Struct("QqiI")


def read(listener: int) -> Attempt | None:
    """Refuse the call that waits and say what it was; None when it is gone already."""
    # The kernel wants the buffer empty.
    buffer = bytearray(_TOLD.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, buffer)
        number, pid, _, call, _, _, *arguments = _TOLD.unpack(buffer)
        uid = _owner(pid)
        fcntl.ioctl(listener, _SEND, bytearray(_ANSWER.pack(number, 0, -EPERM, 0)))
    except OSError:
        return None
    return refused_call(name_of(call, platform.machine()), tuple(arguments), uid)


def _owner(pid: int) -> int:
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return -1


def over(listener: int) -> bool:
    """Whether no process is left under this filter."""
    poll = select.poll()
    poll.register(listener, select.POLLHUP)
    return any(event & select.POLLHUP for _, event in poll.poll(0))
