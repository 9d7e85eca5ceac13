"""Packets that the firewall inside refused, from the kernel's log group (NFNETLINK_LOG)."""

import errno
import socket
import struct
from collections.abc import Iterator
from typing import Final

from clawband.containment.firewall import GROUP, SNAP_BYTES
from clawband.containment.packet import Attempt, attempt

NETLINK_NETFILTER: Final = 12
_ULOG, _PACKET, _CONFIG = 4 << 8, 0, 1
_REQUEST_ACK: Final = 0x5
_COMMAND, _MODE, _THRESHOLD = 1, 2, 5
_PAYLOAD, _UID = 9, 11
_ERROR: Final = 2
RECEIVE_BYTES: Final = 1 << 18


def listening() -> socket.socket:
    """A socket that hears of every packet logged in this network namespace. Needs its rights when
    it is made and none later. Raises `OSError`."""
    door = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    door.bind((0, 0))
    bind, whole, at_once = struct.pack("B", 1), struct.pack(">IBx", SNAP_BYTES, 2), b"\0\0\0\1"
    for kind, value in ((_COMMAND, bind), (_MODE, whole), (_THRESHOLD, at_once)):
        attribute = struct.pack("HH", 4 + len(value), kind) + value.ljust(
            -len(value) % 4 + len(value), b"\0"
        )
        body = struct.pack(">BBH", 0, 0, GROUP) + attribute
        door.send(struct.pack("IHHII", 16 + len(body), _ULOG | _CONFIG, _REQUEST_ACK, 1, 0) + body)
        answer = door.recv(4_096)
        (kind, error) = struct.unpack_from("H", answer, 4) + struct.unpack_from("i", answer, 16)
        if kind == _ERROR and error:
            raise OSError(-error, "the packet log cannot be read")
    door.setblocking(False)
    return door


def read(door: socket.socket) -> Iterator[Attempt]:
    """What was logged since the last time."""
    while True:
        try:
            told = door.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno == errno.ENOBUFS:
                continue  # more was tried than can be told; the counters have it all
            return
        yield from _messages(told)


def _messages(told: bytes) -> Iterator[Attempt]:
    at = 0
    while at + 16 <= len(told):
        size, kind = struct.unpack_from("IH", told, at)
        if size < 20 or at + size > len(told):
            return
        if kind == _ULOG | _PACKET:
            yield _packet(told[at + 20 : at + size])
        at += (size + 3) & ~3


def _packet(attributes: bytes) -> Attempt:
    payload, uid, at = b"", -1, 0
    while at + 4 <= len(attributes):
        size, kind = struct.unpack_from("HH", attributes, at)
        if size < 4:
            break
        value = attributes[at + 4 : at + size]
        if kind == _PAYLOAD:
            payload = value
        elif kind == _UID and len(value) == 4:
            uid = int.from_bytes(value, "big")
        at += (size + 3) & ~3
    return attempt(payload, uid)
